package io.carillon.common.words;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Recurrence rules in English, part by part; what it has no words for is shown as it is. */
final class RecurrenceWords {

  private static final Map<String, String> UNITS =
      Map.of(
          "SECONDLY", "second",
          "MINUTELY", "minute",
          "HOURLY", "hour",
          "DAILY", "day",
          "WEEKLY", "week",
          "MONTHLY", "month",
          "YEARLY", "year");

  private static final Map<String, String> DAYS =
      Map.of(
          "MO", "Monday",
          "TU", "Tuesday",
          "WE", "Wednesday",
          "TH", "Thursday",
          "FR", "Friday",
          "SA", "Saturday",
          "SU", "Sunday");

  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private RecurrenceWords() {}

  /** As in "Every month on the last Friday, 10 times". */
  static String of(String rrule) {
    Map<String, String> parts = parts(rrule);
    String unit = UNITS.get(parts.getOrDefault("FREQ", ""));
    if (unit == null) {
      return "By the recurrence rule " + rrule;
    }
    String interval = parts.getOrDefault("INTERVAL", "1");
    StringBuilder text = new StringBuilder("Every ");
    text.append(interval.equals("1") ? unit : interval + " " + unit + "s");
    parts.forEach((name, value) -> text.append(part(name, value)));
    return text.toString();
  }

  private static Map<String, String> parts(String rrule) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : rrule.toUpperCase(Locale.ROOT).split(";")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    return parts;
  }

  private static String part(String name, String value) {
    return switch (name) {
      case "FREQ", "INTERVAL" -> "";
      case "BYMONTH" -> " in " + each(value, RecurrenceWords::month);
      case "BYDAY" -> " on " + each(value, RecurrenceWords::day);
      case "BYMONTHDAY" -> " on " + each(value, n -> "the " + nth(n, "day") + " of the month");
      case "BYYEARDAY" -> " on " + each(value, n -> "the " + nth(n, "day") + " of the year");
      case "BYWEEKNO" -> " in " + each(value, n -> "the " + nth(n, "week") + " of the year");
      case "BYHOUR" -> " in the hours " + each(value, n -> n);
      case "BYMINUTE" -> " at the minutes " + each(value, n -> n);
      case "BYSECOND" -> " at the seconds " + each(value, n -> n);
      case "BYSETPOS" -> ", of these only " + each(value, n -> "the " + nth(n, "one"));
      case "COUNT" -> ", " + value + (value.equals("1") ? " time" : " times");
      case "UNTIL" -> ", until " + value;
      case "WKST" -> ", weeks begin on " + day(value);
      default -> ", " + name + "=" + value;
    };
  }

  private interface Words {
    String of(String value);
  }

  private static String each(String values, Words words) {
    List<String> texts = new ArrayList<>();
    for (String value : values.split(",")) {
      texts.add(words.of(value.strip()));
    }
    return CronWords.list(texts, "and");
  }

  private static String month(String value) {
    int month = number(value);
    return month >= 1 && month <= 12 ? MONTHS.get(month - 1) : value;
  }

  private static String day(String value) {
    if (value.length() < 2) {
      return value;
    }
    String day = DAYS.get(value.substring(value.length() - 2));
    String ordinal = value.substring(0, value.length() - 2);
    if (day == null) {
      return value;
    }
    return ordinal.isEmpty() ? day : "the " + nth(ordinal, day);
  }

  /** "2nd day", "last day", "3rd last day". */
  private static String nth(String value, String of) {
    int n = number(value);
    if (n == -1) {
      return "last " + of;
    }
    return n < 0 ? ordinal(-n) + " last " + of : ordinal(n) + " " + of;
  }

  private static String ordinal(int n) {
    boolean teen = n % 100 >= 11 && n % 100 <= 13;
    String ending =
        switch (teen ? 0 : n % 10) {
          case 1 -> "st";
          case 2 -> "nd";
          case 3 -> "rd";
          default -> "th";
        };
    return n + ending;
  }

  /** 0 if it is none. */
  private static int number(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
