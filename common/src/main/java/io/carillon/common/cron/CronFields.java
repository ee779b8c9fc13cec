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
 * @param runsThrough whether the second, minute or hour field has a wildcard, step or range, so
 *     that the rule goes by elapsed time through changes of the clock
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
    boolean runsThrough,
    SpecialDays specialDays,
    Years years) {

  /** In any year, without special days. */
  public CronFields(
      long seconds,
      long minutes,
      int hours,
      int daysOfMonth,
      int months,
      int daysOfWeek,
      boolean eitherDay,
      boolean runsThrough) {
    this(
        seconds,
        minutes,
        hours,
        daysOfMonth,
        months,
        daysOfWeek,
        eitherDay,
        runsThrough,
        SpecialDays.NONE,
        Years.ALL);
  }
}
