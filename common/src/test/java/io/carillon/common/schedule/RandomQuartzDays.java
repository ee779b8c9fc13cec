package io.carillon.common.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The day fields and the year of a random Quartz expression, and the days that they stand for by
 * java.time: what is expected owes nothing to the parser or the engine.
 */
final class RandomQuartzDays {

  private static final String[] DAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

  final String dayOfMonth;
  final String dayOfWeek;

  /** Empty for an expression of six fields. */
  final String year;

  private final Predicate<LocalDate> days;
  private final Predicate<LocalDate> years;
  private final SplittableRandom random;

  RandomQuartzDays(SplittableRandom random) {
    this.random = random;
    Predicate<LocalDate> chosen = date -> false;
    StringBuilder text = new StringBuilder();
    boolean byMonth = random.nextBoolean();
    int elements = random.nextInt(3) == 0 ? 2 : 1;
    for (int i = 0; i < elements; i++) {
      Element element = byMonth ? monthElement() : weekElement();
      text.append(i == 0 ? "" : ",").append(element.text);
      chosen = chosen.or(element.days);
    }
    dayOfMonth = byMonth ? text.toString() : "?";
    dayOfWeek = byMonth ? "?" : text.toString();
    days = chosen;
    Element element = yearElement();
    year = element.text;
    years = element.days;
  }

  boolean match(LocalDate date) {
    return days.test(date) && years.test(date);
  }

  /** Whether the day fields are written with signs that only Quartz has. */
  boolean hasSigns() {
    return (dayOfMonth + dayOfWeek).matches(".*(L|W$|W,|\\d+W|#).*");
  }

  private record Element(String text, Predicate<LocalDate> days) {}

  private Element monthElement() {
    int day = 1 + random.nextInt(31);
    return switch (random.nextInt(6)) {
      case 0 -> new Element("L", date -> date.getDayOfMonth() == date.lengthOfMonth());
      case 1 -> {
        int before = 1 + random.nextInt(27);
        yield new Element(
            "L-" + before, date -> date.getDayOfMonth() == date.lengthOfMonth() - before);
      }
      case 2 -> new Element("LW", date -> date.equals(weekdayNear(date, date.lengthOfMonth())));
      case 3 ->
          new Element(
              day + "W",
              date -> day <= date.lengthOfMonth() && date.equals(weekdayNear(date, day)));
      case 4 -> {
        int last = day + random.nextInt(32 - day);
        yield new Element(
            day + "-" + last, date -> date.getDayOfMonth() >= day && date.getDayOfMonth() <= last);
      }
      default -> new Element(String.valueOf(day), date -> date.getDayOfMonth() == day);
    };
  }

  /** The Monday to Friday nearest to a day of the date's month, and in that month. */
  private static LocalDate weekdayNear(LocalDate date, int day) {
    LocalDate wanted = date.withDayOfMonth(day);
    if (wanted.getDayOfWeek() == DayOfWeek.SATURDAY) {
      return day == 1 ? wanted.plusDays(2) : wanted.minusDays(1);
    }
    if (wanted.getDayOfWeek() == DayOfWeek.SUNDAY) {
      return day == date.lengthOfMonth() ? wanted.minusDays(2) : wanted.plusDays(1);
    }
    return wanted;
  }

  private Element weekElement() {
    int day = random.nextInt(7);
    String name = random.nextBoolean() ? DAYS[day] : String.valueOf(day + 1);
    Predicate<LocalDate> sameDay = date -> date.getDayOfWeek().getValue() % 7 == day;
    return switch (random.nextInt(4)) {
      case 0 ->
          new Element(
              name + "L", sameDay.and(date -> date.getDayOfMonth() > date.lengthOfMonth() - 7));
      case 1 -> {
        int nth = 1 + random.nextInt(5);
        yield new Element(
            name + "#" + nth, sameDay.and(date -> (date.getDayOfMonth() + 6) / 7 == nth));
      }
      case 2 -> {
        int last = day + random.nextInt(7 - day);
        yield new Element(
            (day + 1) + "-" + (last + 1),
            date -> {
              int weekday = date.getDayOfWeek().getValue() % 7;
              return weekday >= day && weekday <= last;
            });
      }
      default -> new Element(name, sameDay);
    };
  }

  private Element yearElement() {
    int first = 1970 + random.nextInt(130);
    int last = first + random.nextInt(2100 - first);
    return switch (random.nextInt(8)) {
      case 0 -> new Element(first + "-" + last, date -> within(date, first, last));
      case 1 -> {
        int step = 1 + random.nextInt(9);
        yield new Element(
            first + "/" + step,
            date -> within(date, first, 2099) && (date.getYear() - first) % step == 0);
      }
      case 2 ->
          new Element(
              first + "," + last, date -> date.getYear() == first || date.getYear() == last);
      case 3 -> new Element("*", date -> true);
      default -> new Element("", date -> true);
    };
  }

  private static boolean within(LocalDate date, int first, int last) {
    return date.getYear() >= first && date.getYear() <= last;
  }
}
