package io.carillon.chaos;

import io.carillon.chaos.Op.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all clients were answered, in the order of the ends of their calls. Safe from any thread.
 */
final class OpLog {

  private final AtomicInteger lastNumber = new AtomicInteger();
  private final List<Op> ops = new ArrayList<>();

  /** For the next call. */
  int nextNumber() {
    return lastNumber.incrementAndGet();
  }

  synchronized void add(Op op) {
    ops.add(op);
  }

  synchronized List<Op> ops() {
    return List.copyOf(ops);
  }

  synchronized Map<Outcome, Integer> outcomes() {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    ops.forEach(op -> counts.merge(op.outcome(), 1, Integer::sum));
    return counts;
  }
}
