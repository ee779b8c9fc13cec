package io.carillon.common.cron;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * A random QUARTZ expression of whole days, together with what it says of a date in terms of
 * java.time, so that what is expected owes nothing to the parser and the engine.
 */
final class RandomDays {

  private static final String[] DAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

  final String text;

  private final SplittableRandom random;
  private final List<Predicate<LocalDate>> days = new ArrayList<>();
  private final boolean[] months = new boolean[13];
  private final int firstYear;
  private final int lastYear;
  private final int yearStep;

  RandomDays(SplittableRandom random) {
    this.random = random;
    int elements = 1 + random.nextInt(3);
    boolean byMonth = random.nextBoolean();
    List<String> list = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      list.add(byMonth ? ofMonth() : ofWeek());
    }
    String field = String.join(",", list);
    int from = 1 + random.nextInt(12);
    int span = random.nextInt(3) > 0 ? 11 : random.nextInt(3);
    for (int i = 0; i <= span; i++) {
      months[(from + i - 1) % 12 + 1] = true;
    }
    String month = span == 11 ? "*" : from + "-" + ((from + span - 1) % 12 + 1);
    boolean anyYear = random.nextBoolean();
    firstYear = anyYear ? 0 : 1970 + random.nextInt(130);
    lastYear = anyYear ? 9999 : firstYear + random.nextInt(2100 - firstYear);
    yearStep = anyYear ? 1 : 1 + random.nextInt(5);
    text =
        (byMonth ? "0 0 0 " + field + " " + month + " ?" : "0 0 0 ? " + month + " " + field)
            + (anyYear ? "" : " " + firstYear + "-" + lastYear + "/" + yearStep);
  }

  boolean matches(LocalDate date) {
    int year = date.getYear();
    return months[date.getMonthValue()]
        && year >= firstYear
        && year <= lastYear
        && (year - firstYear) % yearStep == 0
        && days.stream().anyMatch(day -> day.test(date));
  }

  private String ofMonth() {
    int day = 1 + random.nextInt(31);
    int before = random.nextInt(31);
    switch (random.nextInt(6)) {
      case 0 -> {
        days.add(date -> date.getDayOfMonth() == day);
        return String.valueOf(day);
      }
      case 1 -> {
        int last = 1 + random.nextInt(31);
        days.add(
            date -> {
              int at = date.getDayOfMonth();
              return day <= last ? day <= at && at <= last : at >= day || at <= last;
            });
        return day + "-" + last;
      }
      case 2 -> {
        days.add(date -> date.equals(YearMonth.from(date).atEndOfMonth()));
        return "L";
      }
      case 3 -> {
        days.add(date -> date.lengthOfMonth() - date.getDayOfMonth() == before);
        return "L-" + before;
      }
      case 4 -> {
        days.add(date -> date.equals(nearestWeekday(date, day)));
        return day + "W";
      }
      default -> {
        int few = before % 4;
        days.add(date -> date.equals(nearestWeekday(date, date.lengthOfMonth() - few)));
        return few == 0 ? "LW" : "L-" + few + "W";
      }
    }
  }

  /** By trying all days of the month; null if it has no such day. */
  private static LocalDate nearestWeekday(LocalDate month, int day) {
    if (day > month.lengthOfMonth()) {
      return null;
    }
    LocalDate nearest = null;
    for (int at = 1; at <= month.lengthOfMonth(); at++) {
      LocalDate date = month.withDayOfMonth(at);
      if (date.getDayOfWeek().getValue() <= 5
          && (nearest == null || Math.abs(at - day) < Math.abs(nearest.getDayOfMonth() - day))) {
        nearest = date;
      }
    }
    return nearest;
  }

  private String ofWeek() {
    int number = 1 + random.nextInt(7);
    DayOfWeek day = DayOfWeek.SATURDAY.plus(number);
    String written = random.nextBoolean() ? String.valueOf(number) : DAYS[number - 1];
    switch (random.nextInt(4)) {
      case 0 -> {
        days.add(date -> date.getDayOfWeek() == day);
        return written;
      }
      case 1 -> {
        int length = random.nextInt(7);
        days.add(
            date -> Math.floorMod(date.getDayOfWeek().getValue() - day.getValue(), 7) <= length);
        return written + "-" + DAYS[(number - 1 + length) % 7];
      }
      case 2 -> {
        int nth = 1 + random.nextInt(5);
        days.add(date -> date.equals(date.with(TemporalAdjusters.dayOfWeekInMonth(nth, day))));
        return written + "#" + nth;
      }
      default -> {
        days.add(date -> date.equals(date.with(TemporalAdjusters.lastInMonth(day))));
        return written + "L";
      }
    }
  }
}
