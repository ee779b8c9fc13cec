package io.carillon.master.calendar;

import com.github.mangstadt.vinnie.VObjectProperty;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A VEVENT, as far as it says on which days it is. Days are counted since 1970-01-01. */
final class Event {

  private static final Pattern DATE = Pattern.compile("[0-9]{8}");
  private static final Pattern DATE_TIME = Pattern.compile("([0-9]{8})T([0-9]{6})(Z?)");
  private static final Pattern DURATION =
      Pattern.compile(
          "\\+?P(?=.)(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?"
              + "(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?");
  private static final String MIDNIGHT = "000000";
  private static final long DAY = 86_400;

  private final CalendarFaults faults;
  private final int line;
  private final Map<String, List<Property>> properties = new TreeMap<>();

  /** A property and where it is. */
  record Property(int line, String name, VObjectProperty content) {

    String value() {
      return content.getValue().strip();
    }

    ICalendarException fault(String message) {
      String value = value();
      String shown = value.length() <= 60 ? value : value.substring(0, 60) + "…";
      return new ICalendarException(line, "has " + name + " \"" + shown + "\", " + message);
    }
  }

  /**
   * @param line where it begins
   */
  Event(int line, CalendarFaults faults) {
    this.line = line;
    this.faults = faults;
  }

  void add(VObjectProperty property, int atLine) {
    String name = property.getName().toUpperCase(Locale.ROOT);
    switch (name) {
      case "DTSTART",
          "DTEND",
          "DURATION",
          "RRULE",
          "EXRULE",
          "RDATE",
          "EXDATE",
          "RECURRENCE-ID",
          "STATUS",
          "X-MICROSOFT-CDO-ALLDAYEVENT",
          "UID" -> {
        if (property.getValue().isBlank()) {
          faults.add(atLine, "is an empty " + name + ", and passed over");
        } else {
          properties
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(new Property(atLine, name, property));
        }
      }
      default -> {
        // Says nothing about days.
      }
    }
  }

  int line() {
    return line;
  }

  List<Property> all(String name) {
    return properties.getOrDefault(name, List.of());
  }

  /** The property of that name, null if there is none. */
  private Property one(String name) {
    List<Property> all = all(name);
    if (all.size() > 1) {
      throw new ICalendarException(
          all.get(1).line(), "is a second " + name + " of an event, which may have one");
    }
    return all.isEmpty() ? null : all.get(0);
  }

  /** Empty if it has none. */
  String uid() {
    Property uid = one("UID");
    return uid == null ? "" : uid.value();
  }

  boolean isCancelled() {
    Property status = one("STATUS");
    return status != null && status.value().equalsIgnoreCase("CANCELLED");
  }

  /** Whether it begins at a time of day. One from midnight to midnight lasts whole days. */
  boolean isTimed() {
    Matcher start = DATE_TIME.matcher(startProperty().value());
    if (!start.matches()) {
      return false;
    }
    Property flag = one("X-MICROSOFT-CDO-ALLDAYEVENT");
    boolean told = flag != null && flag.value().equalsIgnoreCase("TRUE");
    boolean atMidnight = start.group(2).equals(MIDNIGHT);
    if (told && !atMidnight) {
      throw startProperty().fault("but lasts all day: which day is meant is not clear");
    }
    return !(told || atMidnight && start.group(3).isEmpty() && endsAtMidnight());
  }

  private boolean endsAtMidnight() {
    Property end = one("DTEND");
    if (end != null) {
      Matcher time = DATE_TIME.matcher(end.value());
      return time.matches()
          && time.group(2).equals(MIDNIGHT)
          && time.group(3).isEmpty()
          && day(end, time.group(1)) > start();
    }
    Property duration = one("DURATION");
    long seconds = duration == null ? 0 : seconds(duration.value());
    return seconds > 0 && seconds % DAY == 0;
  }

  private Property startProperty() {
    Property start = one("DTSTART");
    if (start == null) {
      throw new ICalendarException(line, "begins an event that has no DTSTART");
    }
    return start;
  }

  /** The first day. */
  int start() {
    Property start = startProperty();
    Matcher time = DATE_TIME.matcher(start.value());
    return day(start, time.matches() ? time.group(1) : start.value());
  }

