package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nominal times that stand in the log of a partition though its watermark has not reached them, as
 * a repair found them: they count as recorded, and are not recorded again. Filled before it is
 * used.
 */
public final class StandingFires {

  /** By schedule, the last nominal time of each row by its first. */
  private final Map<Long, TreeMap<Long, Long>> rows = new HashMap<>();

  private int size;

  /** A row: a fire, or a run of times that were left out. */
  public void add(long schedule, long first, long last) {
    rows.computeIfAbsent(schedule, num -> new TreeMap<>()).merge(first, last, Math::max);
    size++;
  }

  public int size() {
    return size;
  }

  boolean holds(long schedule, long nominal) {
    TreeMap<Long, Long> of = rows.get(schedule);
    Map.Entry<Long, Long> row = of == null ? null : of.floorEntry(nominal);
    return row != null && row.getValue() >= nominal;
  }

  /** What is left of a run, in order. */
  List<SkippedRun> without(SkippedRun run, Occurrences times) {
    TreeMap<Long, Long> of = rows.get(run.schedule());
    if (of == null) {
      return List.of(run);
    }
    List<SkippedRun> left = new ArrayList<>();
    Map.Entry<Long, Long> before = of.lowerEntry(run.first());
    long from = before == null ? run.first() : Math.max(run.first(), before.getValue() + 1);
    for (Map.Entry<Long, Long> row : of.subMap(run.first(), true, run.last(), true).entrySet()) {
      add(left, run, from, row.getKey() - 1, times);
      from = Math.max(from, row.getValue() + 1);
    }
    add(left, run, from, run.last(), times);
    return left;
  }

  private static void add(
      List<SkippedRun> left, SkippedRun run, long from, long to, Occurrences times) {
    long count = from > to ? 0 : times.count(from - 1, to);
    if (count > 0) {
      left.add(
          new SkippedRun(
              run.schedule(),
              run.version(),
              times.nextAfter(from - 1),
              times.previousBefore(to + 1),
              count,
              run.reason()));
    }
  }
}
