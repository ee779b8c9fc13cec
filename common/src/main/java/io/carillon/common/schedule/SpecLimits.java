package io.carillon.common.schedule;

import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.time.LocalDate;

/** What a spec may have at most. Refuses by the names of the API's fields. */
final class SpecLimits {

  private static final String OUT_OF_RANGE = "FIELD_OUT_OF_RANGE";
  private static final int FIRST_EXCLUDED = (int) LocalDate.of(1970, 1, 1).toEpochDay();
  private static final int LAST_EXCLUDED = (int) LocalDate.of(2099, 12, 31).toEpochDay();

  private SpecLimits() {}

  /** Checks all but the rule. */
  static void check(ScheduleSpec spec) {
    // A spec made in code may carry an offset, which has no place in a canonical text.
    TimeZones.named(spec.zone().getId());
    if (spec.endMicros() < spec.startMicros()) {
      throw outOfRange("end_time", "The end lies before the start: set it later, or leave it out.");
    }
    checkMaxFires(spec);
    if (spec.jitterMicros() < 0 || spec.jitterMicros() > ScheduleSpec.MAX_JITTER_MICROS) {
      throw outOfRange(
          "jitter",
          "The jitter is " + spec.jitterMicros() + " microseconds; allowed are 0 to 1 day.");
    }
    checkCalendars(spec.businessDays());
    if (spec.exclusions().size() > ScheduleSpec.MAX_EXCLUSIONS) {
      throw outOfRange(
          "exclusions",
          "There are "
              + spec.exclusions().size()
              + " exclusions; at most 100 are allowed. A calendar holds more days.");
    }
    for (int i = 0; i < spec.exclusions().size(); i++) {
      checkExclusion("exclusions[" + i + "].", spec.exclusions().get(i));
    }
  }

  private static void checkMaxFires(ScheduleSpec spec) {
    if (spec.maxFires() < 0 || spec.maxFires() > ScheduleSpec.MAX_FIRES) {
      throw outOfRange(
          "max_fires",
          "max_fires is " + spec.maxFires() + "; allowed are 1-1000000000, or 0 for no limit.");
    }
    boolean stepped = spec.rule() instanceof UnionRule || spec.rule() instanceof RecurrenceRule;
    if (stepped && spec.maxFires() > ScheduleSpec.MAX_STEPPED_FIRES) {
      throw outOfRange(
          "max_fires",
          "max_fires is "
              + spec.maxFires()
              + "; of unions and recurrence rules at most 20000 are allowed, or 0 for no limit.");
    }
  }

  private static void checkCalendars(BusinessDays days) {
    if (days.calendars().size() > ScheduleSpec.MAX_CALENDARS) {
      throw outOfRange(
          "calendars",
          "There are " + days.calendars().size() + " calendars; at most 10 are allowed.");
    }
    if (days.daysOff().size() > ScheduleSpec.MAX_DAY_RANGES) {
      throw outOfRange(
          "calendars",
          "The calendars have "
              + days.daysOff().size()
              + " ranges of days together; at most 5000 are allowed.");
    }
    if (days.weekend() < 0 || days.weekend() > 0x7f) {
      throw outOfRange("calendars", "A week has seven days: its bits are 0 to 127.");
    }
  }

  private static void checkExclusion(String path, Exclusion exclusion) {
    if (exclusion instanceof DateExclusion dates) {
      checkDay(path + "dates.first", dates.days().first());
      checkDay(path + "dates.last", dates.days().last());
    } else if (exclusion instanceof TimeExclusion times && times.toMicros() <= times.fromMicros()) {
      throw outOfRange(
          path + "times.end_time", "The end is not after the start: set it later than start_time.");
    }
  }

  private static void checkDay(String field, int day) {
    if (day < FIRST_EXCLUDED || day > LAST_EXCLUDED) {
      throw outOfRange(
          field,
          "The day " + LocalDate.ofEpochDay(day) + " is out of range; the years are 1970 to 2099.");
    }
  }

  static void checkUnion(UnionRule union) {
    if (union.rules().isEmpty() || union.rules().size() > ScheduleSpec.MAX_UNION_RULES) {
      throw outOfRange(
          "union.rules", "The union has " + union.rules().size() + " rules; allowed are 1-20.");
    }
  }

  static void checkPeriod(String path, IntervalRule interval) {
    if (interval.periodMicros() < ScheduleSpec.MIN_PERIOD_MICROS
        || interval.periodMicros() > ScheduleSpec.MAX_PERIOD_MICROS) {
      throw outOfRange(
          path + "interval.period",
          "The period is "
              + interval.periodMicros()
              + " microseconds; allowed are 1 millisecond to 3660 days.");
    }
  }

  static SpecException outOfRange(String field, String message) {
    return new SpecException(field, OUT_OF_RANGE, -1, message);
  }
}