  /** How many days it lasts, at least one: the first, where it is not clear. */
  int length() {
    try {
      Property end = one("DTEND");
      Property duration = one("DURATION");
      return end != null ? upTo(end) : duration != null ? lasting(duration) : 1;
    } catch (ICalendarException e) {
      faults.add(e);
      return 1;
    }
  }

  private int upTo(Property end) {
    Matcher time = DATE_TIME.matcher(end.value());
    boolean timed = time.matches();
    int days = day(end, timed ? time.group(1) : end.value()) - start();
    if (days < 0) {
      throw end.fault("which is before its DTSTART: only that day is taken");
    }
    if (timed && !time.group(2).equals(MIDNIGHT)) {
      if (!time.group(2).startsWith("2359")) {
        faults.add(end.fault("which is a time of day: the day is taken as a whole"));
      }
      return days + 1;
    }
    // Some programs write the day itself where the one after it is meant.
    return Math.max(1, days);
  }

  private static int lasting(Property duration) {
    long seconds = seconds(duration.value());
    if (seconds % DAY != 0) {
      throw duration.fault(
          "which is not of whole days, as in P2D or P1W: only the first day is taken");
    }
    return (int) Math.max(1, seconds / DAY);
  }

  /** Not a multiple of a day if it is no duration. */
  private static long seconds(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      return -1;
    }
    long[] units = {7 * DAY, DAY, 3600, 60, 1};
    long seconds = 0;
    for (int i = 0; i < units.length; i++) {
      String part = parts.group(i + 1);
      seconds += part == null ? 0 : Integer.parseInt(part) * units[i];
    }
    return seconds;
  }

  /**
   * The day of the recurring event that it takes the place of, null if of none.
   *
   * @param zone of the file, or null
   */
  Integer replaced(ZoneId zone) {
    Property id = one("RECURRENCE-ID");
    if (id == null) {
      return null;
    }
    if (id.content().getParameters().first("RANGE") != null) {
      throw id.fault("which changes all days from there on: that is not supported");
    }
    return listed(id, id.value(), zone);
  }

  /**
   * The days that lists of dates have; a time of day in them is left out. What is not clear is told
   * and passed over.
   */
  List<Integer> days(String name, ZoneId zone) {
    List<Integer> days = new ArrayList<>();
    for (Property list : all(name)) {
      for (String text : list.value().split(",", -1)) {
        try {
          days.add(listed(list, text.strip(), zone));
        } catch (ICalendarException e) {
          faults.add(e);
        }
      }
    }
    return days;
  }

  private static int listed(Property list, String text, ZoneId zone) {
    if (text.indexOf('/') >= 0) {
      throw list.fault("which is a period, and no day: it is passed over");
    }
    Matcher time = DATE_TIME.matcher(text);
    if (!time.matches()) {
      return day(list, text);
    }
    int day = day(list, time.group(1));
    if (time.group(3).isEmpty() || time.group(2).equals(MIDNIGHT)) {
      return day;
    }
    // In UTC a midnight elsewhere: of the day that begins then, if the file says where.
    LocalDateTime local = zone == null ? null : local(list, day, time.group(2), zone);
    if (local == null || !local.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw list.fault("which is in UTC: which day it is is not clear, so it is passed over");
    }
    return Math.toIntExact(local.toLocalDate().toEpochDay());
  }

  private static LocalDateTime local(Property list, int day, String time, ZoneId zone) {
    try {
      LocalTime at =
          LocalTime.of(
              Integer.parseInt(time, 0, 2, 10),
              Integer.parseInt(time, 2, 4, 10),
              Integer.parseInt(time, 4, 6, 10));
      return LocalDate.ofEpochDay(day)
          .atTime(at)
          .atOffset(ZoneOffset.UTC)
          .atZoneSameInstant(zone)
          .toLocalDateTime();
    } catch (DateTimeException e) {
      throw list.fault("which is no time");
    }
  }

  private static int day(Property property, String text) {
    if (DATE.matcher(text).matches()) {
      try {
        LocalDate date =
            LocalDate.of(
                Integer.parseInt(text, 0, 4, 10),
                Integer.parseInt(text, 4, 6, 10),
                Integer.parseInt(text, 6, 8, 10));
        return Math.toIntExact(date.toEpochDay());
      } catch (DateTimeException e) {
        // Refused below.
      }
    }
    throw property.fault("which is no date, as in 20261224");
  }
}
