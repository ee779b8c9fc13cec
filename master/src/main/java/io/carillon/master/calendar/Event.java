package io.carillon.master.calendar;

import com.github.mangstadt.vinnie.VObjectProperty;
import java.time.DateTimeException;
import java.time.LocalDate;
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
  private static final Pattern DATE_TIME = Pattern.compile("([0-9]{8})T[0-9]{6}Z?");
  private static final Pattern DURATION =
      Pattern.compile("\\+?P(?:([0-9]{1,4})W|([0-9]{1,5})D(?:T(?:0+[HMS])+)?)");

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
  Event(int line) {
    this.line = line;
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
          "UID" ->
          properties
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(new Property(atLine, name, property));
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

  /** Whether it begins at a time of day. */
  boolean isTimed() {
    return DATE_TIME.matcher(startProperty().value()).matches();
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
    return date(startProperty());
  }

  /** How many days it lasts, at least one. */
  int length() {
    Property end = one("DTEND");
    if (end != null) {
      int days = date(end) - start();
      if (days < 0) {
        throw end.fault("which is before its DTSTART");
      }
      // Some programs write the day itself where the one after it is meant.
      return Math.max(1, days);
    }
    Property duration = one("DURATION");
    if (duration == null) {
      return 1;
    }
    Matcher parts = DURATION.matcher(duration.value());
    if (!parts.matches()) {
      throw duration.fault("which is not of whole days, as in P2D or P1W");
    }
    return Math.max(
        1,
        parts.group(1) != null
            ? 7 * Integer.parseInt(parts.group(1))
            : Integer.parseInt(parts.group(2)));
  }

  /** The day of the recurring event that it takes the place of, null if of none. */
  Integer replaced() {
    Property id = one("RECURRENCE-ID");
    if (id == null) {
      return null;
    }
    if (id.content().getParameters().first("RANGE") != null) {
      throw id.fault("which changes all days from there on: that is not supported");
    }
    return days(id).get(0);
  }

  /** The days that a list of dates has; a time of day in it is left out. */
  static List<Integer> days(Property list) {
    List<Integer> days = new ArrayList<>();
    for (String text : list.value().split(",", -1)) {
      Matcher time = DATE_TIME.matcher(text.strip());
      days.add(day(list, time.matches() ? time.group(1) : text.strip()));
    }
    return days;
  }

  private static int date(Property property) {
    return day(property, property.value());
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
