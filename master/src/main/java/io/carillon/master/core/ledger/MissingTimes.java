package io.carillon.master.core.ledger;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** From a gap to the times in it that can be made up for. */
public final class MissingTimes {

  private MissingTimes() {}

  /**
   * The first nominal times of a gap; none if they are not times of a spec that are missing.
   *
   * @param most no more of them
   */
  public static List<Long> of(Gap gap, int most) {
    List<Long> times = new ArrayList<>();
    if (gap.kind() != Gap.Kind.MISSING || gap.owing() == null) {
      return times;
    }
    Occurrences spec = gap.owing().times();
    long next = spec.nextAfter(gap.first() - 1);
    for (; next <= gap.last() && times.size() < most; next = spec.nextAfter(next)) {
      times.add(next);
    }
    return times;
  }

  /**
   * Those of one revision that can be made up for, by the nodes that left them out.
   *
   * @param nominals rising
   * @param isFree whether no row has the key of a time
   * @param history null if nothing is known
   */
  public static List<MissedTimes> byNode(
      Revision revision,
      int partition,
      List<Long> nominals,
      LongPredicate isFree,
      OwnerHistory history) {
    List<MissedTimes> all = new ArrayList<>();
    List<Long> run = new ArrayList<>();
    String node = "";
    for (long nominal : nominals) {
      if (!isFree.test(nominal)) {
        continue;
      }
      long due = revision.times().dueOf(revision.schedule(), nominal);
      String by = history == null ? "" : history.owing(revision, due);
      if (!by.equals(node)) {
        end(revision, partition, node, run, all);
        node = by;
      }
      run.add(nominal);
    }
    end(revision, partition, node, run, all);
    return all;
  }

  private static void end(
      Revision revision, int partition, String node, List<Long> run, List<MissedTimes> all) {
    if (!run.isEmpty()) {
      long[] nominals = run.stream().mapToLong(Long::longValue).toArray();
      all.add(new MissedTimes(revision, partition, node, nominals));
      run.clear();
    }
  }
}
