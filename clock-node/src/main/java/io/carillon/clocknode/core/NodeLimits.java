package io.carillon.clocknode.core;

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

  public static final NodeLimits DEFAULT =
      new NodeLimits(2_000, 1_000_000, 20_000, 50_000, 8, 200_000);

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
}
