package io.carillon.master.core.delivery;

/**
 * A fire set aside, so that the cursor can pass it.
 *
 * @param attempts how many were made
 * @param nextMicros not to be sent again before; for a dead letter, when it died
 * @param dead whether the attempts are used up
 */
public record ParkedRow(
    long seq,
    long nominalMicros,
    long schedule,
    int kind,
    int attempts,
    long nextMicros,
    boolean dead) {}
