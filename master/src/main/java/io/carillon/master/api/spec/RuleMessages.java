package io.carillon.master.api.spec;

import com.google.common.hash.Hashing;
import com.google.protobuf.Timestamp;
import io.carillon.common.cron.CronParser;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.schedule.SpecException;
import io.carillon.common.time.Micros;
import io.carillon.common.words.DurationText;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the API's rules and those of {@code common.schedule}: reads what a client means, fills in
 * what depends on the call, refuses what is wrong; and shows rules with all that was filled in.
 */
final class RuleMessages {

  private static final long MAX_AFTER = 3660L * 86_400 * Micros.PER_SECOND;
  private static final int MAX_RULES = 20;
  private static final int MAX_RRULE = 1000;
  private static final String RRULE = "RRULE:";
  private static final String EVERY = "@every";

  private final String name;
  private final long now;

  /**
   * @param name of the schedule, "tenants/{tenant}/schedules/{schedule}": the values of H are made
   *     of it
   * @param now the time of the call
   */
  RuleMessages(String name, long now) {
    this.name = name;
    this.now = now;
  }

  /**
   * The rule of a spec.
   *
   * @param before the rule that it is to replace, null if there is none: where the client leaves
   *     out what the time of the call is filled in for, and the rule is the same, that of before
   *     stays
   */
  Rule of(String field, io.carillon.v1.ScheduleSpec given, Rule before) {
    return switch (given.getRuleCase()) {
      case CRON -> cron(field + ".cron", given.getCron(), before);
      case INTERVAL -> interval(field + ".interval", given.getInterval(), before);
      case ONCE -> once(field + ".once", given.getOnce());
      case RECURRENCE -> recurrence(field + ".recurrence", given.getRecurrence(), before);
      case UNION -> union(field + ".union.rules", given.getUnion(), before);
      case RULE_NOT_SET ->
          throw ApiException.invalid(
              field,
              "FIELD_REQUIRED",
              "needs a rule: one of cron, interval, once, recurrence and union");
    };
  }

