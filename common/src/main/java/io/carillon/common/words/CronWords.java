package io.carillon.common.words;

import io.carillon.common.cron.CronFields;
import io.carillon.common.cron.SpecialDays;
import io.carillon.common.cron.Years;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Cron expressions in English, from what they mean and not from how they are written. */
final class CronWords {

  private static final int FIRST_YEAR = 1970;
  private static final int LAST_YEAR = 2099;

  /** More times of day than these are told as minutes of hours. */
  private static final int MOST_TIMES = 6;

  private static final long ALL_60 = (1L << 60) - 1;
  private static final int ALL_HOURS = (1 << 24) - 1;
  private static final int ALL_DAYS = -2;
  private static final int ALL_MONTHS = 0x1ffe;
  private static final int ALL_WEEK = 0x7f;

  private final CronFields fields;

  private CronWords(CronFields fields) {
    this.fields = fields;
  }

  /** As in "At 09:00 from Monday to Friday". */
  static String of(CronFields fields) {
    CronWords words = new CronWords(fields);
    List<String> parts = new ArrayList<>();
    parts.add(words.time());
    add(parts, words.days());
    add(parts, words.months());
    add(parts, words.years());
    String text = String.join(" ", parts);
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static void add(List<String> parts, String part) {
    if (!part.isEmpty()) {
      parts.add(part);
    }
  }

  private String time() {
    List<Integer> hours = set(fields.hours());
    List<Integer> minutes = set(fields.minutes());
    List<Integer> seconds = set(fields.seconds());
    if (fields.hours() != ALL_HOURS
        && hours.size() * minutes.size() * seconds.size() <= MOST_TIMES) {
      return "at " + timesOfDay(hours, minutes, seconds);
    }
    List<String> parts = new ArrayList<>();
    boolean fullMinutes = fields.seconds() == 1;
    if (!fullMinutes) {
      parts.add(units(fields.seconds(), "second"));
    }
    boolean everyMinute = fields.minutes() == ALL_60;
    if (fullMinutes || !everyMinute) {
      boolean hourly = fullMinutes && fields.minutes() == 1;
      parts.add(hourly ? "every hour" : units(fields.minutes(), "minute"));
    }
    if (fields.hours() != ALL_HOURS) {
      parts.add(hours(hours));
    } else if (minutes.size() < 60 && !parts.get(parts.size() - 1).startsWith("every")) {
      parts.add("of every hour");
    } else if (!fullMinutes && everyMinute && !parts.get(0).startsWith("every")) {
      parts.add("of every minute");
    }
    return String.join(" ", parts);
  }

  private static String timesOfDay(
      List<Integer> hours, List<Integer> minutes, List<Integer> seconds) {
    List<String> times = new ArrayList<>();
    boolean withSeconds = !seconds.equals(List.of(0));
    for (int hour : hours) {
      for (int minute : minutes) {
        for (int second : seconds) {
          times.add(
              withSeconds
                  ? String.format(Locale.ROOT, "%02d:%02d:%02d", hour, minute, second)
                  : String.format(Locale.ROOT, "%02d:%02d", hour, minute));
        }
      }
    }
    return list(times, "and");
  }

  /** Seconds or minutes: "every minute", "every 15 minutes", "at minute 5", "at minutes 1 to 3". */
  private static String units(long bits, String unit) {
    if (bits == ALL_60) {
      return "every " + unit;
    }
    for (int step = 2; step <= 30; step++) {
      if (60 % step == 0 && bits == stepped(step)) {
        return "every " + step + " " + unit + "s";
      }
    }
    List<Integer> values = set(bits);
    return "at " + unit + (values.size() == 1 ? " " : "s ") + ranges(values, Integer::toString);
  }

  private static long stepped(int step) {
    long bits = 0;
    for (int value = 0; value < 60; value += step) {
      bits |= 1L << value;
    }
    return bits;
  }

  private String hours(List<Integer> hours) {
    boolean contiguous = hours.get(hours.size() - 1) - hours.get(0) == hours.size() - 1;
    if (contiguous && fields.seconds() == 1 && fields.minutes() == 1) {
      return "from " + clock(hours.get(0)) + " to " + clock(hours.get(hours.size() - 1));
    }
    if (contiguous && hours.size() > 1) {
      return String.format(
          Locale.ROOT, "between %02d:00 and %02d:59", hours.get(0), hours.get(hours.size() - 1));
    }
    return (hours.size() == 1 ? "in the hour " : "in the hours ") + ranges(hours, CronWords::clock);
  }

  private static String clock(int hour) {
    return String.format(Locale.ROOT, "%02d:00", hour);
  }

  private String days() {
    List<String> ofMonth = daysOfMonth();
    List<String> ofWeek = daysOfWeek();
    boolean allMonth = fields.daysOfMonth() == ALL_DAYS;
    boolean allWeek = fields.daysOfWeek() == ALL_WEEK;
    if (fields.eitherDay()) {
      return allMonth || allWeek
          ? everyDay()
          : "on " + list(ofMonth, "and") + " and on " + list(ofWeek, "and");
    }
    if (allMonth && allWeek) {
      return everyDay();
    }
    if (allMonth) {
      return "on " + list(ofWeek, "and");
    }
    String on = "on " + list(ofMonth, "and");
    return allWeek ? on : on + " if it is " + list(ofWeek, "or");
  }

  /** Said of fixed times of day only. */
  private String everyDay() {
    return time().startsWith("at ") && fields.hours() != ALL_HOURS ? "every day" : "";
  }

  private List<String> daysOfMonth() {
    List<String> days = new ArrayList<>();
    List<Integer> plain = set(fields.daysOfMonth() & 0xffff_ffffL);
    if (!plain.isEmpty()) {
      days.add(
          (plain.size() == 1 ? "day " : "days ")
              + ranges(plain, Integer::toString)
              + " of the month");
    }
    SpecialDays special = fields.specialDays();
    for (int before : set(special.lastDays() & 0xffff_ffffL)) {
      days.add(
          before == 0
              ? "the last day of the month"
              : counted(before, "day") + " before the last day of the month");
    }
    for (int day : set(special.nearestWeekdays() & 0xffff_ffffL)) {
      days.add("the weekday nearest to day " + day + " of the month");
    }
    for (int before : set(special.lastWeekdays() & 0xffff_ffffL)) {
      days.add(
          before == 0
              ? "the last weekday of the month"
              : "the weekday nearest to "
                  + counted(before, "day")
                  + " before the last day of the month");
    }
    return days;
  }

  private List<String> daysOfWeek() {
    List<String> days = new ArrayList<>();
    List<Integer> plain = mondayFirst(fields.daysOfWeek());
    if (!plain.isEmpty()) {
      days.add(ranges(plain, CronWords::dayName));
    }
    SpecialDays special = fields.specialDays();
    String[] ordinals = {"first", "second", "third", "fourth", "fifth"};
    for (int bit : set(special.nthOfWeek())) {
      days.add("the " + ordinals[bit / 7] + " " + dayName(bit % 7) + " of the month");
    }
    for (int day : set(special.lastOfWeek())) {
      days.add("the last " + dayName(day) + " of the month");
    }
    return days;
  }

  /** Sunday, 0, is the last day of the week, 7. */
  private static List<Integer> mondayFirst(int days) {
    return set(days & 0x7eL | (days & 1L) << 7);
  }

  private static String dayName(int day) {
    return DayOfWeek.of(day == 0 ? 7 : day).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  private String months() {
    return fields.months() == ALL_MONTHS
        ? ""
        : "in "
            + ranges(
                set(fields.months()),
                month -> Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH));
  }

  private String years() {
    List<Integer> years = new ArrayList<>();
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
      if (fields.years().contains(year)) {
        years.add(year);
      }
    }
    return fields.years().equals(Years.ALL) ? "" : "in " + ranges(years, Integer::toString);
  }

  static String counted(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  private static List<Integer> set(long bits) {
    List<Integer> values = new ArrayList<>();
    for (long left = bits; left != 0; left &= left - 1) {
      values.add(Long.numberOfTrailingZeros(left));
    }
    return values;
  }

  /** Rising values, with runs of three and more as ranges: "1, 3 to 5 and 9". */
  static String ranges(List<Integer> values, IntFunction<String> name) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (at < values.size()) {
      int end = at;
      while (end + 1 < values.size() && values.get(end + 1) == values.get(end) + 1) {
        end++;
      }
      if (end - at >= 2) {
        parts.add(name.apply(values.get(at)) + " to " + name.apply(values.get(end)));
        at = end + 1;
      } else {
        parts.add(name.apply(values.get(at)));
        at++;
      }
    }
    return list(parts, "and");
  }

  /** "a, b and c". */
  static String list(List<String> parts, String conjunction) {
    int last = parts.size() - 1;
    return last == 0
        ? parts.get(0)
        : String.join(", ", parts.subList(0, last)) + " " + conjunction + " " + parts.get(last);
  }
}
