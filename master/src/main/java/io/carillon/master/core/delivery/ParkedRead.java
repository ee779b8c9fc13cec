package io.carillon.master.core.delivery;

/**
 * Parked fires to be read that are not dead, with {@code (next_time, seq)} above the pair given, in
 * that order, at most {@code limit}; those that are not due yet too, to know when they are.
 */
public record ParkedRead(long afterMicros, long afterSeq, int limit) {}
