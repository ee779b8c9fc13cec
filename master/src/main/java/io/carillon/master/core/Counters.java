package io.carillon.master.core;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the leader counted since it started. */
public final class Counters {

  /** What is counted. Shown in lower case. */
  public enum Counter {
    FIRES_RECORDED,
    FIRES_SKIPPED,
    FIRES_REPAIRED,
    COMMITS,
    COMMITS_RETRIED,
    MUTATIONS,
    DUPLICATE_PARTS,
    REFUSED_STALE_EPOCH,
    REFUSED_WATERMARK_MISMATCH,
    REFUSED_MALFORMED,
    REFUSED_FOREIGN_PARTITION,
    REFUSED_UNKNOWN_SESSION,
    REFUSED_NODE_ID,
    DROPPED_UNKNOWN_SCHEDULE,
    DROPPED_CLOSED_REVISION,
    DROPPED_NOT_AN_OCCURRENCE,
    DROPPED_OUT_OF_RANGE,
    /** Not recorded, as a repair found them in the log. */
    FOUND_RECORDED,
    NODES_FENCED,
    NODES_LOST,
    NODES_SUSPECTED,
    NODES_HELD,
    PARTITIONS_MOVED,
    PARTITIONS_QUARANTINED
  }

  private final Map<Counter, Long> counts = new EnumMap<>(Counter.class);

  void add(Counter counter, long n) {
    counts.merge(counter, n, Long::sum);
  }

  void add(Counter counter) {
    add(counter, 1);
  }

  /** What became of the nominal times of a commit. */
  void count(FireColumns fires) {
    long skipped = 0;
    int runs = 0;
    for (int i = 0; i < fires.size(); i++) {
      if (fires.skipReason[i] != 0) {
        skipped += fires.skippedCount[i];
        runs++;
      }
    }
    add(Counter.FIRES_SKIPPED, skipped);
    add(Counter.FIRES_RECORDED, fires.size() - runs);
  }

  public long get(Counter counter) {
    return counts.getOrDefault(counter, 0L);
  }

  /** All of them by name, those at zero too. */
  public Map<String, Long> byName() {
    Map<String, Long> all = new TreeMap<>();
    for (Counter counter : Counter.values()) {
      all.put(counter.name().toLowerCase(Locale.ROOT), get(counter));
    }
    return all;
  }
}
