package io.carillon.simulation.world;

import java.util.Map;
import java.util.TreeMap;

/** How often what was done to the cluster really did something. */
public final class Bites {

  private final TreeMap<String, Long> counts = new TreeMap<>();

  public void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  public void addAll(Bites others) {
    others.counts.forEach((what, n) -> counts.merge(what, n, Long::sum));
  }

  public long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  public Map<String, Long> all() {
    return counts;
  }
}
