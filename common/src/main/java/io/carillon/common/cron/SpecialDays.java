package io.carillon.common.cron;

/**
 * Days that are counted from the end of a month, from its weeks or from its working days, as sets
 * of bits.
 *
 * @param lastDays bits 0 to 30: bit n is the n-th day before the last ({@code L-n})
 * @param nearestWeekdays bits 1 to 31: the day from Monday to Friday nearest to a day, within its
 *     month ({@code 15W})
 * @param lastWeekdays bits 0 to 30: the same of the n-th day before the last ({@code L-nW})
 * @param nthOfWeek 35 bits: bit {@code 7 * (n - 1) + d} is the n-th day d of the week in the month,
 *     from Sunday as 0 ({@code MON#2})
 * @param lastOfWeek bits 0 (Sunday) to 6: the last of that day in the month ({@code MONL})
 */
public record SpecialDays(
    int lastDays, int nearestWeekdays, int lastWeekdays, long nthOfWeek, int lastOfWeek) {

  public static final SpecialDays NONE = new SpecialDays(0, 0, 0, 0, 0);

  private static final int SUNDAY = 1;
  private static final int SATURDAY = 1 << 6;
  private static final int FIRST_OF_MONTH = 1 << 1;

  /** Without what is in the given plain sets of days anyway. */
  SpecialDays without(int daysOfMonth, int daysOfWeek) {
    boolean everyDay = daysOfMonth == -2;
    return new SpecialDays(
        everyDay ? 0 : lastDays,
        everyDay ? 0 : nearestWeekdays,
        everyDay ? 0 : lastWeekdays,
        nthOfWeek & ~(daysOfWeek * 0x1020_4081L),
        lastOfWeek & ~daysOfWeek);
  }

  /**
   * Those of the day-of-month field, as bits 1 to the month's last day; other bits may be set too.
   *
   * @param weekday that of the first of the month, from Sunday as 0
   * @param length days of the month
   */
  int byMonth(int weekday, int length) {
    int wanted = nearestWeekdays | fromEnd(lastWeekdays, length);
    int lastOfMonth = 1 << length;
    wanted &= lastOfMonth | (lastOfMonth - 2);
    int saturdays = wanted & CivilDays.onDaysOfWeek(SATURDAY, weekday);
    int sundays = wanted & CivilDays.onDaysOfWeek(SUNDAY, weekday);
    // To the Friday before and the Monday after, unless that is in another month.
    return fromEnd(lastDays, length)
        | (wanted & ~saturdays & ~sundays)
        | ((saturdays & ~FIRST_OF_MONTH) >>> 1)
        | ((saturdays & FIRST_OF_MONTH) << 2)
        | ((sundays & ~lastOfMonth) << 1)
        | ((sundays & lastOfMonth) >>> 2);
  }

  /** Those of the day-of-week field, in the same way. */
  int byWeek(int weekday, int length) {
    long days = 0;
    for (int week = 0; week < 5; week++) {
      int wanted = (int) (nthOfWeek >>> (7 * week)) & 0x7f;
      days |= (long) CivilDays.turned(wanted, weekday) << (7 * week + 1);
    }
    int begin = length - 6;
    days |= (long) CivilDays.turned(lastOfWeek, (weekday + begin - 1) % 7) << begin;
    return (int) days;
  }

  /** From bits n, the n-th day before the last, to bits of days. */
  private static int fromEnd(int bits, int length) {
    return Integer.reverse(bits) >>> (31 - length);
  }
}
