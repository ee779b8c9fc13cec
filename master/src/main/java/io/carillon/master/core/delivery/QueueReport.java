package io.carillon.master.core.delivery;

/**
 * How a destination that has a dispatcher stands.
 *
 * @param cursor as made durable
 * @param inFlight with subscribers, unacknowledged
 * @param redelivering how many of these are parked fires
 * @param held fires in memory
 */
public record QueueReport(long cursor, int inFlight, int redelivering, int subscribers, int held) {}
