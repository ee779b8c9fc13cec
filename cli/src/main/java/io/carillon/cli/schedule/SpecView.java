package io.carillon.cli.schedule;

import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CronRule;
import io.carillon.v1.Exclusion;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Rule;
import io.carillon.v1.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** When a schedule fires, as people read it. */
public final class SpecView {

  private SpecView() {}

  public static String rule(ScheduleSpec spec) {
    return switch (spec.getRuleCase()) {
      case CRON -> spec.getCron().getExpression();
      case INTERVAL -> interval(spec.getInterval());
      case ONCE -> once(spec.getOnce());
      case RECURRENCE -> recurrence(spec.getRecurrence());
      case UNION ->
          spec.getUnion().getRulesList().stream()
              .map(SpecView::rule)
              .collect(Collectors.joining(" | "));
      case RULE_NOT_SET -> "";
    };
  }

  public static String rule(Rule rule) {
    return switch (rule.getRuleCase()) {
      case CRON -> rule.getCron().getExpression();
      case INTERVAL -> interval(rule.getInterval());
      case ONCE -> once(rule.getOnce());
      case RECURRENCE -> recurrence(rule.getRecurrence());
      case RULE_NOT_SET -> "";
    };
  }

  private static String interval(IntervalRule interval) {
    return "every " + TimeText.show(interval.getPeriod());
  }

  private static String once(OnceRule once) {
    return once.hasAt()
        ? "at " + TimeText.show(once.getAt())
        : "after " + TimeText.show(once.getAfter());
  }

  private static String recurrence(RecurrenceRule recurrence) {
    String rrule = recurrence.getRrule();
    return rrule.startsWith("RRULE:") ? rrule : "RRULE:" + rrule;
  }

  /** As in "cron (QUARTZ)", "interval" or "2 rules: cron (UNIX), interval". */
  static String kind(ScheduleSpec spec) {
    return switch (spec.getRuleCase()) {
      case CRON -> cron(spec.getCron());
      case INTERVAL -> "interval" + anchor(spec.getInterval());
      case ONCE -> "once";
      case RECURRENCE -> "recurrence" + first(spec.getRecurrence());
      case UNION ->
          spec.getUnion().getRulesCount()
              + " rules: "
              + spec.getUnion().getRulesList().stream()
                  .map(SpecView::kind)
                  .collect(Collectors.joining(", "));
      case RULE_NOT_SET -> "";
    };
  }

  private static String kind(Rule rule) {
    return switch (rule.getRuleCase()) {
      case CRON -> cron(rule.getCron());
      case INTERVAL -> "interval" + anchor(rule.getInterval());
      case ONCE -> "once";
      case RECURRENCE -> "recurrence" + first(rule.getRecurrence());
      case RULE_NOT_SET -> "";
    };
  }

  private static String cron(CronRule cron) {
    return cron.getDialect() == CronRule.Dialect.DIALECT_UNSPECIFIED
        ? "cron"
        : "cron (" + cron.getDialect() + ")";
  }

  private static String anchor(IntervalRule interval) {
    return interval.hasAnchorTime()
        ? " (from " + TimeText.show(interval.getAnchorTime()) + ")"
        : "";
  }

  private static String first(RecurrenceRule recurrence) {
    return recurrence.hasDtstart() ? " (from " + TimeText.show(recurrence.getDtstart()) + ")" : "";
  }

  /** Only where it matters. */
  static String zone(ScheduleSpec spec) {
    boolean local =
        switch (spec.getRuleCase()) {
          case CRON, RECURRENCE -> true;
          case UNION ->
              spec.getUnion().getRulesList().stream()
                  .anyMatch(rule -> rule.hasCron() || rule.hasRecurrence());
          case INTERVAL, ONCE, RULE_NOT_SET -> false;
        };
    boolean days =
        spec.getCalendarsCount() > 0
            || spec.getExclusionsList().stream().anyMatch(Exclusion::hasDates);
    return local || days ? spec.getTimeZone() : "";
  }

  static String bounds(ScheduleSpec spec) {
    List<String> bounds = new ArrayList<>();
    if (spec.hasStartTime()) {
      bounds.add("from " + TimeText.show(spec.getStartTime()));
    }
    if (spec.hasEndTime()) {
      bounds.add("to " + TimeText.show(spec.getEndTime()));
    }
    if (spec.getMaxFires() > 0) {
      bounds.add("at most " + spec.getMaxFires() + " times");
      if (!spec.hasStartTime() && spec.hasCountFrom()) {
        bounds.add("counted from " + TimeText.show(spec.getCountFrom()));
      }
    }
    return String.join(" ", bounds);
  }

  static String dst(ScheduleSpec spec) {
    if (zone(spec).isEmpty()
        || (spec.getGap() == GapPolicy.GAP_POLICY_UNSPECIFIED
            && spec.getFold() == FoldPolicy.FOLD_POLICY_UNSPECIFIED)) {
      return "";
    }
    return spec.getGap() + " " + spec.getFold();
  }

  /** A line each. */
  static String exclusions(ScheduleSpec spec) {
    return spec.getExclusionsList().stream()
        .map(SpecView::exclusion)
        .collect(Collectors.joining("\n"));
  }

  private static String exclusion(Exclusion exclusion) {
    return exclusion.hasDates()
        ? DayText.show(exclusion.getDates())
        : TimeText.show(exclusion.getTimes().getStartTime())
            + ".."
            + TimeText.show(exclusion.getTimes().getEndTime());
  }

  static String calendars(ScheduleSpec spec) {
    if (spec.getCalendarsCount() == 0) {
      return "";
    }
    String ids = spec.getCalendarsList().stream().map(Names::id).collect(Collectors.joining(", "));
    String dayOff =
        switch (spec.getCalendarPolicy()) {
          case NEXT_BUSINESS_DAY -> "the next business day";
          case PREVIOUS_BUSINESS_DAY -> "the previous business day";
          case CALENDAR_POLICY_UNSPECIFIED, SKIP_DAY, UNRECOGNIZED -> "skip";
        };
    return ids + " (on a day off: " + dayOff + ")";
  }

  static String jitter(ScheduleSpec spec) {
    return spec.getJitter().equals(com.google.protobuf.Duration.getDefaultInstance())
        ? ""
        : "up to " + TimeText.show(spec.getJitter());
  }

  /** As in "ALL within 1h, at most 3, missed after 10s". */
  static String catchUp(CatchUp catchUp) {
    List<String> parts = new ArrayList<>();
    if (catchUp.getMode() != CatchUp.Mode.MODE_UNSPECIFIED) {
      parts.add(catchUp.getMode().name());
    }
    if (catchUp.hasWindow() && catchUp.getMode() != CatchUp.Mode.NONE) {
      parts.add("within " + TimeText.show(catchUp.getWindow()));
    }
    if (catchUp.getMaxCount() > 0) {
      parts.add("at most " + catchUp.getMaxCount());
    }
    if (catchUp.hasGrace()) {
      parts.add("missed after " + TimeText.show(catchUp.getGrace()));
    }
    return String.join(", ", parts);
  }
}
