package io.carillon.chaos;

import io.carillon.chaos.Definition.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What the checker found. */
final class Verdict {

  /** What must never happen. */
  enum Violation {
    /** A time that was owed is neither fired nor skipped. */
    LOST,
    /** It is skipped for a reason that its policy does not allow. */
    SILENTLY_SKIPPED,
    /** Two rows, or two fire ids, for one time. */
    DUPLICATE,
    /** Recorded or received before it was due. */
    EARLY,
    /** Recorded, and not owed; or delivered with a definition that did not owe it. */
    PHANTOM,
    /** In the order of commits the epoch of a partition falls. */
    STALE_EPOCH,
    /** Delivered, and not in the ledger, or not for that destination. */
    GHOST,
    /** Fired, and neither acknowledged nor a dead letter. */
    UNDELIVERED
  }

  /** One of them, with what happened around it. */
  record Finding(Violation violation, String what, List<String> timeline) {
    @Override
    public String toString() {
      return violation + ": " + what + "\n    " + String.join("\n    ", timeline);
    }
  }

  /** Takes what is found. */
  @FunctionalInterface
  interface Finder {
    void found(Violation violation, String schedule, long uid, long nominal, String what);
  }

  static final int SHOWN = 20;

  final Map<Violation, Long> counts = new EnumMap<>(Violation.class);
  final List<Finding> findings = new ArrayList<>();
  final Map<Kind, Long> must = new EnumMap<>(Kind.class);
  final Histogram outside = new Histogram(3);
  final Histogram inside = new Histogram(3);
  long may;
  long fired;
  long skipped;
  long manual;
  long deliveries;
  long redeliveries;

  Verdict() {
    for (Violation violation : Violation.values()) {
      counts.put(violation, 0L);
    }
    for (Kind kind : Kind.values()) {
      must.put(kind, 0L);
    }
  }

  boolean holds() {
    return counts.values().stream().allMatch(count -> count == 0);
  }

  long mustTotal() {
    return must.values().stream().mapToLong(Long::longValue).sum();
  }
}
