package io.carillon.common.recurrence;

/**
 * A rule that is no more than a distance of elapsed time, such as FREQ=HOURLY;INTERVAL=2: it knows
 * no wall clock, and so no change of it.
 *
 * @param seconds from each instance to the next
 * @param fromStart seconds from the rule's start to one of the instances that there would be if it
 *     had begun before; the rule begins with the first that is not before its start
 */
public record Distance(long seconds, long fromStart) {}
