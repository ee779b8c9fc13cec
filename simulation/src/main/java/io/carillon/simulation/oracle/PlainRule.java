package io.carillon.simulation.oracle;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a schedule repeats by. Immutable. */
public sealed interface PlainRule {

  /** {@code anchor + k * period} for every whole k. Microseconds. */
  record Interval(long period, long anchor) implements PlainRule {}

  /** A single time, in microseconds since 1970. */
  record Once(long at) implements PlainRule {}

  /** The times of all of them; one that several have counts once. */
  record Union(List<PlainRule> rules) implements PlainRule {
    public Union {
      rules = List.copyOf(rules);
      if (rules.stream().anyMatch(Union.class::isInstance)) {
        throw new IllegalArgumentException("a union has no unions within");
      }
    }
  }

  /** A rule over what the clocks of a zone show. */
  sealed interface Local extends PlainRule {
    /** Whether it fires when the clocks show this; of whole seconds. */
    boolean matches(LocalDateTime local);

    /** Whether what the clocks leave out stays out when they are put forward, whatever the gap. */
    boolean leavesGapsOut();

    /** Whether what the clocks repeat is repeated when they are put back, whatever the fold. */
    boolean repeatsInFolds();
  }

  /**
   * A cron expression as sets of what is allowed; a set of everything is no restriction.
   *
   * @param weekdays 0 is Sunday
   * @param eitherDay whether one of day and weekday is enough, as in UNIX, if both are restricted
   * @param stretched whether second or minute has several values, written with a wildcard, range or
   *     step
   */
  record Cron(
      Set<Integer> seconds,
      Set<Integer> minutes,
      Set<Integer> hours,
      Set<Integer> days,
      Set<Integer> months,
      Set<Integer> weekdays,
      boolean eitherDay,
      boolean stretched)
      implements Local {

    public static final Set<Integer> ALL_DAYS = range(1, 31);
    public static final Set<Integer> ALL_MONTHS = range(1, 12);
    public static final Set<Integer> ALL_WEEKDAYS = range(0, 6);

    public Cron {
      seconds = Set.copyOf(seconds);
      minutes = Set.copyOf(minutes);
      hours = Set.copyOf(hours);
      days = Set.copyOf(days);
      months = Set.copyOf(months);
      weekdays = Set.copyOf(weekdays);
    }

    /** On every day. */
    public static Cron daily(
        Set<Integer> seconds, Set<Integer> minutes, Set<Integer> hours, boolean stretched) {
      return new Cron(seconds, minutes, hours, ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, true, stretched);
    }

    public static Set<Integer> range(int first, int last) {
      return IntStream.rangeClosed(first, last).boxed().collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean leavesGapsOut() {
      return hours.size() == 24;
    }

    @Override
    public boolean repeatsInFolds() {
      return hours.size() == 24 || stretched;
    }

    @Override
    public boolean matches(LocalDateTime local) {
      return seconds.contains(local.getSecond())
          && minutes.contains(local.getMinute())
          && hours.contains(local.getHour())
          && months.contains(local.getMonthValue())
          && dayMatches(local.toLocalDate());
    }

    private boolean dayMatches(LocalDate date) {
      boolean day = days.contains(date.getDayOfMonth());
      boolean weekday = weekdays.contains(date.getDayOfWeek().getValue() % 7);
      boolean bothRestricted = days.size() < 31 && weekdays.size() < 7;
      return eitherDay && bothRestricted ? day || weekday : day && weekday;
    }
  }

  /**
   * A recurrence rule of the simple kinds: a unit, every how many of them, and days of the week.
   * The rest is as at its start; the day of the month is so of MONTHLY without weekdays only.
   *
   * @param start what the clocks show at its beginning; of whole seconds
   * @param weekdays empty: all of them; for WEEKLY that of the start
   */
  record Recurring(Unit unit, int every, LocalDateTime start, Set<DayOfWeek> weekdays)
      implements Local {

    /** How far its periods lie apart. */
    public enum Unit {
      SECONDLY,
      MINUTELY,
      HOURLY,
      DAILY,
      WEEKLY,
      MONTHLY
    }

    public Recurring {
      weekdays = Set.copyOf(weekdays);
      if (unit == Unit.MONTHLY && !weekdays.isEmpty()) {
        throw new IllegalArgumentException("a monthly rule goes by the day of the month");
      }
    }

    @Override
    public boolean matches(LocalDateTime local) {
      return !local.isBefore(start)
          && Math.floorMod(period(local) - period(start), (long) every) == 0
          && dayMatches(local)
          && (unit == Unit.SECONDLY || local.getSecond() == start.getSecond())
          && (unit.compareTo(Unit.MINUTELY) <= 0 || local.getMinute() == start.getMinute())
          && (unit.compareTo(Unit.HOURLY) <= 0 || local.getHour() == start.getHour());
    }

    private boolean dayMatches(LocalDateTime local) {
      if (unit == Unit.MONTHLY) {
        return local.getDayOfMonth() == start.getDayOfMonth();
      }
      if (weekdays.isEmpty()) {
        return unit != Unit.WEEKLY || local.getDayOfWeek() == start.getDayOfWeek();
      }
      return weekdays.contains(local.getDayOfWeek());
    }

    /** Grows by one from each period to the next; weeks begin on Monday. */
    private long period(LocalDateTime local) {
      long second = local.toEpochSecond(ZoneOffset.UTC);
      return switch (unit) {
        case SECONDLY -> second;
        case MINUTELY -> Math.floorDiv(second, 60L);
        case HOURLY -> Math.floorDiv(second, 3600L);
        case DAILY -> local.toLocalDate().toEpochDay();
        // 1970-01-01 was a Thursday.
        case WEEKLY -> Math.floorDiv(local.toLocalDate().toEpochDay() + 3, 7L);
        case MONTHLY -> YearMonth.from(local).getYear() * 12L + local.getMonthValue();
      };
    }

    /** Whether it is no more than a distance of elapsed time from its start on. */
    boolean isDistance() {
      return unit.compareTo(Unit.HOURLY) <= 0 && weekdays.isEmpty();
    }

    /** Of a distance, in seconds. */
    long seconds() {
      return (long) every * (unit == Unit.HOURLY ? 3600 : unit == Unit.MINUTELY ? 60 : 1);
    }

    @Override
    public boolean leavesGapsOut() {
      return unit.compareTo(Unit.HOURLY) <= 0;
    }

    @Override
    public boolean repeatsInFolds() {
      return unit.compareTo(Unit.HOURLY) <= 0;
    }
  }
}
