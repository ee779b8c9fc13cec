package io.carillon.clocknode.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Batches that are not acknowledged, in the order of their numbers. */
final class PendingBatches {

  private final ArrayDeque<FireBatch> batches = new ArrayDeque<>();
  private long weight;
  private long lastNumber;

  /** The number that the next batch gets. */
  long nextNumber() {
    return lastNumber + 1;
  }

  /** Whether a batch up to this number is not settled. */
  boolean isPending(long upTo) {
    return !batches.isEmpty() && batches.peekFirst().number() <= upTo;
  }

  int size() {
    return batches.size();
  }

  /** Events and skipped runs in all of them. */
  long weight() {
    return weight;
  }

  FireBatch add(List<BatchPart> parts) {
    FireBatch batch = FireBatch.of(++lastNumber, parts);
    batches.addLast(batch);
    weight += batch.weight();
    return batch;
  }

  /** Forgets the batches up to a number. */
  void acknowledge(long upTo) {
    while (!batches.isEmpty() && batches.peekFirst().number() <= upTo) {
      weight -= batches.removeFirst().weight();
    }
  }

  /** Takes a partition out of every batch. */
  void drop(int partition) {
    int count = batches.size();
    for (int i = 0; i < count; i++) {
      FireBatch batch = batches.removeFirst();
      FireBatch rest = batch.without(partition);
      weight -= batch.weight() - rest.weight();
      batches.addLast(rest);
    }
  }

  List<FireBatch> all() {
    return new ArrayList<>(batches);
  }
}
