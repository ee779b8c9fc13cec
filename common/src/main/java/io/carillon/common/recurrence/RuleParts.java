package io.carillon.common.recurrence;

import io.carillon.common.cron.CivilDays;
import java.util.List;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.Part;
import org.dmfs.rfc5545.recur.RecurrenceRule.WeekdayNum;

/**
 * The parts of a rule as sets of bits, with what it leaves open taken from its start, as RFC 5545
 * says: FREQ=MONTHLY alone is every month on the day and at the time of the start.
 *
 * @param months bits 1 to 12
 * @param monthDays bits 1 to 31; together with {@code lastMonthDays} without bits: any day
 * @param lastMonthDays bits 1, the month's last day, to 31
 * @param yearDays 1 to 366 and -1 to -366; empty: any day
 * @param weeks numbers of weeks, bits 1 to 53; together with {@code lastWeeks} without bits: any
 * @param lastWeeks bits 1, the year's last week, to 53
 * @param weekdays bits 0, Sunday, to 6; without bits, and without ordinals: any day
 * @param ordinals such as -1FR, with a number each
 * @param hours bits 0 to 23; as are {@code minutes} and {@code seconds} never without a bit
 * @param positions of BYSETPOS; empty: all
 * @param weekStart 0, Sunday, to 6
 */
