package io.carillon.master.rpc;

import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.SpecException;
import io.carillon.common.schedule.SpecInterner;

/** Between the API's specs and the core's: fills defaults in, and refuses what is wrong. */
final class Specs {

  private static final long MAX_AFTER = 3660L * 86_400 * 1_000_000;

  private final SpecInterner interner;

  Specs(SpecInterner interner) {
    this.interner = interner;
  }

  /** A spec that was checked, and its times. */
  record Checked(ScheduleSpec spec, Occurrences times) {}

  /**
   * The spec that a client means.
   *
   * @param field path of the spec in the request
   * @param before what the spec is to replace, null if nothing: where the client leaves an anchor
   *     out, and the rule is the same, that of before stays
   * @param now the time of the call
   */
  Checked check(String field, io.carillon.v1.ScheduleSpec given, ScheduleSpec before, long now) {
    try {
      Rule rule = rule(field, given, before, now);
      boolean bounded = given.getMaxFires() > 0 && !given.hasStartTime();
      ScheduleSpec spec =
          new ScheduleSpec(
              rule,
              ScheduleSpec.zone(given.getTimeZone().isEmpty() ? "UTC" : given.getTimeZone()),
              given.hasStartTime()
                  ? Timestamps.micros(field + ".start_time", given.getStartTime())
                  : Long.MIN_VALUE,
              given.hasEndTime()
                  ? Timestamps.micros(field + ".end_time", given.getEndTime())
                  : Long.MAX_VALUE,
              given.getMaxFires(),
              bounded ? countFrom(field, given, rule, before, now) : 0,
              gap(field, given),
              fold(field, given));
      return new Checked(spec, interner.intern(spec));
    } catch (SpecException e) {
      throw ApiException.invalid(field, e);
    }
  }

  /** Refuses a spec without a time after {@code now}. */
  static void refuseIfNever(String field, Checked checked, long now) {
    if (checked.times().nextAfter(now) == Occurrences.NEVER) {
      boolean past = checked.times().nextAfter(Long.MIN_VALUE) != Occurrences.NEVER;
      throw ApiException.invalid(
          field,
          "SCHEDULE_NEVER_FIRES",
          past
              ? "has no time in the future: all that it allows is past"
              : "has no time at all: no date fits the rule and its bounds");
    }
  }

  /**
   * The last time of a spec, {@link Occurrences#NEVER} if it has no end that anyone will see; exact
   * if it is after {@code now}.
   */
  static long lastTime(Checked checked, long now) {
    Occurrences times = checked.times();
    long bound = times.last();
    boolean ends =
        checked.spec().endMicros() != Long.MAX_VALUE
            || checked.spec().maxFires() > 0
            || checked.spec().rule() instanceof OnceRule;
    if (!ends || times.matches(bound) || times.nextAfter(now) == Occurrences.NEVER) {
      return bound;
    }
    // The least time after which nothing comes is the last one.
    long low = now;
    long high = bound;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (times.nextAfter(middle) == Occurrences.NEVER) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private static Rule rule(
      String field, io.carillon.v1.ScheduleSpec given, ScheduleSpec before, long now) {
    switch (given.getRuleCase()) {
      case CRON:
        return cron(field, given.getCron());
      case INTERVAL:
        return interval(field, given.getInterval(), before, now);
      case ONCE:
        return once(field, given.getOnce(), now);
      default:
        throw ApiException.invalid(
            field, "FIELD_REQUIRED", "needs a rule: one of cron, interval and once");
    }
  }

  private static Rule cron(String field, io.carillon.v1.CronRule cron) {
    String expression = cron.getExpression();
    if (expression.isEmpty()) {
      throw ApiException.required(field + ".cron.expression");
    }
    return switch (cron.getDialect()) {
      case UNIX -> new CronRule(Dialect.UNIX, expression);
      case SECONDS -> new CronRule(Dialect.SECONDS, expression);
      case QUARTZ -> new CronRule(Dialect.QUARTZ, expression);
      case DIALECT_UNSPECIFIED -> new CronRule(guess(expression), expression);
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".cron.dialect", "FIELD_OUT_OF_RANGE", "is not a dialect that is known here");
    };
  }

  private static Dialect guess(String expression) {
    return expression.length() <= 1_000 && expression.strip().split("[ \t]+", 8).length == 6
        ? Dialect.SECONDS
        : Dialect.UNIX;
  }

