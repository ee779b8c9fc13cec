package io.carillon.common.schedule;

import io.carillon.common.cron.CronDialect;
import io.carillon.common.cron.CronFields;
import io.carillon.common.cron.CronParser;
import io.carillon.common.cron.CronSyntaxException;
import io.carillon.common.cron.LocalTimes;
import io.carillon.common.recurrence.Recurrence;
import io.carillon.common.recurrence.RecurrenceSyntaxException;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.schedule.SpecParts.Moves;
import io.carillon.common.schedule.SpecParts.ZonedKey;

/**
 * From specs to their nominal times: rule, business days, exclusions, bounds, jitter, in this
 * order. What leaves times out is laid over each rule of a union, so that the union steps over what
 * remains.
 */
final class SpecCompiler {

  private final ScheduleSpec spec;
  private final SpecParts parts;

  /** Null where all days are business days. */
  private final DayTable days;

  /** Null where nothing is excluded. */
  private final ClosedRanges exclusions;

  private SpecCompiler(ScheduleSpec spec, SpecParts parts) {
    this.spec = spec;
    this.parts = parts;
    BusinessDays business = spec.businessDays();
    days = business.weekend() == 0 && business.daysOff().isEmpty() ? null : parts.days(business);
    exclusions =
        spec.exclusions().isEmpty()
            ? null
            : ClosedRanges.of(spec.exclusions(), ZoneTable.of(spec.zone()));
  }

  /**
   * @param parts new or shared
   */
  static Occurrences compile(ScheduleSpec spec, SpecParts parts) {
    SpecLimits.check(spec);
    SpecCompiler compiler = new SpecCompiler(spec, parts);
    return compiler.bounded(compiler.remaining());
  }

  private Times remaining() {
    if (!(spec.rule() instanceof UnionRule union)) {
      return remaining("", spec.rule());
    }
    SpecLimits.checkUnion(union);
    Times[] rules = new Times[union.rules().size()];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = remaining("union.rules[" + i + "].", union.rules().get(i));
    }
    return new UnionTimes(rules);
  }

  private Times remaining(String path, Rule rule) {
    Times times = times(path, rule);
    if (days != null && spec.businessDays().policy() == Policy.SKIP_DAY) {
      times = new RemainingTimes(times, new BusinessTime(days, ZoneTable.of(spec.zone())));
    }
    return exclusions == null ? times : new RemainingTimes(times, exclusions);
  }

  private Times times(String path, Rule rule) {
    if (rule instanceof CronRule cron) {
      return cron(path, cron);
    }
    if (rule instanceof RecurrenceRule recurrence) {
      return recurrence(path, recurrence);
    }
    if (moves()) {
      throw SpecLimits.outOfRange(
          "calendar_policy",
          "Only cron and recurrence rules move to business days; of intervals and single times"
              + " those on other days can be left out by SKIP_DAY.");
    }
    if (rule instanceof IntervalRule interval) {
      SpecLimits.checkPeriod(path, interval);
      return new IntervalTimes(interval.periodMicros(), interval.anchorMicros());
    }
    return new OnceTimes(((OnceRule) rule).atMicros());
  }

  /** Whether times on days that are not business days move to others. */
  private boolean moves() {
    return days != null && spec.businessDays().policy() != Policy.SKIP_DAY;
  }

  private Times cron(String path, CronRule cron) {
    CronFields fields = fieldsOf(path, cron);
    return parts.times(
        new ZonedKey(
            fields,
            spec.zone(),
            spec.gap() == GapPolicy.SHIFT && !fields.hasEveryHour(),
            fields.runsInBothPasses() ? FoldPolicy.BOTH : spec.fold(),
            ZonedTimes.NO_BEGIN,
            movesOrNull()),
        () -> new LocalTimes(fields));
  }

  private static CronFields fieldsOf(String path, CronRule cron) {
    try {
      return CronParser.parse(cron.expression(), dialectOf(cron), cron.slot());
    } catch (CronSyntaxException e) {
      throw new SpecException(
          path + "cron.expression", "CRON_SYNTAX", e.position(), e.getMessage());
    }
  }

  private static CronDialect dialectOf(CronRule cron) {
    return switch (cron.dialect()) {
      case UNIX -> CronDialect.UNIX;
      case SECONDS -> CronDialect.SECONDS;
      case QUARTZ -> CronDialect.QUARTZ;
    };
  }

  private Times recurrence(String path, RecurrenceRule rule) {
    long second = Math.floorDiv(rule.dtstartMicros(), ZonedTimes.SECOND);
    ZoneTable zone = ZoneTable.of(spec.zone());
    long dtstart = second + zone.offset(zone.segmentAt(second));
    if (second * ZonedTimes.SECOND != rule.dtstartMicros()
        || dtstart < LocalTimes.BEGIN
        || dtstart >= LocalTimes.END) {
      throw SpecLimits.outOfRange(
          path + "recurrence.dtstart", "dtstart is a whole second in the years 1900 to 2099.");
    }
    Recurrence recurrence;
    try {
      recurrence = Recurrence.of(rule.rrule(), second, spec.zone());
    } catch (RecurrenceSyntaxException e) {
      throw new SpecException(
          path + "recurrence.rrule", "RRULE_SYNTAX", e.position(), e.getMessage());
    }
    if (moves() && recurrence.runsThrough()) {
      throw SpecLimits.outOfRange(
          "calendar_policy",
          "HOURLY, MINUTELY and SECONDLY rules do not move to business days: leave other days out by"
              + " SKIP_DAY, or name the hours of a DAILY rule by BYHOUR.");
    }
    if (moves() && !recurrence.hasEqualDays()) {
      throw SpecLimits.outOfRange(
          "calendar_policy",
          "A rule whose BYSETPOS chooses among several times of a day does not move to business days:"
              + " leave other days out by SKIP_DAY, or name one time of the day.");
    }
    return new RecurrenceTimes(spec, parts, second).times(recurrence, movesOrNull());
  }

  /** Where times on days that are not business days move to, null if they do not. */
  private Moves movesOrNull() {
    return moves()
        ? new Moves(days, spec.businessDays().policy() == Policy.NEXT_BUSINESS_DAY)
        : null;
  }

  private Occurrences bounded(Times times) {
    boolean started = spec.startMicros() != Long.MIN_VALUE;
    long after = started ? spec.startMicros() - 1 : Long.MIN_VALUE;
    long upTo = spec.endMicros();
    if (spec.maxFires() > 0) {
      after = started ? after : spec.countFromMicros();
      upTo = Math.min(upTo, nthAfter(times, after));
    }
    return after == Long.MIN_VALUE && upTo == Long.MAX_VALUE && spec.jitterMicros() == 0
        ? times
        : new BoundedTimes(times, after, upTo, spec.endMicros(), spec.jitterMicros());
  }

  private long nthAfter(Times times, long after) {
    // Counting a recurrence rule range by range may cost more than its steps do; but not where
    // times
    // move, as each step then looks at all days that were closed.
    return spec.rule() instanceof RecurrenceRule && !moves()
        ? new UnionTimes(times).nthAfter(after, spec.maxFires())
        : times.nthAfter(after, spec.maxFires());
  }
}
