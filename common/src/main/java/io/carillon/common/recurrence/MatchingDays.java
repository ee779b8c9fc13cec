package io.carillon.common.recurrence;

import io.carillon.common.cron.CivilDays;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.RecurrenceRule.WeekdayNum;

/**
 * The days that a rule names: each month is one mask of days, the conjunction of its parts. Days
 * are numbers since 1970-01-01. Immutable; no method but the constructor allocates.
 */
final class MatchingDays {

  /** Answered where there is no such day. */
  static final int NONE = Integer.MAX_VALUE;

  /** Days from here on are not looked at: the last week of 2099 ends before. */
  static final int END = CivilDays.dayOf(2100, 2, 1);

  private static final int MAX_ORDINAL = 53;

  private final RuleParts parts;
  private final int startDay;
  private final int startYear;
  private final int startMonth;

  /** Weekdays by their ordinal + 53, or null. */
  private final int[] byOrdinal;

  /** Days of months, 1 to 12 in common years and 17 to 28 in leap years, or null. */
  private final int[] byYearDay;

  MatchingDays(RuleParts parts, int startDay) {
    this.parts = parts;
    this.startDay = startDay;
    int date = CivilDays.dateOf(startDay);
    startYear = CivilDays.year(date);
    startMonth = startYear * 12 + CivilDays.month(date);
    byOrdinal = parts.ordinals().isEmpty() ? null : new int[2 * MAX_ORDINAL + 1];
    for (WeekdayNum day : parts.ordinals()) {
      byOrdinal[day.pos + MAX_ORDINAL] |= 1 << day.weekday.ordinal();
    }
    byYearDay = parts.yearDays().isEmpty() ? null : new int[32];
    for (int yearDay : parts.yearDays()) {
      markYearDay(yearDay, 2001, 0);
      markYearDay(yearDay, 2000, 16);
    }
  }

  private void markYearDay(int yearDay, int year, int offset) {
    int begin = CivilDays.dayOf(year, 1, 1);
    int end = CivilDays.dayOf(year + 1, 1, 1);
    int day = yearDay > 0 ? begin + yearDay - 1 : end + yearDay;
    if (day >= begin && day < end) {
      int date = CivilDays.dateOf(day);
      byYearDay[offset + CivilDays.month(date)] |= 1 << CivilDays.day(date);
    }
  }

  /** Days before it need not be looked at: the rule's first period has begun by then. */
  int floor() {
    return startDay - 373;
  }

  /** The first at or after a day, or {@link #NONE}. */
  int next(int day) {
    return nth(day, 0);
  }

  /** The one at or after a day that {@code skipped} others precede, or {@link #NONE}. */
  int nth(int day, long skipped) {
    int date = CivilDays.dateOf(day);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int first = day - CivilDays.day(date) + 1;
    int days = daysOf(year, month, first) & -1 << CivilDays.day(date);
    long left = skipped;
    while (Integer.bitCount(days) <= left) {
      left -= Integer.bitCount(days);
      first += CivilDays.lengthOfMonth(year, month);
      if (first >= END) {
        return NONE;
      }
      year = month == 12 ? year + 1 : year;
      month = month == 12 ? 1 : month + 1;
      days = daysOf(year, month, first);
    }
    for (; left > 0; left--) {
      days &= days - 1;
    }
    return first - 1 + Integer.numberOfTrailingZeros(days);
  }

  /** The last before a day, or {@link #NONE}. */
  int previous(int day) {
    int date = CivilDays.dateOf(day);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int first = day - CivilDays.day(date) + 1;
    int days = daysOf(year, month, first) & (1 << CivilDays.day(date)) - 1;
    while (days == 0) {
      if (first < floor()) {
        return NONE;
      }
      year = month == 1 ? year - 1 : year;
      month = month == 1 ? 12 : month - 1;
      first -= CivilDays.lengthOfMonth(year, month);
      days = daysOf(year, month, first);
    }
    return first + 30 - Integer.numberOfLeadingZeros(days);
  }

  /** How many are in {@code [from, to)}. */
  int count(int from, int to) {
    int total = 0;
    int date = CivilDays.dateOf(from);
    int year = CivilDays.year(date);
    int month = CivilDays.month(date);
    int first = from - CivilDays.day(date) + 1;
    int begun = -1 << CivilDays.day(date);
    while (first < to) {
      int days = daysOf(year, month, first) & begun & bits(1, to - first);
      total += Integer.bitCount(days);
      begun = -1;
      first += CivilDays.lengthOfMonth(year, month);
      year = month == 12 ? year + 1 : year;
      month = month == 12 ? 1 : month + 1;
    }
    return total;
  }

  /** The first day of the week, the month or the year of the rule's frequency that has the day. */
  int periodBegin(int day) {
    if (parts.freq() == Freq.WEEKLY) {
      return weekOf(day);
    }
    int date = CivilDays.dateOf(day);
    if (parts.freq() == Freq.MONTHLY) {
      return day - CivilDays.day(date) + 1;
    }
    return parts.byWeek()
        ? weekOf(CivilDays.dayOf(yearOfWeek(weekOf(day)), 1, 4))
        : CivilDays.dayOf(CivilDays.year(date), 1, 1);
  }

