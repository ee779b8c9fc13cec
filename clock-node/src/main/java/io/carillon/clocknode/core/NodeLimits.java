package io.carillon.clocknode.core;

import io.carillon.common.config.Ticking;
import io.carillon.common.time.Micros;

/**
 * Bounds of the tick loop.
 *
 * @param spacingMicros least distance between two pushes
 * @param idleMicros a partition without events says its watermark this often
 * @param eventsPerPartition most events of a partition in one step, apart from ties and from what
 *     is late
 * @param eventsPerBatch most events in one batch, apart from the same
 * @param pendingBatches most batches that are not acknowledged
 * @param pendingEvents at this many events not acknowledged nothing more is taken
 */
public record NodeLimits(
    long spacingMicros,
    long idleMicros,
    int eventsPerPartition,
    int eventsPerBatch,
    int pendingBatches,
    int pendingEvents) {

  private static final long IDLE_MICROS = 1_000_000;

  public NodeLimits {
    if (spacingMicros < 0
        || idleMicros <= spacingMicros
        || eventsPerPartition < 1
        || eventsPerBatch < 1
        || pendingBatches < 1
        || pendingEvents < 1) {
      throw new IllegalArgumentException(
          "limits must be positive, and the idle interval longer than the spacing");
    }
  }

  /** What an operator set, in microseconds. */
  public static NodeLimits of(Ticking ticking) {
    return new NodeLimits(
        Micros.of(ticking.tickSpacing()),
        IDLE_MICROS,
        ticking.eventsPerPartitionStep(),
        ticking.eventsPerBatch(),
        ticking.pendingBatches(),
        ticking.pendingEvents());
  }
}
