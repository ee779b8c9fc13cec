package io.carillon.common.cron;

/**
 * The Gregorian calendar as integer arithmetic on days since 1970-01-01, free of allocation.
 *
 * <p>After Howard Hinnant, "chrono-compatible low-level date algorithms": years that begin in March
 * put the leap day last, and a cycle of 400 years has 146097 days.
 */
public final class CivilDays {

  /** 0000-03-01 to 1970-01-01. */
  private static final int EPOCH_SHIFT = 719_468;

  private static final int DAYS_PER_CYCLE = 146_097;

  private CivilDays() {}

  /** The day number of a date in the years 0 to 9999. */
  public static int dayOf(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int cycle = Math.floorDiv(y, 400);
    int yearOfCycle = y - cycle * 400;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear;
    return cycle * DAYS_PER_CYCLE + dayOfCycle - EPOCH_SHIFT;
  }

  /** The date of a day number, to be read with {@link #year}, {@link #month} and {@link #day}. */
  public static int dateOf(int epochDay) {
    int z = epochDay + EPOCH_SHIFT;
    int cycle = Math.floorDiv(z, DAYS_PER_CYCLE);
    int dayOfCycle = z - cycle * DAYS_PER_CYCLE;
    int yearOfCycle =
        (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365;
    int dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100);
    int marchMonth = (5 * dayOfYear + 2) / 153;
    int day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
    int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
    int year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
    return year << 9 | month << 5 | day;
  }

  public static int year(int date) {
    return date >> 9;
  }

  public static int month(int date) {
    return date >> 5 & 15;
  }

  public static int day(int date) {
    return date & 31;
  }

  public static int lengthOfMonth(int year, int month) {
    if (month == 2) {
      return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return 30 + ((month + (month >> 3)) & 1);
  }

  /** 0 for Sunday to 6. */
  public static int dayOfWeek(int epochDay) {
    return Math.floorMod(epochDay + 4, 7);
  }

  /** Seven bits from Sunday on, turned so that {@code weekday} comes first. */
  static int turned(int daysOfWeek, int weekday) {
    return (daysOfWeek | daysOfWeek << 7) >>> weekday & 0x7f;
  }

  /**
   * The days of a month that fall on days of the week, as bits 1 to 31.
   *
   * @param daysOfWeek bits 0 (Sunday) to 6
   * @param weekday that of the first of the month
   */
  static int onDaysOfWeek(int daysOfWeek, int weekday) {
    // The week from the first of the month on, five times over.
    return (int) ((turned(daysOfWeek, weekday) * 0x1020_4081L) << 1);
  }
}
