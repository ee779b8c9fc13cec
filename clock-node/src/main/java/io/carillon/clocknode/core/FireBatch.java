package io.carillon.clocknode.core;

import java.util.List;

/**
 * What is pushed at once. Immutable; keeps its number for ever, even if its parts are dropped.
 *
 * @param number 1 more than that of the batch before
 * @param weight sum over the parts
 */
public record FireBatch(long number, List<BatchPart> parts, int weight) {

  static FireBatch of(long number, List<BatchPart> parts) {
    int weight = 0;
    for (BatchPart part : parts) {
      weight += part.weight();
    }
    return new FireBatch(number, List.copyOf(parts), weight);
  }

  /** This batch without a partition; itself if it has nothing of it. */
  FireBatch without(int partition) {
    for (BatchPart part : parts) {
      if (part.partition() == partition) {
        return of(number, parts.stream().filter(p -> p.partition() != partition).toList());
      }
    }
    return this;
  }
}
