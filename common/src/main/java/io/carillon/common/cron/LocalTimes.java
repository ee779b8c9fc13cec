package io.carillon.common.cron;

/**
 * The local times of an expression on a calendar without zone, in seconds since 1970-01-01T00:00
 * local. Immutable; no method allocates.
 *
 * <p>They end with the year 2099 and begin with 1900, which bounds the work of every call: years
 * and months are skipped by their masks, a month is one mask of days, a day is a product of three
 * masks. An expression without any match, such as {@code 0 0 30 2 *}, is known as such beforehand.
 */
public final class LocalTimes {

  /** Answered when there is no further match. */
  public static final long NONE = Long.MAX_VALUE;

  /** 1900-01-01T00:00: the least local time that can match. */
  public static final long BEGIN;

  /** 2100-01-01T00:00: all local times that match are less. */
  public static final long END;

  private static final int FIRST_YEAR = 1900;
  private static final int LAST_YEAR = 2099;
  private static final int DAY = 86_400;

  static {
    BEGIN = (long) CivilDays.dayOf(FIRST_YEAR, 1, 1) * DAY;
    END = (long) CivilDays.dayOf(LAST_YEAR + 1, 1, 1) * DAY;
  }

  private final long seconds;
  private final long minutes;
  private final int hours;
  private final int daysOfMonth;
  private final int months;
  private final int daysOfWeek;
  private final boolean eitherDay;

  /** Matches of a minute, an hour and a day that match. */
  private final int perMinute;

  private final int perHour;
  private final int perDay;

  /** Second of the day of a matching day's first match. */
  private final int firstOfDay;

  /** No day after it matches; before {@link #BEGIN} if none does at all. */
  private final int lastDay;

  public LocalTimes(CronFields fields) {
    seconds = fields.seconds();
    minutes = fields.minutes();
    hours = fields.hours();
    daysOfMonth = fields.daysOfMonth();
    months = fields.months();
    daysOfWeek = fields.daysOfWeek();
    eitherDay = fields.eitherDay();
    perMinute = Long.bitCount(seconds);
    perHour = Long.bitCount(minutes) * perMinute;
    perDay = Integer.bitCount(hours) * perHour;
    firstOfDay =
        Integer.numberOfTrailingZeros(hours) * 3600
            + Long.numberOfTrailingZeros(minutes) * 60
            + Long.numberOfTrailingZeros(seconds);
    lastDay = lastMatchingDay();
  }

  private int lastMatchingDay() {
    for (int year = LAST_YEAR; year >= FIRST_YEAR; year--) {
      for (int month = 12; month >= 1; month--) {
        int first = CivilDays.dayOf(year, month, 1);
        int days = daysOfMonth(year, month, first);
        if (days != 0) {
          return first + 30 - Integer.numberOfLeadingZeros(days);
        }
      }
    }
    return Integer.MIN_VALUE;
  }

  /** The first match at or after {@code local}, or {@link #NONE}. */
  public long nextFrom(long local) {
    long from = Math.max(local, BEGIN);
    if (from >= END) {
      return NONE;
    }
    int day = (int) Math.floorDiv(from, (long) DAY);
    if (day > lastDay) {
      return NONE;
    }
    int date = CivilDays.dateOf(day);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int dayOfMonth = CivilDays.day(date);
    int firstOfMonth = day - dayOfMonth + 1;
    // Days of the month from today on; today counts only if the day still has a match.
    int days = daysOfMonth(year, month, firstOfMonth) & -1 << dayOfMonth;
    if ((days & 1 << dayOfMonth) != 0) {
      int timeOfDay = nextTimeOfDay((int) (from - (long) day * DAY));
      if (timeOfDay >= 0) {
        return (long) day * DAY + timeOfDay;
      }
      days &= ~(1 << dayOfMonth);
    }
    while (days == 0) {
      int later = months & -2 << month;
      if (later == 0) {
        later = months;
        if (++year > LAST_YEAR) {
          return NONE;
        }
      }
      month = Integer.numberOfTrailingZeros(later);
      firstOfMonth = CivilDays.dayOf(year, month, 1);
      days = daysOfMonth(year, month, firstOfMonth);
    }
    int found = firstOfMonth - 1 + Integer.numberOfTrailingZeros(days);
    return (long) found * DAY + firstOfDay;
  }

  /** Whether {@code local} is a match. */
  public boolean matches(long local) {
    if (local < BEGIN || local >= END) {
      return false;
    }
    int day = (int) Math.floorDiv(local, (long) DAY);
    int second = (int) (local - (long) day * DAY);
    return (hours >>> second / 3600 & 1) != 0
        && (minutes >>> second / 60 % 60 & 1) != 0
        && (seconds >>> second % 60 & 1) != 0
        && dayMatches(day);
  }

  /** How many matches lie in {@code [from, to)}. */
  public long count(long from, long to) {
    long low = Math.max(from, BEGIN);
    long high = Math.min(to, END);
    if (low >= high) {
      return 0;
    }
    int firstDay = (int) Math.floorDiv(low, (long) DAY);
    int endDay = (int) Math.floorDiv(high, (long) DAY);
    long total = countDays(firstDay, endDay) * perDay;
    if (dayMatches(firstDay)) {
      total -= countBefore((int) (low - (long) firstDay * DAY));
    }
    int rest = (int) (high - (long) endDay * DAY);
    if (rest > 0 && dayMatches(endDay)) {
      total += countBefore(rest);
    }
    return total;
  }

