package io.carillon.common.recurrence;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.temporal.WeekFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recurrence rule from the table of RFC 5545, 3.3.10, day by day and second by second, with
 * nothing in common with the evaluator that it checks. Rules without COUNT, UNTIL and second 60.
 */
final class PlainRecurrence {

  private static final List<String> WEEKDAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

  private final Map<String, List<String>> parts = new HashMap<>();
  private final Map<String, List<Integer>> numbers = new HashMap<>();
  private final String freq;
  private final int interval;
  private final LocalDateTime start;
  private final WeekFields weeks;

  PlainRecurrence(String rrule, LocalDateTime start) {
    for (String part : rrule.split(";")) {
      String[] pair = part.split("=");
      parts.put(pair[0], List.of(pair[1].split(",")));
    }
    freq = parts.get("FREQ").get(0);
    interval = Integer.parseInt(parts.getOrDefault("INTERVAL", List.of("1")).get(0));
    weeks = WeekFields.of(weekday(parts.getOrDefault("WKST", List.of("MO")).get(0)), 4);
    this.start = start;
  }

  private static DayOfWeek weekday(String name) {
    return DayOfWeek.of(WEEKDAYS.indexOf(name) + 1);
  }

  /** All instances before the day {@code end}, as seconds; it should be a period's first day. */
  List<Long> before(LocalDate end) {
    // Sets by the period that they belong to, which BYSETPOS chooses from.
    Map<Long, List<Long>> sets = new TreeMap<>();
    List<LocalTime> times = timesOfDay();
    // The first period of a rule of days or more may have begun before the rule.
    LocalDate first =
        start.toLocalDate().minusDays(freq.matches("HOURLY|MINUTELY|SECONDLY") ? 0 : 380);
    for (LocalDate day = first; day.isBefore(end.plusDays(10)); day = day.plusDays(1)) {
      if (fits(day)) {
        for (LocalTime time : times) {
          LocalDateTime at = day.atTime(time);
          if (inStep(at)) {
            sets.computeIfAbsent(period(at), none -> new ArrayList<>())
                .add(at.toEpochSecond(ZoneOffset.UTC));
          }
        }
      }
    }
    List<Long> chosen = new ArrayList<>();
    sets.values().forEach(set -> chosen.addAll(positions(set)));
    long from = start.toEpochSecond(ZoneOffset.UTC);
    long to = end.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    return chosen.stream().filter(at -> at >= from && at < to).sorted().toList();
  }

  private List<LocalTime> timesOfDay() {
    List<LocalTime> fitting = new ArrayList<>();
    for (int second = 0; second < 86_400; second++) {
      LocalTime at = LocalTime.ofSecondOfDay(second);
      if (fits("BYHOUR", at.getHour(), start.getHour(), "HOURLY MINUTELY SECONDLY")
          && fits("BYMINUTE", at.getMinute(), start.getMinute(), "MINUTELY SECONDLY")
          && fits("BYSECOND", at.getSecond(), start.getSecond(), "SECONDLY")) {
        fitting.add(at);
      }
    }
    return fitting;
  }

  /** A unit that no part names is the start's, unless the frequency goes by it or by a lesser. */
  private boolean fits(String part, int value, int atStart, String freqs) {
    return has(part) ? ints(part).contains(value) : freqs.contains(freq) || value == atStart;
  }

