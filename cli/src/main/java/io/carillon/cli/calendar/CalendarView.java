package io.carillon.cli.calendar;

import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.v1.Calendar;
import io.carillon.v1.DateRange;
import io.carillon.v1.Weekday;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Calendars as people read them. */
final class CalendarView {

  private static final int SHOWN_RANGES = 100;

  static final List<Output.Column<Calendar>> LIST =
      List.of(
          new Output.Column<>("CALENDAR", c -> Names.id(c.getName())),
          new Output.Column<>("RANGES OF DAYS", c -> "" + c.getDaysCount()),
          new Output.Column<>("WEEKEND", CalendarView::weekend),
          new Output.Column<>("CHANGED", c -> TimeText.show(c.getUpdateTime())),
          new Output.Column<>("PENDING SCHEDULES", c -> "" + c.getPendingSchedules()),
          new Output.Column<>("DISPLAY NAME", Calendar::getDisplayName));

  static final List<Output.Column<Calendar>> DETAIL =
      List.of(
          new Output.Column<>("Name", Calendar::getName),
          new Output.Column<>("Display name", Calendar::getDisplayName),
          new Output.Column<>("Weekend", CalendarView::weekend),
          new Output.Column<>("Days", CalendarView::days),
          new Output.Column<>(
              "Version", c -> c.getVersion() == 0 ? "" : Long.toString(c.getVersion())),
          new Output.Column<>("Etag", Calendar::getEtag),
          new Output.Column<>(
              "Created", c -> c.hasCreateTime() ? TimeText.show(c.getCreateTime()) : ""),
          new Output.Column<>(
              "Changed", c -> c.hasUpdateTime() ? TimeText.show(c.getUpdateTime()) : ""),
          new Output.Column<>(
              "Pending schedules",
              c -> c.getPendingSchedules() == 0 ? "" : "" + c.getPendingSchedules()));

  private CalendarView() {}

  private static String weekend(Calendar calendar) {
    return calendar.getWeekendList().stream()
        .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(","));
  }

  /** A line each. */
  private static String days(Calendar calendar) {
    List<DateRange> days = calendar.getDaysList();
    String shown =
        days.stream().limit(SHOWN_RANGES).map(DayText::show).collect(Collectors.joining("\n"));
    return days.size() <= SHOWN_RANGES
        ? shown
        : shown + "\n… and " + (days.size() - SHOWN_RANGES) + " more, with -o json";
  }

  /** Such as "sat,sun", "Friday,Saturday" or "none". */
  static List<Weekday> parseWeekend(String text) {
    List<Weekday> days = new ArrayList<>();
    if (text.isBlank() || text.equalsIgnoreCase("none")) {
      return days;
    }
    for (String part : text.split(",", -1)) {
      Weekday day = parseWeekday(part.strip().toUpperCase(Locale.ROOT));
      if (day == null) {
        throw new UsageException(
            "--weekend: \"" + part + "\" is no day of the week; write sat,sun, or none");
      }
      days.add(day);
    }
    return days;
  }

  private static Weekday parseWeekday(String text) {
    for (Weekday day : Weekday.values()) {
      boolean real = day != Weekday.WEEKDAY_UNSPECIFIED && day != Weekday.UNRECOGNIZED;
      if (real && (text.equals(day.name()) || text.equals(day.name().substring(0, 3)))) {
        return day;
      }
    }
    return null;
  }
}
