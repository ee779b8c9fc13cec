package io.carillon.common.schedule;

import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.time.Micros;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
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
        spec.rule(),
        spec.zone(),
        start,
        end,
        max,
        from,
        spec.gap(),
        spec.fold(),
        spec.exclusions(),
        spec.businessDays(),
        spec.jitterMicros());
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

  /** Whether no exclusion and no calendar leaves an instant out, spelled out by java.time. */
  static boolean isOpen(ScheduleSpec spec, long micros) {
    LocalDate day = Micros.toInstant(micros).atZone(spec.zone()).toLocalDate();
    for (Exclusion exclusion : spec.exclusions()) {
      if (exclusion instanceof DateExclusion dates
          ? contains(dates.days(), day)
          : ((TimeExclusion) exclusion).fromMicros() <= micros
              && micros < ((TimeExclusion) exclusion).toMicros()) {
        return false;
      }
    }
    BusinessDays business = spec.businessDays();
    return business.policy() != Policy.SKIP_DAY
        || business.equals(BusinessDays.ALL)
        || isBusinessDay(business, day);
  }

  static boolean isBusinessDay(BusinessDays business, LocalDate day) {
    return (business.weekend() >> day.getDayOfWeek().getValue() % 7 & 1) == 0
        && business.daysOff().stream().noneMatch(range -> contains(range, day))
        && day.getYear() >= 1900
        && day.getYear() <= 2099;
  }

  private static boolean contains(DayRange range, LocalDate day) {
    return range.first() <= day.toEpochDay() && day.toEpochDay() <= range.last();
  }

  static ScheduleSpec with(ScheduleSpec spec, BusinessDays days) {
    return of(spec, spec.exclusions(), days, spec.jitterMicros());
  }

  static ScheduleSpec except(ScheduleSpec spec, Exclusion... exclusions) {
    return of(spec, List.of(exclusions), spec.businessDays(), spec.jitterMicros());
  }

  static ScheduleSpec jittered(ScheduleSpec spec, long micros) {
    return of(spec, spec.exclusions(), spec.businessDays(), micros);
  }

  private static ScheduleSpec of(
      ScheduleSpec spec, List<Exclusion> exclusions, BusinessDays days, long jitter) {
    return new ScheduleSpec(
        spec.rule(),
        spec.zone(),
        spec.startMicros(),
        spec.endMicros(),
        spec.maxFires(),
        spec.countFromMicros(),
        spec.gap(),
        spec.fold(),
        exclusions,
        days,
        jitter);
  }

  static Exclusion dates(String first, String last) {
    return new DateExclusion(DayRange.of(LocalDate.parse(first), LocalDate.parse(last)));
  }

  static Exclusion between(String from, String to) {
    return new TimeExclusion(at(from), at(to));
  }

  /** Processor time of this thread: other processes do not count. */
  static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
