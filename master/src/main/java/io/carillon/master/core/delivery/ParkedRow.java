package io.carillon.master.core.delivery;

/**
 * A fire set aside, so that the cursor can pass it.
 *
 * @param attempts how many were made
 * @param nextMicros not to be sent again before; for a dead letter, when it died
 * @param dead whether the attempts are used up
 * @param lastError why the last attempt failed; empty if none has failed since the row was written,
 *     which then keeps what it tells
 */
public record ParkedRow(
    long seq,
    long nominalMicros,
    long schedule,
    int kind,
    int attempts,
    long nextMicros,
    boolean dead,
    String lastError) {

  /** What is stored once this is written where {@code before} was. */
  public ParkedRow over(ParkedRow before) {
    return lastError.isEmpty()
        ? new ParkedRow(
            seq, nominalMicros, schedule, kind, attempts, nextMicros, dead, before.lastError)
        : this;
  }
}
