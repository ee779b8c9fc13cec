package io.carillon.chaos;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.simulation.oracle.PlainRule;
import io.carillon.simulation.oracle.PlainRule.Cron;
import io.carillon.simulation.oracle.PlainRule.Interval;
import io.carillon.simulation.oracle.PlainRule.Once;
import io.carillon.simulation.oracle.PlainRule.Recurring;
import io.carillon.simulation.oracle.PlainRule.Union;
import io.carillon.simulation.oracle.PlainSpec;
import io.carillon.simulation.oracle.PlainSpec.Gap;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CronRule;
import io.carillon.v1.Exclusion;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Rule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.TimeRange;
import java.time.ZoneId;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Contents in the words of the API. Nothing goes the other way: the oracle reads no text. */
final class SpecWire {

  static final String TENANT = "tenants/default";

  private SpecWire() {}

  static Schedule.Builder schedule(Definition definition) {
    return Schedule.newBuilder()
        .setSpec(spec(definition.spec()))
        .setCatchUp(catchUp(definition.catchUp()))
        .setDestination(TENANT + "/destinations/" + definition.destination())
        .setPayloadType("text/plain")
        .setPayload(ByteString.copyFromUtf8(Integer.toString(definition.number())));
  }

  private static CatchUp catchUp(io.carillon.common.schedule.CatchUp catchUp) {
    CatchUp.Builder message =
        CatchUp.newBuilder()
            .setWindow(Durations.fromMicros(catchUp.windowMicros()))
            .setGrace(Durations.fromMicros(catchUp.graceMicros()))
            .setMode(catchUp.limit() == 0 ? CatchUp.Mode.NONE : CatchUp.Mode.ALL);
    return (catchUp.limit() > 0 ? message.setMaxCount(catchUp.limit()) : message).build();
  }

  static ScheduleSpec spec(PlainSpec spec) {
    ScheduleSpec.Builder message =
        ScheduleSpec.newBuilder()
            .setTimeZone(spec.zone().getId())
            .setGap(spec.gap() == Gap.SHIFT ? GapPolicy.GAP_SHIFT : GapPolicy.GAP_SKIP)
            .setFold(
                switch (spec.fold()) {
                  case FIRST -> FoldPolicy.FOLD_FIRST;
                  case LAST -> FoldPolicy.FOLD_LAST;
                  case BOTH -> FoldPolicy.FOLD_BOTH;
                });
    if (spec.start() != PlainSpec.NO_START) {
      message.setStartTime(Timestamps.fromMicros(spec.start()));
    }
    if (spec.end() != PlainSpec.NO_END) {
      message.setEndTime(Timestamps.fromMicros(spec.end()));
    }
    if (spec.maxFires() > 0) {
      message.setMaxFires(spec.maxFires());
      if (spec.start() == PlainSpec.NO_START) {
        message.setCountFrom(Timestamps.fromMicros(spec.countFrom()));
      }
    }
    spec.exclusions().forEach(range -> message.addExclusions(exclusion(range)));
    if (spec.jitter() > 0) {
      message.setJitter(Durations.fromMicros(spec.jitter()));
    }
    if (spec.rule() instanceof Union union) {
      union.rules().forEach(rule -> message.getUnionBuilder().addRules(rule(rule, spec.zone())));
      return message.build();
    }
    Rule rule = rule(spec.rule(), spec.zone());
    return switch (rule.getRuleCase()) {
      case CRON -> message.setCron(rule.getCron()).build();
      case INTERVAL -> message.setInterval(rule.getInterval()).build();
      case ONCE -> message.setOnce(rule.getOnce()).build();
      case RECURRENCE -> message.setRecurrence(rule.getRecurrence()).build();
      case RULE_NOT_SET -> throw new IllegalArgumentException(spec.toString());
    };
  }

  private static Exclusion exclusion(PlainSpec.Range range) {
    return Exclusion.newBuilder()
        .setTimes(
            TimeRange.newBuilder()
                .setStartTime(Timestamps.fromMicros(range.first()))
                .setEndTime(Timestamps.fromMicros(range.end())))
        .build();
  }

  private static Rule rule(PlainRule rule, ZoneId zone) {
    Rule.Builder message = Rule.newBuilder();
    if (rule instanceof Interval interval) {
      message.setInterval(
          IntervalRule.newBuilder()
              .setPeriod(Durations.fromMicros(interval.period()))
              .setAnchorTime(Timestamps.fromMicros(interval.anchor())));
    } else if (rule instanceof Once once) {
      message.setOnce(OnceRule.newBuilder().setAt(Timestamps.fromMicros(once.at())));
    } else if (rule instanceof Cron cron) {
      message.setCron(
          CronRule.newBuilder().setExpression(text(cron)).setDialect(CronRule.Dialect.SECONDS));
    } else if (rule instanceof Recurring recurring) {
      message.setRecurrence(
          RecurrenceRule.newBuilder()
              .setRrule(text(recurring))
              .setDtstart(Timestamps.fromSeconds(recurring.start().atZone(zone).toEpochSecond())));
    } else {
      throw new IllegalArgumentException("not a rule of its own: " + rule);
    }
    return message.build();
  }

  private static String text(Cron cron) {
    return String.join(
        " ",
        field(cron.seconds(), 60),
        field(cron.minutes(), 60),
        field(cron.hours(), 24),
        field(cron.days(), 31),
        field(cron.months(), 12),
        field(cron.weekdays(), 7));
  }

  private static String field(Set<Integer> values, int all) {
    return values.size() == all
        ? "*"
        : new TreeSet<>(values).stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static String text(Recurring rule) {
    String text = "FREQ=" + rule.unit() + ";INTERVAL=" + rule.every();
    return rule.weekdays().isEmpty()
        ? text
        : text
            + ";BYDAY="
            + rule.weekdays().stream()
                .sorted()
                .map(day -> day.name().substring(0, 2))
                .collect(Collectors.joining(","));
  }
}
