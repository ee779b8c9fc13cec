package io.carillon.cli.schedule;

import io.carillon.cli.terminal.Moment;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.v1.CronRule;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.Rule;
import io.carillon.v1.ScheduleSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The rule of a schedule, as options; several make a union. */
final class RuleOptions {

  /** As in the contract, written as people do. */
  enum Dialect {
    unix(CronRule.Dialect.UNIX),
    seconds(CronRule.Dialect.SECONDS),
    quartz(CronRule.Dialect.QUARTZ);

    final CronRule.Dialect proto;

    Dialect(CronRule.Dialect proto) {
      this.proto = proto;
    }
  }

  @Option(
      names = "--cron",
      paramLabel = "EXPR",
      description = "Cron expression or macro; may be repeated, as all rules may.")
  private List<String> crons = new ArrayList<>();

  @Option(
      names = "--dialect",
      paramLabel = "unix|seconds|quartz",
      description =
          "Dialect of --cron (default: by its fields; 6 or 7 with ?, L, W or # are quartz).")
  private Dialect dialect;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Fixed distance of elapsed time, such as 90s, 1h30m or PT90S.")
  private List<Duration> everies = new ArrayList<>();

  @Option(
      names = "--anchor",
      paramLabel = "TIME",
      description = "With --every: a time that the others are counted from (default: now).")
  private Moment anchor;

  @Option(
      names = "--phase",
      paramLabel = "DURATION",
      description =
          "With --every: added to the anchor, which is then 1970-01-01T00:00Z unless given.")
  private Duration phase;

  @Option(
      names = "--rrule",
      paramLabel = "RULE",
      description = "Recurrence rule of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9.")
  private List<String> rrules = new ArrayList<>();

  @Option(
      names = "--dtstart",
      paramLabel = "TIME",
      description = "With --rrule: its first instance (default: now).")
  private Moment dtstart;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Once, at a time such as 2026-03-29T01:00:00Z.")
  private List<Moment> ats = new ArrayList<>();

  @Option(
      names = "--after",
      paramLabel = "DURATION",
      description = "Once, after this long, such as 10m.")
  private List<Duration> afters = new ArrayList<>();

  /** Whether there is a rule among the options. */
  boolean hasRule() {
    return Stream.of(crons, everies, rrules, ats, afters).anyMatch(rules -> !rules.isEmpty());
  }

  /** Whether there is a rule, or something about one. */
  boolean given() {
    return hasRule() || Stream.of(dialect, anchor, phase, dtstart).anyMatch(o -> o != null);
  }

  /** Puts the rules in place of the stored one, or changes what is said about it. */
  void applyTo(ScheduleSpec.Builder spec) {
    if (!given()) {
      return;
    }
    String zone = spec.getTimeZone();
    List<Rule.Builder> rules = hasRule() ? rules(zone) : List.of(stored(spec));
    if (dialect != null) {
      require("--dialect", "--cron", rules.stream().anyMatch(Rule.Builder::hasCron));
      rules.stream()
          .filter(Rule.Builder::hasCron)
          .forEach(rule -> rule.getCronBuilder().setDialect(dialect.proto));
    }
    if (anchor != null || phase != null) {
      String option = anchor != null ? "--anchor" : "--phase";
      require(option, "--every", rules.stream().anyMatch(Rule.Builder::hasInterval));
      rules.stream()
          .filter(Rule.Builder::hasInterval)
          .forEach(rule -> setAnchor(rule.getIntervalBuilder(), zone));
    }
    if (dtstart != null) {
      require("--dtstart", "--rrule", rules.stream().anyMatch(Rule.Builder::hasRecurrence));
      var first = TimeText.proto(dtstart.in(zone, "--dtstart"));
      rules.stream()
          .filter(Rule.Builder::hasRecurrence)
          .forEach(rule -> rule.getRecurrenceBuilder().setDtstart(first));
    }
    set(spec, rules);
  }

  private static void require(String option, String rule, boolean there) {
    if (!there) {
      throw new UsageException(option + " goes with " + rule + " only");
    }
  }

  /** In the order of the kinds: across options, that of the command line is not known. */
  private List<Rule.Builder> rules(String zone) {
    List<Rule.Builder> rules = new ArrayList<>();
    crons.forEach(cron -> rules.add(rule(r -> r.getCronBuilder().setExpression(cron))));
    everies.forEach(
        every -> rules.add(rule(r -> r.getIntervalBuilder().setPeriod(TimeText.proto(every)))));
    rrules.forEach(rrule -> rules.add(rule(r -> r.getRecurrenceBuilder().setRrule(rrule))));
    ats.forEach(
        at -> rules.add(rule(r -> r.getOnceBuilder().setAt(TimeText.proto(at.in(zone, "--at"))))));
    afters.forEach(
        after -> rules.add(rule(r -> r.getOnceBuilder().setAfter(TimeText.proto(after)))));
    return rules;
  }

  private static Rule.Builder rule(Consumer<Rule.Builder> content) {
    Rule.Builder rule = Rule.newBuilder();
    content.accept(rule);
    return rule;
  }

  private static Rule.Builder stored(ScheduleSpec.Builder spec) {
    return switch (spec.getRuleCase()) {
      case CRON -> Rule.newBuilder().setCron(spec.getCron());
      case INTERVAL -> Rule.newBuilder().setInterval(spec.getInterval());
      case ONCE -> Rule.newBuilder().setOnce(spec.getOnce());
      case RECURRENCE -> Rule.newBuilder().setRecurrence(spec.getRecurrence());
      case UNION ->
          throw new UsageException("the schedule has several rules: give all of them again");
      case RULE_NOT_SET -> Rule.newBuilder();
    };
  }

  /** A phase alone counts from 1970, so the anchor of before must go. */
  private void setAnchor(IntervalRule.Builder interval, String zone) {
    if (anchor != null) {
      interval.setAnchorTime(TimeText.proto(anchor.in(zone, "--anchor")));
    } else {
      interval.clearAnchorTime();
    }
    if (phase != null) {
      interval.setPhase(TimeText.proto(phase));
    }
  }

  private static void set(ScheduleSpec.Builder spec, List<Rule.Builder> rules) {
    if (rules.size() > 1) {
      spec.getUnionBuilder().clear();
      rules.forEach(spec.getUnionBuilder()::addRules);
      return;
    }
    Rule rule = rules.get(0).build();
    switch (rule.getRuleCase()) {
      case CRON -> spec.setCron(rule.getCron());
      case INTERVAL -> spec.setInterval(rule.getInterval());
      case ONCE -> spec.setOnce(rule.getOnce());
      case RECURRENCE -> spec.setRecurrence(rule.getRecurrence());
      case RULE_NOT_SET -> {}
    }
  }
}
