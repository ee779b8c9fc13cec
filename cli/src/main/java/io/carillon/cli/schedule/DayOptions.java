package io.carillon.cli.schedule;

import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.Moment;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.v1.CalendarPolicy;
import io.carillon.v1.Exclusion;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.TimeRange;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** When a schedule does not fire, as options. */
final class DayOptions {

  /** What a time does on a day off. */
  enum OnDayOff {
    skip(CalendarPolicy.SKIP_DAY),
    next(CalendarPolicy.NEXT_BUSINESS_DAY),
    previous(CalendarPolicy.PREVIOUS_BUSINESS_DAY);

    final CalendarPolicy proto;

    OnDayOff(CalendarPolicy proto) {
      this.proto = proto;
    }
  }

  @Option(
      names = "--exclude",
      paramLabel = "DAY|FROM..TO",
      description =
          "Not on this day, from this day to that one (both included), or from this time to that one (not included); may be repeated.")
  private List<String> excluded = new ArrayList<>();

  @Option(
      names = "--calendar",
      paramLabel = "ID",
      description = "Calendar of days off to go by; may be repeated.")
  private List<String> calendars = new ArrayList<>();

  @Option(
      names = "--on-day-off",
      paramLabel = "skip|next|previous",
      description =
          "On a day off of a calendar: skip (default), or fire on the next or previous business day.")
  private OnDayOff onDayOff;

  boolean given() {
    return !excluded.isEmpty() || !calendars.isEmpty() || onDayOff != null;
  }

  /** Adds exclusions and calendars to those that are there. */
  void applyTo(ScheduleSpec.Builder spec, Names names) {
    for (String range : excluded) {
      Exclusion exclusion = exclusion(range, spec.getTimeZone());
      if (!spec.getExclusionsList().contains(exclusion)) {
        spec.addExclusions(exclusion);
      }
    }
    for (String calendar : calendars) {
      String name = names.calendar(calendar);
      if (!spec.getCalendarsList().contains(name)) {
        spec.addCalendars(name);
      }
    }
    if (onDayOff != null) {
      if (spec.getCalendarsCount() == 0) {
        throw new UsageException("--on-day-off goes with --calendar only");
      }
      spec.setCalendarPolicy(onDayOff.proto);
    }
  }

  private static Exclusion exclusion(String text, String zone) {
    try {
      int dots = text.indexOf("..");
      if (dots < 0 || text.indexOf('T') < 0) {
        return Exclusion.newBuilder().setDates(DayText.parse(text)).build();
      }
      var from = Moment.parse(text.substring(0, dots)).in(zone, "--exclude");
      var to = Moment.parse(text.substring(dots + 2)).in(zone, "--exclude");
      if (!to.isAfter(from)) {
        throw new IllegalArgumentException("\"" + text + "\" ends before it begins");
      }
      return Exclusion.newBuilder()
          .setTimes(
              TimeRange.newBuilder()
                  .setStartTime(TimeText.proto(from))
                  .setEndTime(TimeText.proto(to)))
          .build();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--exclude: " + e.getMessage());
    }
  }
}
