package io.carillon.master.delivery;

/**
 * How a destination that has a dispatcher stands.
 *
 * @param cursor as made durable
 * @param held fires in memory
 */
public record LaneReport(long cursor, int inFlight, int subscribers, int held) {}
