package io.carillon.simulation.check;

import io.carillon.master.core.PushedPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All that nodes said of partitions: what is recorded must be among it. */
final class PushedSteps {

  private static final int LONGEST = 1_000;

  /** Where a step of a partition begins. */
  private record From(int partition, long epoch, long watermark, long applied) {}

  /** Where it ends, and who said it. */
  private record Step(String node, long watermark, long applied) {}

  private final Map<From, List<Step>> steps = new HashMap<>();

  void add(String node, PushedPart part) {
    steps
        .computeIfAbsent(
            new From(
                part.partition(), part.epoch(), part.previousWatermark(), part.previousApplied()),
            from -> new ArrayList<>(1))
        .add(new Step(node, part.newWatermark(), part.applied()));
  }

  /** Whether steps of a node under an epoch lead from the one to the other. */
  boolean lead(
      String node, int p, long epoch, long from, long fromApplied, long to, long toApplied) {
    return lead(node, new From(p, epoch, from, fromApplied), to, toApplied, 0);
  }

  private boolean lead(String node, From from, long to, long toApplied, int depth) {
    if (from.watermark == to && from.applied == toApplied) {
      return true;
    }
    if (depth > LONGEST) {
      return false;
    }
    for (Step step : steps.getOrDefault(from, List.of())) {
      From next = new From(from.partition, from.epoch, step.watermark, step.applied);
      if (step.node.equals(node)
          && step.watermark <= to
          && lead(node, next, to, toApplied, depth + 1)) {
        return true;
      }
    }
    return false;
  }
}
