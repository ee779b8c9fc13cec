package io.carillon.common.cron;

/**
 * A parsed cron expression as sets of bits: bit n is set if the value n is allowed. Expressions
 * that mean the same have equal fields, however they are written.
 *
 * @param seconds bits 0 to 59; only bit 0 in the dialect without seconds
 * @param minutes bits 0 to 59
 * @param hours bits 0 to 23
 * @param daysOfMonth bits 1 to 31
 * @param months bits 1 to 12
 * @param daysOfWeek bits 0 (Sunday) to 6
 * @param eitherDay whether a day matches if day-of-month OR day-of-week does; otherwise both must
 * @param repeats whether the second or minute field has several values by a wildcard, step or
 *     range: such a rule repeats within the hour, and so also in an hour that comes twice
 * @param specialDays what the two day fields allow besides
 * @param years the years allowed
 */
public record CronFields(
    long seconds,
    long minutes,
    int hours,
    int daysOfMonth,
    int months,
    int daysOfWeek,
    boolean eitherDay,
    boolean repeats,
    SpecialDays specialDays,
    Years years) {

  private static final int ALL_HOURS = (1 << 24) - 1;

  /**
   * Whether it goes by elapsed time when the clock is put forward: it has times in every hour, so
   * that those left out are made up for by what follows.
   */
  public boolean hasEveryHour() {
    return hours == ALL_HOURS;
  }

  /** Whether it goes by elapsed time when the clock is put back: in both passes of what repeats. */
  public boolean runsInBothPasses() {
    return hasEveryHour() || repeats;
  }
}
