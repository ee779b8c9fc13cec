package io.carillon.clocknode.core;

/**
 * What a node holds at a moment, for heartbeats, metrics and assertions.
 *
 * @param listed partitions that are loaded and tick
 * @param oldestWatermark of the listed ones; {@link Long#MAX_VALUE} if there are none
 */
public record NodeReport(
    boolean registered,
    boolean draining,
    int partitions,
    int listed,
    long schedules,
    long timerBytes,
    long oldestWatermark,
    int pendingBatches,
    long pendingEvents) {}