  private Rule union(String field, io.carillon.v1.UnionRule union, Rule before) {
    int count = union.getRulesCount();
    if (count < 1 || count > MAX_RULES) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_RULES + " rules, but are " + count);
    }
    List<Rule> old = before instanceof UnionRule u ? u.rules() : List.of();
    List<Rule> rules = new ArrayList<>();
    Faults faults = new Faults();
    for (int i = 0; i < count; i++) {
      String at = field + "[" + i + "]";
      io.carillon.v1.Rule given = union.getRules(i);
      Rule oldMember = i < old.size() ? old.get(i) : null;
      faults.in(() -> rules.add(member(at, given, oldMember)));
    }
    faults.refuse();
    return new UnionRule(rules);
  }

  private Rule member(String field, io.carillon.v1.Rule given, Rule before) {
    return switch (given.getRuleCase()) {
      case CRON -> cron(field + ".cron", given.getCron(), before);
      case INTERVAL -> interval(field + ".interval", given.getInterval(), before);
      case ONCE -> once(field + ".once", given.getOnce());
      case RECURRENCE -> recurrence(field + ".recurrence", given.getRecurrence(), before);
      case RULE_NOT_SET ->
          throw ApiException.invalid(
              field, "FIELD_REQUIRED", "needs a rule: one of cron, interval, once and recurrence");
    };
  }

  private Rule cron(String field, io.carillon.v1.CronRule cron, Rule before) {
    String expression = cron.getExpression();
    if (expression.isEmpty()) {
      throw ApiException.required(field + ".expression");
    }
    if (isEvery(expression)) {
      return every(field, expression, before);
    }
    Dialect dialect =
        switch (cron.getDialect()) {
          case UNIX -> Dialect.UNIX;
          case SECONDS -> Dialect.SECONDS;
          case QUARTZ -> Dialect.QUARTZ;
          case DIALECT_UNSPECIFIED -> guess(expression);
          case UNRECOGNIZED ->
              throw ApiException.invalid(
                  field + ".dialect", "FIELD_OUT_OF_RANGE", "is not a dialect that is known here");
        };
    return new CronRule(dialect, expression, slot(expression));
  }

  private static Dialect guess(String expression) {
    return switch (CronParser.guess(expression)) {
      case UNIX -> Dialect.UNIX;
      case SECONDS -> Dialect.SECONDS;
      case QUARTZ -> Dialect.QUARTZ;
    };
  }

  private int slot(String expression) {
    return expression.length() <= CronParser.MAX_LENGTH && CronParser.hasHashSlot(expression)
        ? Hashing.murmur3_32_fixed().hashString(name, StandardCharsets.UTF_8).asInt()
        : 0;
  }

  private static boolean isEvery(String expression) {
    int begin = begin(expression, 0);
    int end = begin + EVERY.length();
    return expression.regionMatches(true, begin, EVERY, 0, EVERY.length())
        && (end == expression.length() || isBlank(expression.charAt(end)));
  }

  private Rule every(String field, String expression, Rule before) {
    int begin = begin(expression, begin(expression, 0) + EVERY.length());
    long period;
    try {
      period = DurationText.micros(expression.substring(begin).stripTrailing());
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(
          field,
          new SpecException("expression", "CRON_SYNTAX", begin, "after @every " + e.getMessage()));
    }
    if (period < ScheduleSpec.MIN_PERIOD_MICROS || period > ScheduleSpec.MAX_PERIOD_MICROS) {
      throw ApiException.invalid(
          field + ".expression",
          "FIELD_OUT_OF_RANGE",
          "the period after @every must be 1 millisecond to 3660 days");
    }
    return anchored(period, before);
  }

  private static int begin(String text, int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private Rule interval(String field, io.carillon.v1.IntervalRule interval, Rule before) {
    Faults faults = new Faults();
    long period =
        faults.in(() -> period(field + ".period", interval), ScheduleSpec.MAX_PERIOD_MICROS);
    if (!interval.hasAnchorTime() && !interval.hasPhase()) {
      faults.refuse();
      return anchored(period, before);
    }
    long anchor =
        interval.hasAnchorTime()
            ? faults.in(
                () -> Timestamps.micros(field + ".anchor_time", interval.getAnchorTime()), 0L)
            : 0;
    long phase =
        interval.hasPhase()
            ? faults.in(
                () ->
                    Timestamps.micros(
                        field + ".phase",
                        interval.getPhase(),
                        0,
                        period - 1,
                        "0 to below the period"),
                0L)
            : 0;
    faults.refuse();
    return new IntervalRule(period, anchor + phase);
  }

  private static long period(String field, io.carillon.v1.IntervalRule interval) {
    if (!interval.hasPeriod()) {
      throw ApiException.required(field);
    }
    return Timestamps.micros(
        field,
        interval.getPeriod(),
        ScheduleSpec.MIN_PERIOD_MICROS,
        ScheduleSpec.MAX_PERIOD_MICROS,
        "1 millisecond to 3660 days");
  }

  private Rule anchored(long period, Rule before) {
    return before instanceof IntervalRule old && old.periodMicros() == period
        ? before
        : new IntervalRule(period, now);
  }

  private Rule once(String field, io.carillon.v1.OnceRule once) {
    return switch (once.getWhenCase()) {
      case AT -> new OnceRule(Timestamps.micros(field + ".at", once.getAt()));
      case AFTER ->
          new OnceRule(
              now
                  + Timestamps.micros(
                      field + ".after", once.getAfter(), 0, MAX_AFTER, "0 to 3660 days"));
      case WHEN_NOT_SET ->
          throw ApiException.invalid(field, "FIELD_REQUIRED", "needs a time: one of at and after");
    };
  }

  private Rule recurrence(String field, io.carillon.v1.RecurrenceRule recurrence, Rule before) {
    Faults faults = new Faults();
    String rrule = faults.in(() -> rrule(field + ".rrule", recurrence.getRrule()), "");
    if (recurrence.hasDtstart()) {
      long dtstart = faults.in(() -> wholeSeconds(field + ".dtstart", recurrence.getDtstart()), 0L);
      faults.refuse();
      return new RecurrenceRule(rrule, dtstart);
    }
    faults.refuse();
    return before instanceof RecurrenceRule old && old.rrule().equals(rrule)
        ? before
        : new RecurrenceRule(rrule, nextSecond());
  }

  private static String rrule(String field, String given) {
    if (given.length() > MAX_RRULE) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be at most " + MAX_RRULE + " characters");
    }
    boolean prefixed = given.regionMatches(true, 0, RRULE, 0, RRULE.length());
    String rrule = prefixed ? given.substring(RRULE.length()) : given;
    if (rrule.isEmpty()) {
      throw ApiException.required(field);
    }
    return rrule;
  }

  private static long wholeSeconds(String field, Timestamp time) {
    long micros = Timestamps.micros(field, time);
    if (micros % Micros.PER_SECOND != 0) {
      throw ApiException.invalid(field, "FIELD_OUT_OF_RANGE", "must be of whole seconds");
    }
    return micros;
  }

  /** Not the second that the call lies in: an instance at the start would be past already. */
  private long nextSecond() {
    return Math.floorDiv(now + Micros.PER_SECOND - 1, Micros.PER_SECOND) * Micros.PER_SECOND;
  }

  /** Shows the rule of a spec in it. */
  static void show(Rule rule, io.carillon.v1.ScheduleSpec.Builder message) {
    if (rule instanceof UnionRule union) {
      union.rules().forEach(member -> message.getUnionBuilder().addRules(message(member)));
      return;
    }
    io.carillon.v1.Rule single = message(rule);
    switch (single.getRuleCase()) {
      case CRON -> message.setCron(single.getCron());
      case INTERVAL -> message.setInterval(single.getInterval());
      case ONCE -> message.setOnce(single.getOnce());
      case RECURRENCE -> message.setRecurrence(single.getRecurrence());
      case RULE_NOT_SET -> throw new IllegalArgumentException("not a rule: " + rule);
    }
  }

  private static io.carillon.v1.Rule message(Rule rule) {
    io.carillon.v1.Rule.Builder message = io.carillon.v1.Rule.newBuilder();
    if (rule instanceof CronRule cron) {
      message
          .getCronBuilder()
          .setExpression(cron.expression())
          .setDialect(
              switch (cron.dialect()) {
                case UNIX -> io.carillon.v1.CronRule.Dialect.UNIX;
                case SECONDS -> io.carillon.v1.CronRule.Dialect.SECONDS;
                case QUARTZ -> io.carillon.v1.CronRule.Dialect.QUARTZ;
              });
    } else if (rule instanceof IntervalRule interval) {
      message
          .getIntervalBuilder()
          .setPeriod(Timestamps.duration(interval.periodMicros()))
          .setAnchorTime(Timestamps.of(interval.anchorMicros()));
    } else if (rule instanceof OnceRule once) {
      message.getOnceBuilder().setAt(Timestamps.of(once.atMicros()));
    } else if (rule instanceof RecurrenceRule recurrence) {
      message
          .getRecurrenceBuilder()
          .setRrule(recurrence.rrule())
          .setDtstart(Timestamps.of(recurrence.dtstartMicros()));
    }
    return message.build();
  }
}
