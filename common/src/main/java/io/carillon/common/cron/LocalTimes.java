package io.carillon.common.cron;

/**
 * The local times of an expression on a calendar without zone, in seconds since 1970-01-01T00:00
 * local. Immutable; no method allocates.
 *
 * <p>They end with the year 2099 and begin with 1900, which bounds the work of every call: years
 * and months are skipped by their masks, a month is one mask of days, a day is a product of three
 * masks. An expression without any match, such as {@code 0 0 30 2 *}, is known as such beforehand.
 */
public final class LocalTimes implements LocalRule {

  /** 1900-01-01T00:00: the least local time that can match. */
  public static final long BEGIN;

  /** 2100-01-01T00:00: all local times that match are less. */
  public static final long END;

  private static final int DAY = 86_400;

  static {
    BEGIN = (long) CivilDays.dayOf(Years.FIRST, 1, 1) * DAY;
    END = (long) CivilDays.dayOf(Years.LAST + 1, 1, 1) * DAY;
  }

  private final long seconds;
  private final long minutes;
  private final int hours;
  private final int daysOfMonth;
  private final int months;
  private final int daysOfWeek;
  private final boolean eitherDay;
  private final SpecialDays specialDays;
  private final Years years;

  /** Whether masks say it all: no special days, any year. */
  private final boolean plain;

  /** Matches of a minute, an hour and a day that match. */
  private final int perMinute;

  private final int perHour;
  private final int perDay;

  /** Seconds of the day of a matching day's first and last match. */
  private final int firstOfDay;

  private final int lastOfDay;

