package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.spec.Specs.Checked;
import java.util.List;

/** Refuses specs that never fire, and says which part of them is to blame. */
public final class NeverFires {

  private NeverFires() {}

  /** Refuses a spec without a time after {@code now}. */
  public static void refuse(String field, Checked checked, long now) {
    if (checked.times().nextAfter(now) == Occurrences.NEVER) {
      throw ApiException.invalid(field, "SCHEDULE_NEVER_FIRES", reason(checked, now));
    }
  }

  private static String reason(Checked checked, long now) {
    ScheduleSpec spec = checked.spec();
    long last = checked.times().previousBefore(now == Long.MAX_VALUE ? now : now + 1);
    if (last != Occurrences.NEVER_BEFORE) {
      return "has no time in the future: all that it allows is past, the last was "
          + Micros.format(last);
    }
    if (isEmpty(ScheduleSpec.of(spec.rule(), spec.zone()))) {
      return "has no time at all: no date fits " + named(spec.rule());
    }
    if (LastYear.beginsAfter(spec)) {
      return "has no time at all after start_time: " + LastYear.WORDS;
    }
    if (isEmpty(with(spec, BusinessDays.ALL, List.of()))) {
      return "has no time at all: no time of "
          + named(spec.rule())
          + " is between start_time and end_time, under the gap policy";
    }
    if (isEmpty(with(spec, spec.businessDays(), List.of()))) {
      return "has no time at all: no time of "
          + named(spec.rule())
          + " falls on a business day of its calendars";
    }
    return "has no time at all: exclusions leave out every time of " + named(spec.rule());
  }

  private static boolean isEmpty(ScheduleSpec spec) {
    return spec.compile().nextAfter(Long.MIN_VALUE) == Occurrences.NEVER;
  }

  /** Without the limit of fires, which takes no first time away. */
  private static ScheduleSpec with(
      ScheduleSpec spec, BusinessDays days, List<ScheduleSpec.Exclusion> exclusions) {
    return new ScheduleSpec(
        spec.rule(),
        spec.zone(),
        spec.startMicros(),
        spec.endMicros(),
        0,
        0,
        spec.gap(),
        spec.fold(),
        exclusions,
        days,
        0);
  }

  private static String named(Rule rule) {
    if (rule instanceof CronRule cron) {
      return "the cron expression \"" + cron.expression() + '"';
    }
    if (rule instanceof RecurrenceRule recurrence) {
      return "the recurrence rule \"" + recurrence.rrule() + '"';
    }
    if (rule instanceof IntervalRule) {
      return "the interval";
    }
    return rule instanceof OnceRule ? "the single time" : "the union's rules";
  }
}
