package io.carillon.master.api.spec;

import io.carillon.common.cron.LocalTimes;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.time.Micros;
import io.carillon.master.api.spec.Specs.Checked;
import java.time.Instant;

/** Says that rules over local time end with the year 2099. */
public final class LastYear {

  public static final String WORDS =
      "times of cron and recurrence rules end with the local year 2099; of intervals and single times"
          + " they do not";

  /** Twelve years: leap days lie eight apart at most. */
  private static final long CLOSE_MICROS = 12L * 366 * 86_400 * Micros.PER_SECOND;

  private LastYear() {}

  /**
   * Whether times after one instant and up to another may be missing for that alone: the rule ends
   * with the last years or close to them, and not by a limit of its own.
   */
  public static boolean ends(Checked checked, long afterMicros, long untilMicros) {
    ScheduleSpec spec = checked.spec();
    if (!isLocal(spec.rule()) || !reaches(spec, Math.min(untilMicros, spec.endMicros()))) {
      return false;
    }
    long last = checked.times().previousBefore(Long.MAX_VALUE);
    return reaches(spec, afterMicros)
        || last != Occurrences.NEVER_BEFORE && reaches(spec, last + CLOSE_MICROS);
  }

  /** Whether a spec asks for times after the last year alone. */
  static boolean beginsAfter(ScheduleSpec spec) {
    return isLocal(spec.rule()) && reaches(spec, spec.startMicros());
  }

  private static boolean reaches(ScheduleSpec spec, long micros) {
    Instant end = Instant.ofEpochSecond(LocalTimes.END);
    long last = LocalTimes.END - spec.zone().getRules().getOffset(end).getTotalSeconds();
    return micros >= last * Micros.PER_SECOND;
  }

  private static boolean isLocal(Rule rule) {
    return rule instanceof UnionRule union
        ? union.rules().stream().anyMatch(LastYear::isLocal)
        : rule instanceof CronRule || rule instanceof RecurrenceRule;
  }
}