  /** The first day after the period that begins so. */
  int periodEnd(int begin) {
    if (parts.freq() == Freq.WEEKLY) {
      return begin + 7;
    }
    // A year has at least 52 weeks, and never 54.
    int further = parts.freq() == Freq.MONTHLY ? 31 : 366;
    return parts.byWeek()
        ? periodBegin(begin + 371 - 1) == begin ? begin + 371 : begin + 364
        : periodBegin(begin + further);
  }

  /** The days of a month, bits 1 to 31. */
  private int daysOf(int year, int month, int first) {
    if ((parts.months() >>> month & 1) == 0 || !monthInStep(year, month)) {
      return 0;
    }
    int length = CivilDays.lengthOfMonth(year, month);
    int days = bits(1, length);
    if ((parts.monthDays() | parts.lastMonthDays()) != 0) {
      // Bit 1 of the days from the end becomes the bit of the last day.
      long reversed = Integer.reverse(parts.lastMonthDays()) & 0xffff_ffffL;
      days &= parts.monthDays() | (int) (reversed << 1 >>> 31 - length);
    }
    if (byYearDay != null) {
      days &= byYearDay[(CivilDays.lengthOfMonth(year, 2) == 29 ? 16 : 0) + month];
    }
    if (parts.weekdays() != 0 || byOrdinal != null) {
      days &= onWeekdays(parts.weekdays(), first) | ordinalDays(year, first, length);
    }
    if (parts.byWeek() || parts.freq() == Freq.WEEKLY && parts.interval() > 1) {
      days &= inWeeks(first, length);
    }
    if (parts.freq() == Freq.DAILY && parts.interval() > 1) {
      days &= inSteps(first, length);
    }
    return days;
  }

  private boolean monthInStep(int year, int month) {
    if (parts.freq() == Freq.MONTHLY) {
      return Math.floorMod(year * 12 + month - startMonth, parts.interval()) == 0;
    }
    return parts.freq() != Freq.YEARLY || parts.byWeek() || yearInStep(year);
  }

  private boolean yearInStep(int year) {
    return Math.floorMod(year - startYear, parts.interval()) == 0;
  }

  /** Days such as the second Sunday and the last Friday, of the month or, without it, the year. */
  private int ordinalDays(int year, int first, int length) {
    if (byOrdinal == null) {
      return 0;
    }
    boolean ofYear = parts.freq() == Freq.YEARLY && parts.months() == RuleParts.ALL_MONTHS;
    int begin = ofYear ? CivilDays.dayOf(year, 1, 1) : first;
    int end = ofYear ? CivilDays.dayOf(year + 1, 1, 1) : first + length;
    int days = 0;
    // The n-th of any weekday is one of the seven days from 7 (n - 1) on; likewise from the end.
    int passed = first - begin;
    for (int n = passed / 7 + 1; 7 * (n - 1) < passed + length && n <= MAX_ORDINAL; n++) {
      days |=
          onWeekdays(byOrdinal[MAX_ORDINAL + n], first) & bits(7 * n - 6 - passed, 7 * n - passed);
    }
    int left = end - first - length;
    for (int n = left / 7 + 1; 7 * (n - 1) < left + length && n <= MAX_ORDINAL; n++) {
      int last = left + length - 7 * (n - 1);
      days |= onWeekdays(byOrdinal[MAX_ORDINAL - n], first) & bits(last - 6, last);
    }
    return days;
  }

  private int inWeeks(int first, int length) {
    int days = 0;
    for (int week = weekOf(first); week < first + length; week += 7) {
      boolean named =
          parts.byWeek()
              ? weekNamed(week)
              : Math.floorMod((week - weekOf(startDay)) / 7, parts.interval()) == 0;
      if (named) {
        days |= bits(week - first + 1, week - first + 7);
      }
    }
    return days;
  }

  /** Whether BYWEEKNO names the week that begins so. Week 1 has at least four days of its year. */
  private boolean weekNamed(int week) {
    int year = yearOfWeek(week);
    if (!yearInStep(year)) {
      return false;
    }
    int fourth = week + 3;
    int before = (fourth - CivilDays.dayOf(year, 1, 1)) / 7;
    int after = (CivilDays.dayOf(year, 12, 31) - fourth) / 7;
    return (parts.weeks() >>> before + 1 & 1) != 0 || (parts.lastWeeks() >>> after + 1 & 1) != 0;
  }

  private static int yearOfWeek(int week) {
    return CivilDays.year(CivilDays.dateOf(week + 3));
  }

  private int weekOf(int day) {
    return day - Math.floorMod(CivilDays.dayOfWeek(day) - parts.weekStart(), 7);
  }

  private int inSteps(int first, int length) {
    int days = 0;
    for (long day = 1 + Math.floorMod(startDay - first, parts.interval()); day <= length; ) {
      days |= 1 << day;
      day += parts.interval();
    }
    return days;
  }

  private static int onWeekdays(int weekdays, int first) {
    // The week's seven bits, turned so that the first of the month comes first, five times over.
    int week = (weekdays | weekdays << 7) >>> CivilDays.dayOfWeek(first) & 0x7f;
    return (int) (week * 0x1020_4081L << 1);
  }

  /** Bits from one to another, both included, as far as they are 1 to 31. */
  private static int bits(int from, int to) {
    int low = Math.max(from, 1);
    int high = Math.min(to, 31);
    return low > high ? 0 : (int) ((2L << high) - (1L << low));
  }
}
