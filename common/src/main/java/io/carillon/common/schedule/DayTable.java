package io.carillon.common.schedule;

import io.carillon.common.cron.LocalTimes;

/**
 * Which local days are business days, one bit each, from 1900 to 2099 (9 KB). Days outside of these
 * years are none. Days are counted from 1970-01-01. Immutable; one for all specs with these days.
 */
final class DayTable {

  /** What is answered where there is no such day. */
  static final int NONE = Integer.MAX_VALUE;

  static final int DAY = 86_400;

  /** 1900-01-01. */
  static final int BEGIN = (int) (LocalTimes.BEGIN / DAY);

  /** 2100-01-01. */
  static final int END = (int) (LocalTimes.END / DAY);

  private static final int THURSDAY = 4;

  /** Bit n is the day {@link #BEGIN} + n. The last word ends with days that are not open. */
  private final long[] open = new long[(END - BEGIN) / 64 + 1];

  private DayTable() {}

  static DayTable of(BusinessDays days) {
    DayTable table = new DayTable();
    for (int day = BEGIN; day < END; day++) {
      int weekday = Math.floorMod(day + THURSDAY, 7);
      if ((days.weekend() >>> weekday & 1) == 0) {
        table.open[(day - BEGIN) >> 6] |= 1L << (day - BEGIN);
      }
    }
    for (DayRange range : days.daysOff()) {
      int last = Math.min(range.last(), END - 1);
      for (int day = Math.max(range.first(), BEGIN); day <= last; day++) {
        table.open[(day - BEGIN) >> 6] &= ~(1L << (day - BEGIN));
      }
    }
    return table;
  }

  /** The day that a local time in seconds falls on. */
  static int dayOf(long local) {
    return (int) Math.floorDiv(local, (long) DAY);
  }

  boolean isOpen(int day) {
    return day >= BEGIN && day < END && (open[(day - BEGIN) >> 6] >>> (day - BEGIN) & 1) != 0;
  }

  /** The first business day from a day on, or {@link #NONE}. */
  int openFrom(int day) {
    if (day >= END) {
      return NONE;
    }
    int bit = Math.max(day, BEGIN) - BEGIN;
    int word = bit >> 6;
    long later = open[word] & -1L << bit;
    while (later == 0) {
      if (++word == open.length) {
        return NONE;
      }
      later = open[word];
    }
    return BEGIN + (word << 6) + Long.numberOfTrailingZeros(later);
  }

  /** The last business day up to a day, or {@link #NONE}. */
  int openUpTo(int day) {
    if (day < BEGIN) {
      return NONE;
    }
    int bit = Math.min(day, END - 1) - BEGIN;
    int word = bit >> 6;
    long earlier = open[word] & -1L >>> (63 - (bit & 63));
    while (earlier == 0) {
      if (--word < 0) {
        return NONE;
      }
      earlier = open[word];
    }
    return BEGIN + (word << 6) + 63 - Long.numberOfLeadingZeros(earlier);
  }

  /** The first day from a day on that is no business day. */
  int closedFrom(int day) {
    if (!isOpen(day)) {
      return day;
    }
    int bit = day - BEGIN;
    int word = bit >> 6;
    long later = ~open[word] & -1L << bit;
    while (later == 0) {
      if (++word == open.length) {
        return END;
      }
      later = ~open[word];
    }
    return BEGIN + (word << 6) + Long.numberOfTrailingZeros(later);
  }
}
