package io.carillon.common.schedule;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.TreeSet;

/**
 * What a cron rule means, spelled out second by second over local time by means of java.time: slow
 * and plain, and sharing nothing with the engine.
 */
final class PlainEvaluator {

  private static final int DAY = 86_400;

  private final RandomCron cron;
  private final ZoneRules rules;
  private final GapPolicy gap;
  private final FoldPolicy fold;

  PlainEvaluator(RandomCron cron, ZoneId zone, GapPolicy gap, FoldPolicy fold) {
    this.cron = cron;
    this.rules = zone.getRules();
    this.gap = gap;
    this.fold = fold;
  }

  /** All times in {@code [from, to)}, in seconds since 1970. */
  TreeSet<Long> times(long from, long to) {
    // Offsets reach from -18 to +18 hours, and a gap may be a day.
    TreeSet<Long> times = new TreeSet<>();
    long firstDay = Math.floorDiv(from - 44 * 3600, (long) DAY);
    long lastDay = Math.floorDiv(to + 44 * 3600, (long) DAY);
    for (long day = firstDay; day <= lastDay; day++) {
      LocalDate date = LocalDate.ofEpochDay(day);
      if (cron.dayMatches(date)) {
        for (int second = 0; second < DAY; second++) {
          if (cron.hours[second / 3600]
              && cron.minutes[second / 60 % 60]
              && cron.seconds[second % 60]) {
            add(LocalDateTime.of(date, LocalTime.ofSecondOfDay(second)), times);
          }
        }
      }
    }
    return new TreeSet<>(times.subSet(from, to));
  }

  private void add(LocalDateTime local, TreeSet<Long> times) {
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    if (offsets.isEmpty()) {
      if (gap == GapPolicy.SHIFT && !cron.hasEveryHour()) {
        times.add(rules.getTransition(local).toEpochSecond());
      }
      return;
    }
    for (int i = 0; i < offsets.size(); i++) {
      boolean first = i == 0;
      boolean last = i == offsets.size() - 1;
      if (cron.hasEveryHour()
          || cron.repeats
          || fold == FoldPolicy.BOTH
          || (fold == FoldPolicy.FIRST ? first : last)) {
        times.add(local.toEpochSecond(offsets.get(i)));
      }
    }
  }
}
