package io.carillon.common.schedule;

import io.carillon.common.cron.CronDialect;
import io.carillon.common.cron.CronFields;
import io.carillon.common.cron.CronParser;
import io.carillon.common.cron.CronSyntaxException;
import io.carillon.common.cron.LocalTimes;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import java.time.ZoneId;
import java.util.function.Function;

/** From specs to their nominal times. */
final class SpecCompiler {

  private static final String OUT_OF_RANGE = "FIELD_OUT_OF_RANGE";

  /** All that the nominal times of a cron rule depend on: equal keys, equal times. */
  record CronKey(CronFields fields, ZoneId zone, boolean shiftGaps, FoldPolicy fold) {

    CronTimes times() {
      return new CronTimes(new LocalTimes(fields), ZoneTable.of(zone), shiftGaps, fold);
    }
  }

  private SpecCompiler() {}

  /**
   * @param cronTimes gives the times of a cron rule, new or shared
   */
  static Occurrences compile(ScheduleSpec spec, Function<CronKey, CronTimes> cronTimes) {
    checkBounds(spec);
    Times times;
    if (spec.rule() instanceof CronRule cron) {
      times = cronTimes.apply(keyOf(cron, spec));
    } else if (spec.rule() instanceof IntervalRule interval) {
      checkPeriod(interval);
      times = new IntervalTimes(interval.periodMicros(), interval.anchorMicros());
    } else if (spec.rule() instanceof OnceRule once) {
      times = new OnceTimes(once.atMicros());
    } else {
      throw new SpecException("rule", "NOT_KNOWN", -1, "This kind of rule is not known yet.");
    }
    return bounded(times, spec);
  }

  private static CronKey keyOf(CronRule cron, ScheduleSpec spec) {
    CronFields fields;
    try {
      CronDialect dialect = CronDialect.valueOf(cron.dialect().name());
      fields = CronParser.parse(cron.expression(), dialect, cron.slot());
    } catch (CronSyntaxException e) {
      throw new SpecException("cron.expression", "CRON_SYNTAX", e.position(), e.getMessage());
    }
    return fields.runsThrough()
        ? new CronKey(fields, spec.zone(), false, FoldPolicy.BOTH)
        : new CronKey(fields, spec.zone(), spec.gap() == GapPolicy.SHIFT, spec.fold());
  }

  private static Occurrences bounded(Times times, ScheduleSpec spec) {
    boolean started = spec.startMicros() != Long.MIN_VALUE;
    long after = started ? spec.startMicros() - 1 : Long.MIN_VALUE;
    long upTo = spec.endMicros();
    if (spec.maxFires() > 0) {
      after = started ? after : spec.countFromMicros();
      upTo = Math.min(upTo, times.nthAfter(after, spec.maxFires()));
    }
    return after == Long.MIN_VALUE && upTo == Long.MAX_VALUE
        ? times
        : new BoundedTimes(times, after, upTo);
  }

  private static void checkBounds(ScheduleSpec spec) {
    // A spec made in code may carry an offset, which has no place in a canonical text.
    TimeZones.named(spec.zone().getId());
    if (spec.endMicros() < spec.startMicros()) {
      throw new SpecException(
          "end_time",
          OUT_OF_RANGE,
          -1,
          "The end lies before the start: set it later, or leave it out.");
    }
    if (spec.maxFires() < 0 || spec.maxFires() > ScheduleSpec.MAX_FIRES) {
      throw new SpecException(
          "max_fires",
          OUT_OF_RANGE,
          -1,
          "max_fires is " + spec.maxFires() + "; allowed are 1-1000000000, or 0 for no limit.");
    }
  }

  private static void checkPeriod(IntervalRule interval) {
    if (interval.periodMicros() < ScheduleSpec.MIN_PERIOD_MICROS
        || interval.periodMicros() > ScheduleSpec.MAX_PERIOD_MICROS) {
      throw new SpecException(
          "interval.period",
          OUT_OF_RANGE,
          -1,
          "The period is "
              + interval.periodMicros()
              + " microseconds; allowed are 1 millisecond to 3660 days.");
    }
  }
}