  private static Rule interval(
      String field, io.carillon.v1.IntervalRule interval, ScheduleSpec before, long now) {
    String path = field + ".interval.period";
    if (!interval.hasPeriod()) {
      throw ApiException.required(path);
    }
    long period =
        Timestamps.micros(
            path,
            interval.getPeriod(),
            ScheduleSpec.MIN_PERIOD_MICROS,
            ScheduleSpec.MAX_PERIOD_MICROS,
            "1 millisecond to 3660 days");
    if (interval.hasAnchorTime()) {
      return new IntervalRule(
          period, Timestamps.micros(field + ".interval.anchor_time", interval.getAnchorTime()));
    }
    boolean same =
        before != null
            && before.rule() instanceof IntervalRule
            && ((IntervalRule) before.rule()).periodMicros() == period;
    return same ? before.rule() : new IntervalRule(period, now);
  }

  private static Rule once(String field, io.carillon.v1.OnceRule once, long now) {
    switch (once.getWhenCase()) {
      case AT:
        return new OnceRule(Timestamps.micros(field + ".once.at", once.getAt()));
      case AFTER:
        return new OnceRule(
            now
                + Timestamps.micros(
                    field + ".once.after", once.getAfter(), 0, MAX_AFTER, "0 to 3660 days"));
      default:
        throw ApiException.invalid(
            field + ".once", "FIELD_REQUIRED", "needs a time: one of at and after");
    }
  }

  private static long countFrom(
      String field, io.carillon.v1.ScheduleSpec given, Rule rule, ScheduleSpec before, long now) {
    if (given.hasCountFrom()) {
      return Timestamps.micros(field + ".count_from", given.getCountFrom());
    }
    boolean same = before != null && before.maxFires() > 0 && before.rule().equals(rule);
    return same ? before.countFromMicros() : now;
  }

  private static GapPolicy gap(String field, io.carillon.v1.ScheduleSpec given) {
    return switch (given.getGap()) {
      case GAP_POLICY_UNSPECIFIED, GAP_SHIFT -> GapPolicy.SHIFT;
      case GAP_SKIP -> GapPolicy.SKIP;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".gap", "FIELD_OUT_OF_RANGE", "is not a policy that is known here");
    };
  }

  private static FoldPolicy fold(String field, io.carillon.v1.ScheduleSpec given) {
    return switch (given.getFold()) {
      case FOLD_POLICY_UNSPECIFIED, FOLD_FIRST -> FoldPolicy.FIRST;
      case FOLD_LAST -> FoldPolicy.LAST;
      case FOLD_BOTH -> FoldPolicy.BOTH;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".fold", "FIELD_OUT_OF_RANGE", "is not a policy that is known here");
    };
  }

  /** A spec as the API shows it, with all defaults filled in. */
  static io.carillon.v1.ScheduleSpec message(ScheduleSpec spec) {
    io.carillon.v1.ScheduleSpec.Builder message =
        io.carillon.v1.ScheduleSpec.newBuilder()
            .setTimeZone(spec.zone().getId())
            .setMaxFires(spec.maxFires())
            .setGap(
                switch (spec.gap()) {
                  case SHIFT -> io.carillon.v1.GapPolicy.GAP_SHIFT;
                  case SKIP -> io.carillon.v1.GapPolicy.GAP_SKIP;
                })
            .setFold(
                switch (spec.fold()) {
                  case FIRST -> io.carillon.v1.FoldPolicy.FOLD_FIRST;
                  case LAST -> io.carillon.v1.FoldPolicy.FOLD_LAST;
                  case BOTH -> io.carillon.v1.FoldPolicy.FOLD_BOTH;
                });
    if (spec.startMicros() != Long.MIN_VALUE) {
      message.setStartTime(Timestamps.of(spec.startMicros()));
    }
    if (spec.endMicros() != Long.MAX_VALUE) {
      message.setEndTime(Timestamps.of(spec.endMicros()));
    }
    if (spec.maxFires() > 0 && spec.startMicros() == Long.MIN_VALUE) {
      message.setCountFrom(Timestamps.of(spec.countFromMicros()));
    }
    if (spec.rule() instanceof CronRule) {
      CronRule cron = (CronRule) spec.rule();
      message
          .getCronBuilder()
          .setExpression(cron.expression())
          .setDialect(
              switch (cron.dialect()) {
                case UNIX -> io.carillon.v1.CronRule.Dialect.UNIX;
                case SECONDS -> io.carillon.v1.CronRule.Dialect.SECONDS;
                case QUARTZ -> io.carillon.v1.CronRule.Dialect.QUARTZ;
              });
    } else if (spec.rule() instanceof IntervalRule) {
      IntervalRule interval = (IntervalRule) spec.rule();
      message
          .getIntervalBuilder()
          .setPeriod(Timestamps.duration(interval.periodMicros()))
          .setAnchorTime(Timestamps.of(interval.anchorMicros()));
    } else {
      Timestamp at = Timestamps.of(((OnceRule) spec.rule()).atMicros());
      message.getOnceBuilder().setAt(at);
    }
    return message.build();
  }
}