record RuleParts(
    Freq freq,
    int interval,
    int months,
    int monthDays,
    int lastMonthDays,
    List<Integer> yearDays,
    long weeks,
    long lastWeeks,
    int weekdays,
    List<WeekdayNum> ordinals,
    int hours,
    long minutes,
    long seconds,
    List<Integer> positions,
    int weekStart) {

  private static final int DAY = 86_400;

  /** Parts with which a rule below the day looks at the wall clock. */
  private static final List<Part> LIMITS =
      List.of(
          Part.BYMONTH,
          Part.BYWEEKNO,
          Part.BYYEARDAY,
          Part.BYMONTHDAY,
          Part.BYDAY,
          Part.BYHOUR,
          Part.BYSETPOS);

  static final int ALL_MONTHS = 0x1ffe;

  static RuleParts of(RecurrenceRule rule, long start) {
    int startDay = (int) Math.floorDiv(start, (long) DAY);
    int second = (int) Math.floorMod(start, (long) DAY);
    int date = CivilDays.dateOf(startDay);
    Freq freq = rule.getFreq();
    boolean dayGiven =
        rule.hasPart(Part.BYDAY) || rule.hasPart(Part.BYMONTHDAY) || rule.hasPart(Part.BYYEARDAY);
    boolean weekGiven = rule.hasPart(Part.BYWEEKNO);
    boolean onStartWeekday = !dayGiven && (freq == Freq.WEEKLY || freq == Freq.YEARLY && weekGiven);
    boolean onStartMonthDay =
        !dayGiven && (freq == Freq.MONTHLY || freq == Freq.YEARLY && !weekGiven);
    boolean inStartMonth = onStartMonthDay && freq == Freq.YEARLY && !rule.hasPart(Part.BYMONTH);
    List<WeekdayNum> byDay = rule.hasPart(Part.BYDAY) ? rule.getByDayPart() : List.of();
    return new RuleParts(
        freq,
        rule.getInterval(),
        (int) orElse(months(rule), inStartMonth ? 1L << CivilDays.month(date) : ALL_MONTHS),
        (int) (onStartMonthDay ? 1L << CivilDays.day(date) : bits(rule, Part.BYMONTHDAY, 1)),
        (int) bits(rule, Part.BYMONTHDAY, -1),
        values(rule, Part.BYYEARDAY),
        bits(rule, Part.BYWEEKNO, 1),
        bits(rule, Part.BYWEEKNO, -1),
        onStartWeekday ? 1 << CivilDays.dayOfWeek(startDay) : weekdays(byDay),
        byDay.stream().filter(day -> day.pos != 0).toList(),
        (int) orElse(bits(rule, Part.BYHOUR, 1), open(freq, Freq.HOURLY, 24, second / 3600)),
        orElse(bits(rule, Part.BYMINUTE, 1), open(freq, Freq.MINUTELY, 60, second / 60 % 60)),
        orElse(seconds(rule), open(freq, Freq.SECONDLY, 60, second % 60)),
        values(rule, Part.BYSETPOS),
        rule.getWeekStart().ordinal());
  }

  /** Whether its instances go by hours, minutes or seconds rather than by days. */
  static boolean belowDays(Freq freq) {
    return freq == Freq.HOURLY || freq == Freq.MINUTELY || freq == Freq.SECONDLY;
  }

  /**
   * What such a rule is if it does not name hours, days or months, nor several times of a unit: a
   * distance of elapsed time. Null if it is more.
   */
  static Distance distance(RecurrenceRule rule, RuleParts parts, long start) {
    boolean byHour = parts.freq == Freq.HOURLY;
    boolean byMinute = parts.freq == Freq.MINUTELY;
    boolean withinUnit = rule.hasPart(Part.BYSECOND) || byHour && rule.hasPart(Part.BYMINUTE);
    boolean restricted =
        LIMITS.stream().anyMatch(rule::hasPart)
            || !byHour && rule.hasPart(Part.BYMINUTE)
            || parts.freq == Freq.SECONDLY && rule.hasPart(Part.BYSECOND);
    // Of every unit, such times are those of a wall clock.
    boolean ofEvery = withinUnit && parts.interval == 1;
    boolean several = withinUnit && bitsOf(byHour ? parts.minutes : 1, parts.seconds) > 1;
    if (!belowDays(parts.freq) || restricted || ofEvery || several) {
      return null;
    }
    int unit = byHour ? 3600 : byMinute ? 60 : 1;
    long within =
        (byHour ? lowest(parts.minutes) * 60 : 0) + (unit > 1 ? lowest(parts.seconds) : 0);
    return new Distance((long) unit * parts.interval, within - Math.floorMod(start, (long) unit));
  }

  private static int bitsOf(long minutes, long seconds) {
    return Long.bitCount(minutes) * Long.bitCount(seconds);
  }

  private static long lowest(long bits) {
    return Long.numberOfTrailingZeros(bits);
  }

  boolean byWeek() {
    return (weeks | lastWeeks) != 0;
  }

  /** What a unit of time is that no part names: any for rules that go by it, else the start's. */
  private static long open(Freq freq, Freq unit, int size, int atStart) {
    return freq.compareTo(unit) >= 0 ? (1L << size) - 1 : 1L << atStart;
  }

  private static long orElse(long bits, long open) {
    return bits == 0 ? open : bits;
  }

  private static List<Integer> values(RecurrenceRule rule, Part part) {
    return rule.hasPart(part) ? List.copyOf(rule.getByPart(part)) : List.of();
  }

  /** The values of one sign. */
  private static long bits(RecurrenceRule rule, Part part, int sign) {
    long bits = 0;
    for (int value : values(rule, part)) {
      if (value * sign >= 0) {
        bits |= 1L << value * sign;
      }
    }
    return bits;
  }

  private static long months(RecurrenceRule rule) {
    // lib-recur counts months from 0 once it has read them.
    return bits(rule, Part.BYMONTH, 1) << 1;
  }

  /** A leap second, which local time does not have, is the second before it. */
  private static long seconds(RecurrenceRule rule) {
    long bits = bits(rule, Part.BYSECOND, 1);
    return (bits | (bits & 1L << 60) >>> 1) & (1L << 60) - 1;
  }

  private static int weekdays(List<WeekdayNum> byDay) {
    int bits = 0;
    for (WeekdayNum day : byDay) {
      bits |= day.pos == 0 ? 1 << day.weekday.ordinal() : 0;
    }
    return bits;
  }
}
