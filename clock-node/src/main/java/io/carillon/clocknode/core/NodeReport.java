package io.carillon.clocknode.core;

import java.util.Collection;

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
    long pendingEvents) {

  static NodeReport of(
      boolean registered,
      boolean draining,
      Collection<PartitionRunner> runners,
      PendingBatches pending) {
    int listed = 0;
    int owned = 0;
    long schedules = 0;
    long bytes = 0;
    long oldest = Long.MAX_VALUE;
    for (PartitionRunner runner : runners) {
      schedules += runner.standby() ? 0 : runner.schedules();
      owned += runner.standby() ? 0 : 1;
      bytes += runner.bytes();
      if (runner.ready()) {
        listed++;
        oldest = Math.min(oldest, runner.watermark());
      }
    }
    return new NodeReport(
        registered,
        draining,
        owned,
        listed,
        schedules,
        bytes,
        oldest,
        pending.size(),
        pending.weight());
  }
}
