package io.carillon.clocknode.core;

import java.util.TreeMap;

/** Partitions whose state was dropped, and what has to be settled before they are opened again. */
final class DroppedPartitions {

  private record Dropped(long epoch, long lastBatch) {}

  private final TreeMap<Integer, Dropped> dropped = new TreeMap<>();

  /** Dropped, with steps in batches up to a number perhaps. */
  void add(int partition, long epoch, long lastBatch) {
    dropped.put(partition, new Dropped(epoch, lastBatch));
  }

  void forget(int partition) {
    dropped.remove(partition);
  }

  /** Whether a refusal of what was dropped could still be taken for one of what is new. */
  boolean isUnsettled(AssignedPartition wanted, PendingBatches pending) {
    Dropped before = dropped.get(wanted.partition());
    return before != null
        && before.epoch() == wanted.epoch()
        && pending.isPending(before.lastBatch());
  }
}
