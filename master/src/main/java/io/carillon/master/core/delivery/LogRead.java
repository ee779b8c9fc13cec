package io.carillon.master.core.delivery;

/**
 * Fires to be read back from the log: those of the destination that fired, with {@code after < seq
 * <= upTo}, in order, at most {@code limit}. The answer may cover less, and says how far it goes.
 */
public record LogRead(long after, long upTo, int limit) {}
