package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.v1.CalendarPolicy;
import io.carillon.v1.DateRange;
import io.carillon.v1.Exclusion;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.TimeRange;
import java.time.LocalDate;

/** Specs as the API shows them, with all defaults filled in. */
public final class SpecMessages {

  private SpecMessages() {}

  /**
   * @param tenant whose calendars the spec names
   */
  public static io.carillon.v1.ScheduleSpec of(String tenant, ScheduleSpec spec) {
    io.carillon.v1.ScheduleSpec.Builder message =
        io.carillon.v1.ScheduleSpec.newBuilder()
            .setTimeZone(spec.zone().getId())
            .setMaxFires(spec.maxFires())
            .setGap(
                switch (spec.gap()) {
                  case SHIFT -> GapPolicy.GAP_SHIFT;
                  case SKIP -> GapPolicy.GAP_SKIP;
                })
            .setFold(
                switch (spec.fold()) {
                  case FIRST -> FoldPolicy.FOLD_FIRST;
                  case LAST -> FoldPolicy.FOLD_LAST;
                  case BOTH -> FoldPolicy.FOLD_BOTH;
                });
    bounds(spec, message);
    spec.exclusions().forEach(exclusion -> message.addExclusions(exclusion(exclusion)));
    days(tenant, spec.businessDays(), message);
    if (spec.jitterMicros() > 0) {
      message.setJitter(Timestamps.duration(spec.jitterMicros()));
    }
    rule(spec.rule(), message);
    return message.build();
  }

  private static void bounds(ScheduleSpec spec, io.carillon.v1.ScheduleSpec.Builder message) {
    if (spec.startMicros() != Long.MIN_VALUE) {
      message.setStartTime(Timestamps.of(spec.startMicros()));
    }
    if (spec.endMicros() != Long.MAX_VALUE) {
      message.setEndTime(Timestamps.of(spec.endMicros()));
    }
    if (spec.maxFires() > 0 && spec.startMicros() == Long.MIN_VALUE) {
      message.setCountFrom(Timestamps.of(spec.countFromMicros()));
    }
  }

  private static Exclusion exclusion(ScheduleSpec.Exclusion exclusion) {
    if (exclusion instanceof DateExclusion dates) {
      return Exclusion.newBuilder().setDates(dates(dates.days())).build();
    }
    TimeExclusion times = (TimeExclusion) exclusion;
    return Exclusion.newBuilder()
        .setTimes(
            TimeRange.newBuilder()
                .setStartTime(Timestamps.of(times.fromMicros()))
                .setEndTime(Timestamps.of(times.toMicros())))
        .build();
  }

  private static DateRange dates(DayRange days) {
    return DateRange.newBuilder()
        .setFirst(LocalDate.ofEpochDay(days.first()).toString())
        .setLast(LocalDate.ofEpochDay(days.last()).toString())
        .build();
  }

  private static void days(
      String tenant, BusinessDays days, io.carillon.v1.ScheduleSpec.Builder message) {
    if (days.calendars().isEmpty()) {
      return;
    }
    days.calendars()
        .forEach(calendar -> message.addCalendars(ResourceName.calendar(tenant, calendar.id())));
    message.setCalendarPolicy(
        switch (days.policy()) {
          case SKIP_DAY -> CalendarPolicy.SKIP_DAY;
          case NEXT_BUSINESS_DAY -> CalendarPolicy.NEXT_BUSINESS_DAY;
          case PREVIOUS_BUSINESS_DAY -> CalendarPolicy.PREVIOUS_BUSINESS_DAY;
        });
  }

  private static void rule(Rule rule, io.carillon.v1.ScheduleSpec.Builder message) {
    if (rule instanceof UnionRule union) {
      union.rules().forEach(member -> message.getUnionBuilder().addRules(member(member)));
      return;
    }
    io.carillon.v1.Rule single = member(rule);
    switch (single.getRuleCase()) {
      case CRON -> message.setCron(single.getCron());
      case INTERVAL -> message.setInterval(single.getInterval());
      case ONCE -> message.setOnce(single.getOnce());
      case RECURRENCE -> message.setRecurrence(single.getRecurrence());
      case RULE_NOT_SET -> throw new IllegalArgumentException("not a rule: " + rule);
    }
  }

  private static io.carillon.v1.Rule member(Rule rule) {
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
