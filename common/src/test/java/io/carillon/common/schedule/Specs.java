package io.carillon.common.schedule;

import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.time.Micros;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Short ways of writing specs and times in tests. */
final class Specs {

  static final long MIN = Long.MIN_VALUE;
  static final long MAX = Long.MAX_VALUE;

  private Specs() {}

  static ScheduleSpec cron(String text, String zone, GapPolicy gap, FoldPolicy fold) {
    Dialect dialect = text.trim().split("[ \t]+").length == 6 ? Dialect.SECONDS : Dialect.UNIX;
    return new ScheduleSpec(
        new CronRule(dialect, text), ZoneId.of(zone), MIN, MAX, 0, 0, gap, fold);
  }

  static ScheduleSpec cron(String text, String zone) {
    return cron(text, zone, GapPolicy.SHIFT, FoldPolicy.FIRST);
  }

  static ScheduleSpec bounded(ScheduleSpec spec, long start, long end, long max, long from) {
    return new ScheduleSpec(
        spec.rule(), spec.zone(), start, end, max, from, spec.gap(), spec.fold());
  }

  static long at(String instant) {
    return Micros.parse(instant);
  }

  /** The first times after an instant, as texts. */
  static List<String> first(int n, ScheduleSpec spec, String after) {
    Occurrences times = spec.compile();
    List<String> found = new ArrayList<>();
    long at = at(after);
    while (found.size() < n && (at = times.nextAfter(at)) != Occurrences.NEVER) {
      found.add(Micros.format(at));
    }
    return found;
  }
}
