package io.carillon.simulation.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the client was answered about its schedules: all that the oracle goes by. */
public final class History {

  /** A revision as the answers tell: owes what is due in {@code (from, to]}. */
  public record Acknowledged(long version, long from, long to, Expectation expectation) {
    Acknowledged closedAt(long end) {
      return new Acknowledged(version, from, end, expectation);
    }
  }

  /** One schedule. */
  public static final class Of {
    final long num;
    final int partition;
    final List<Acknowledged> revisions = new ArrayList<>();
    final TreeSet<Long> triggered = new TreeSet<>();
    int triggersRequested;
    private boolean open;

    Of(long num, int partition) {
      this.num = num;
      this.partition = partition;
    }
  }

  /** {@link Acknowledged#to} of one that nothing has closed. */
  static final long OPEN = Long.MAX_VALUE;

  private final Map<Long, Of> schedules = new TreeMap<>();
  private int acknowledged;

  private Of of(long num, int partition) {
    return schedules.computeIfAbsent(num, n -> new Of(num, partition));
  }

  /**
   * A mutation has happened: an answer said so, or a later look.
   *
   * @param opens null if nothing holds from then on
   */
  public void mutated(
      long num, int partition, long version, long effective, long opensFrom, Expectation opens) {
    Of of = of(num, partition);
    acknowledged++;
    if (of.open) {
      int last = of.revisions.size() - 1;
      of.revisions.set(last, of.revisions.get(last).closedAt(effective));
    }
    of.open = opens != null;
    if (opens != null) {
      of.revisions.add(new Acknowledged(version, opensFrom, OPEN, opens));
    }
  }

  public void triggerRequested(long num, int partition) {
    of(num, partition).triggersRequested++;
  }

  /** A fire by hand was acknowledged. */
  public void triggered(long num, int partition, long nominal) {
    of(num, partition).triggered.add(nominal);
    acknowledged++;
  }

  Map<Long, Of> schedules() {
    return schedules;
  }

  public int acknowledged() {
    return acknowledged;
  }
}