  /** The n-th match at or after {@code local}, from 1, or {@link #NONE}. */
  public long nth(long local, long n) {
    long from = Math.max(local, BEGIN);
    if (from >= END) {
      return NONE;
    }
    int day = (int) Math.floorDiv(from, (long) DAY);
    // Counted from the beginning of the first day, so that whole days remain.
    long rank = n - 1;
    if (dayMatches(day)) {
      rank += countBefore((int) (from - (long) day * DAY));
    }
    long skippedDays = rank / perDay;
    int found = nthDay(day, skippedDays);
    return found > lastDay ? NONE : (long) found * DAY + timeOfDay((int) (rank % perDay));
  }

  /** The matching day after {@code skipped} others, from {@code day} on; beyond lastDay if none. */
  private int nthDay(int day, long skipped) {
    int date = CivilDays.dateOf(day);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int firstOfMonth = day - CivilDays.day(date) + 1;
    int days = daysOfMonth(year, month, firstOfMonth) & -1 << CivilDays.day(date);
    long left = skipped;
    while (Integer.bitCount(days) <= left) {
      left -= Integer.bitCount(days);
      firstOfMonth += CivilDays.lengthOfMonth(year, month);
      if (firstOfMonth > lastDay) {
        return Integer.MAX_VALUE;
      }
      year = month == 12 ? year + 1 : year;
      month = month == 12 ? 1 : month + 1;
      days = daysOfMonth(year, month, firstOfMonth);
    }
    return firstOfMonth - 1 + nthBit(days & 0xffff_ffffL, (int) left);
  }

  /** How many days match in {@code [from, to)}. */
  private long countDays(int from, int to) {
    long total = 0;
    int date = CivilDays.dateOf(from);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int firstOfMonth = from - CivilDays.day(date) + 1;
    int mask = -1 << CivilDays.day(date);
    while (firstOfMonth < to) {
      int days = daysOfMonth(year, month, firstOfMonth) & mask;
      int toDay = to - firstOfMonth + 1;
      if (toDay < 32) {
        days &= (1 << toDay) - 1;
      }
      total += Integer.bitCount(days);
      mask = -1;
      firstOfMonth += CivilDays.lengthOfMonth(year, month);
      year = month == 12 ? year + 1 : year;
      month = month == 12 ? 1 : month + 1;
    }
    return total;
  }

  /** How many matches a matching day has before a second of the day. */
  private int countBefore(int secondOfDay) {
    int hour = secondOfDay / 3600;
    int minute = secondOfDay / 60 % 60;
    int total = Integer.bitCount(hours & (1 << hour) - 1) * perHour;
    if ((hours >>> hour & 1) != 0) {
      total += Long.bitCount(minutes & (1L << minute) - 1) * perMinute;
      if ((minutes >>> minute & 1) != 0) {
        total += Long.bitCount(seconds & (1L << secondOfDay % 60) - 1);
      }
    }
    return total;
  }

  /** The second of the day of a matching day's match number {@code index}, from 0. */
  private int timeOfDay(int index) {
    int hour = nthBit(hours, index / perHour);
    int minute = nthBit(minutes, index % perHour / perMinute);
    return hour * 3600 + minute * 60 + nthBit(seconds, index % perMinute);
  }

  /** The first match of a matching day at or after a second of the day, or -1. */
  private int nextTimeOfDay(int secondOfDay) {
    int hour = secondOfDay / 3600;
    int minute = secondOfDay / 60 - hour * 60;
    if ((hours >>> hour & 1) != 0) {
      if ((minutes >>> minute & 1) != 0) {
        long later = seconds & -1L << secondOfDay % 60;
        if (later != 0) {
          return hour * 3600 + minute * 60 + Long.numberOfTrailingZeros(later);
        }
      }
      long later = minutes & -2L << minute;
      if (later != 0) {
        return hour * 3600
            + Long.numberOfTrailingZeros(later) * 60
            + Long.numberOfTrailingZeros(seconds);
      }
    }
    int later = hours & -2 << hour;
    return later == 0 ? -1 : Integer.numberOfTrailingZeros(later) * 3600 + firstOfDay % 3600;
  }

  private boolean dayMatches(int day) {
    int date = CivilDays.dateOf(day);
    int dayOfMonth = CivilDays.day(date);
    if ((months >>> CivilDays.month(date) & 1) == 0) {
      return false;
    }
    boolean byMonth = (daysOfMonth >>> dayOfMonth & 1) != 0;
    boolean byWeek = (daysOfWeek >>> CivilDays.dayOfWeek(day) & 1) != 0;
    return eitherDay ? byMonth || byWeek : byMonth && byWeek;
  }

  /** The days of a month that match, as bits 1 to 31. */
  private int daysOfMonth(int year, int month, int firstOfMonth) {
    if ((months >>> month & 1) == 0) {
      return 0;
    }
    // The week's seven bits, turned so that the first of the month comes first, five times over.
    int week = (daysOfWeek | daysOfWeek << 7) >>> CivilDays.dayOfWeek(firstOfMonth) & 0x7f;
    int byWeek = (int) ((week * 0x1020_4081L) << 1);
    int days = eitherDay ? daysOfMonth | byWeek : daysOfMonth & byWeek;
    return days & (int) ((2L << CivilDays.lengthOfMonth(year, month)) - 2);
  }

  private static int nthBit(long bits, int index) {
    long left = bits;
    for (int i = 0; i < index; i++) {
      left &= left - 1;
    }
    return Long.numberOfTrailingZeros(left);
  }
}