  /** No day before it matches; after {@link #END} if none does at all. */
  private final int firstDay;

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
    specialDays = fields.specialDays();
    years = fields.years();
    plain = specialDays.equals(SpecialDays.NONE) && years.equals(Years.ALL);
    perMinute = Long.bitCount(seconds);
    perHour = Long.bitCount(minutes) * perMinute;
    perDay = Integer.bitCount(hours) * perHour;
    firstOfDay =
        Integer.numberOfTrailingZeros(hours) * 3600
            + Long.numberOfTrailingZeros(minutes) * 60
            + Long.numberOfTrailingZeros(seconds);
    lastOfDay =
        (31 - Integer.numberOfLeadingZeros(hours)) * 3600
            + (63 - Long.numberOfLeadingZeros(minutes)) * 60
            + (63 - Long.numberOfLeadingZeros(seconds));
    firstDay = firstFrom(years.from(Years.FIRST), 1);
    lastDay = lastUpTo(years.upTo(Years.LAST), 12);
  }

  @Override
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
    int found =
        days != 0
            ? firstOfMonth - 1 + Integer.numberOfTrailingZeros(days)
            : firstFrom(year, month + 1);
    return found == Integer.MAX_VALUE ? NONE : (long) found * DAY + firstOfDay;
  }

  /**
   * The first matching day in a month or later; {@link Integer#MAX_VALUE} if there is none.
   *
   * @param startMonth 1 to 13
   */
  private int firstFrom(int startYear, int startMonth) {
    int later = months & -1 << startMonth;
    for (int year = startYear; year <= Years.LAST; year = years.from(year + 1)) {
      while (later != 0) {
        int month = Integer.numberOfTrailingZeros(later);
        int first = CivilDays.dayOf(year, month, 1);
        int days = daysOfMonth(year, month, first);
        if (days != 0) {
          return first - 1 + Integer.numberOfTrailingZeros(days);
        }
        later &= later - 1;
      }
      later = months;
    }
    return Integer.MAX_VALUE;
  }

  @Override
  public long previousBefore(long local) {
    if (local <= BEGIN) {
      return NONE;
    }
    long upTo = Math.min(local, END) - 1;
    int day = (int) Math.floorDiv(upTo, (long) DAY);
    if (day < firstDay) {
      return NONE;
    }
    int date = CivilDays.dateOf(day);
    int dayOfMonth = CivilDays.day(date);
    int firstOfMonth = day - dayOfMonth + 1;
    // Days of the month up to today; today counts only if the day has had a match already.
    int days =
        daysOfMonth(CivilDays.year(date), CivilDays.month(date), firstOfMonth)
            & (2 << dayOfMonth) - 1;
    if ((days & 1 << dayOfMonth) != 0) {
      int timeOfDay = previousTimeOfDay((int) (upTo - (long) day * DAY));
      if (timeOfDay >= 0) {
        return (long) day * DAY + timeOfDay;
      }
      days &= ~(1 << dayOfMonth);
    }
    int found =
        days != 0
            ? firstOfMonth + 30 - Integer.numberOfLeadingZeros(days)
            : lastUpTo(CivilDays.year(date), CivilDays.month(date) - 1);
    return found == Integer.MIN_VALUE ? NONE : (long) found * DAY + lastOfDay;
  }

  /**
   * The last matching day in a month or earlier; {@link Integer#MIN_VALUE} if there is none.
   *
   * @param startMonth 0 to 12
   */
  private int lastUpTo(int startYear, int startMonth) {
    int earlier = months & (2 << startMonth) - 1;
    for (int year = startYear; year >= Years.FIRST; year = years.upTo(year - 1)) {
      while (earlier != 0) {
        int month = 31 - Integer.numberOfLeadingZeros(earlier);
        int first = CivilDays.dayOf(year, month, 1);
        int days = daysOfMonth(year, month, first);
        if (days != 0) {
          return first + 30 - Integer.numberOfLeadingZeros(days);
        }
        earlier &= ~(1 << month);
      }
      earlier = months;
    }
    return Integer.MIN_VALUE;
  }

  @Override
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

  @Override
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

  @Override
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

  /** The last match of a matching day at or before a second of the day, or -1. */
  private int previousTimeOfDay(int secondOfDay) {
    int hour = secondOfDay / 3600;
    int minute = secondOfDay / 60 - hour * 60;
    if ((hours >>> hour & 1) != 0) {
      if ((minutes >>> minute & 1) != 0) {
        long earlier = seconds & (2L << secondOfDay % 60) - 1;
        if (earlier != 0) {
          return hour * 3600 + minute * 60 + 63 - Long.numberOfLeadingZeros(earlier);
        }
      }
      long earlier = minutes & (1L << minute) - 1;
      if (earlier != 0) {
        return hour * 3600 + (63 - Long.numberOfLeadingZeros(earlier)) * 60 + lastOfDay % 60;
      }
    }
    int earlier = hours & (1 << hour) - 1;
    return earlier == 0
        ? -1
        : (31 - Integer.numberOfLeadingZeros(earlier)) * 3600 + lastOfDay % 3600;
  }

  private boolean dayMatches(int day) {
    int date = CivilDays.dateOf(day);
    int dayOfMonth = CivilDays.day(date);
    if (!plain) {
      int days = daysOfMonth(CivilDays.year(date), CivilDays.month(date), day - dayOfMonth + 1);
      return (days >>> dayOfMonth & 1) != 0;
    }
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
    int weekday = CivilDays.dayOfWeek(firstOfMonth);
    int length = CivilDays.lengthOfMonth(year, month);
    int byMonth = daysOfMonth;
    int byWeek = CivilDays.onDaysOfWeek(daysOfWeek, weekday);
    if (!plain) {
      if (!years.contains(year)) {
        return 0;
      }
      byMonth |= specialDays.byMonth(weekday, length);
      byWeek |= specialDays.byWeek(weekday, length);
    }
    int days = eitherDay ? byMonth | byWeek : byMonth & byWeek;
    return days & (int) ((2L << length) - 2);
  }

  private static int nthBit(long bits, int index) {
    long left = bits;
    for (int i = 0; i < index; i++) {
      left &= left - 1;
    }
    return Long.numberOfTrailingZeros(left);
  }
}