  private List<Long> positions(List<Long> set) {
    if (!has("BYSETPOS")) {
      return set;
    }
    List<Long> chosen = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      if (ints("BYSETPOS").contains(i + 1) || ints("BYSETPOS").contains(i - set.size())) {
        chosen.add(set.get(i));
      }
    }
    return chosen;
  }

  private boolean has(String part) {
    return parts.containsKey(part);
  }

  private List<Integer> ints(String part) {
    return numbers.computeIfAbsent(
        part, name -> parts.get(name).stream().map(Integer::valueOf).toList());
  }

  /** The number of the period of the frequency, which grows by one from each to the next. */
  private long period(LocalDateTime at) {
    LocalDate day = at.toLocalDate();
    LocalDate weekBegin = day.with(TemporalAdjusters.previousOrSame(weeks.getFirstDayOfWeek()));
    return switch (freq) {
      case "YEARLY" -> has("BYWEEKNO") ? day.get(weeks.weekBasedYear()) : day.getYear();
      case "MONTHLY" -> day.getYear() * 12L + day.getMonthValue();
      // The beginning of weeks differs, but not their distances.
      case "WEEKLY" -> Math.floorDiv(weekBegin.toEpochDay(), 7L);
      case "DAILY" -> day.toEpochDay();
      case "HOURLY" -> Math.floorDiv(at.toEpochSecond(ZoneOffset.UTC), 3600L);
      case "MINUTELY" -> Math.floorDiv(at.toEpochSecond(ZoneOffset.UTC), 60L);
      default -> at.toEpochSecond(ZoneOffset.UTC);
    };
  }

  private boolean inStep(LocalDateTime at) {
    // A start in the days before or after its week-based year begins with its calendar year.
    long first = freq.equals("YEARLY") && has("BYWEEKNO") ? start.getYear() : period(start);
    return Math.floorMod(period(at) - first, (long) interval) == 0;
  }

  private boolean fits(LocalDate day) {
    LocalDate begin = start.toLocalDate();
    boolean dayGiven = has("BYDAY") || has("BYMONTHDAY") || has("BYYEARDAY");
    boolean monthly = freq.equals("MONTHLY") || freq.equals("YEARLY") && !has("BYWEEKNO");
    if (!dayGiven && monthly && day.getDayOfMonth() != begin.getDayOfMonth()
        || !dayGiven
            && freq.equals("YEARLY")
            && !has("BYWEEKNO")
            && !has("BYMONTH")
            && day.getMonth() != begin.getMonth()
        || !dayGiven
            && (freq.equals("WEEKLY") || freq.equals("YEARLY") && has("BYWEEKNO"))
            && day.getDayOfWeek() != begin.getDayOfWeek()) {
      return false;
    }
    return (!has("BYMONTH") || ints("BYMONTH").contains(day.getMonthValue()))
        && (!has("BYWEEKNO") || inWeek(day))
        && (!has("BYYEARDAY") || either("BYYEARDAY", day.getDayOfYear(), day.lengthOfYear()))
        && (!has("BYMONTHDAY") || either("BYMONTHDAY", day.getDayOfMonth(), day.lengthOfMonth()))
        && (!has("BYDAY") || parts.get("BYDAY").stream().anyMatch(name -> isDay(name, day)));
  }

  private boolean either(String part, int number, int length) {
    return ints(part).contains(number) || ints(part).contains(number - length - 1);
  }

  private boolean inWeek(LocalDate day) {
    int number = day.get(weeks.weekOfWeekBasedYear());
    int last = (int) weeks.weekOfWeekBasedYear().rangeRefinedBy(day).getMaximum();
    return either("BYWEEKNO", number, last);
  }

  private boolean isDay(String name, LocalDate day) {
    DayOfWeek weekday = weekday(name.substring(name.length() - 2));
    if (name.length() == 2 || day.getDayOfWeek() != weekday) {
      return day.getDayOfWeek() == weekday;
    }
    boolean ofYear = freq.equals("YEARLY") && !has("BYMONTH");
    LocalDate first = ofYear ? day.withDayOfYear(1) : day.withDayOfMonth(1);
    LocalDate last = first.plus(1, ofYear ? ChronoUnit.YEARS : ChronoUnit.MONTHS).minusDays(1);
    int ordinal = Integer.parseInt(name.substring(0, name.length() - 2));
    LocalDate named =
        ordinal > 0
            ? first.with(TemporalAdjusters.nextOrSame(weekday)).plusWeeks(ordinal - 1)
            : last.with(TemporalAdjusters.previousOrSame(weekday)).plusWeeks(ordinal + 1);
    return named.equals(day);
  }
}
