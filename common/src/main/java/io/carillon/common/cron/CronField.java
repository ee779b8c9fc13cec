package io.carillon.common.cron;

import java.util.List;

/** One field of an expression: what it is called, which values it takes. */
enum CronField {
  SECOND("second", 0, 59, List.of()),
  MINUTE("minute", 0, 59, List.of()),
  HOUR("hour", 0, 23, List.of()),
  DAY_OF_MONTH("day-of-month", 1, 31, List.of()),
  MONTH("month", 1, 12, Names.MONTHS),
  /** 7 is a second name of 0, for ranges that end on Sunday. */
  DAY_OF_WEEK("day-of-week", 0, 7, Names.DAYS),
  /** Sunday is 1. */
  QUARTZ_DAY_OF_WEEK("day-of-week", 1, 7, Names.DAYS),
  YEAR("year", 1970, Years.LAST, List.of());

  final String label;
  final int min;
  final int max;

  /** Names of the values from {@link #min} on; empty if the field has none. */
  final List<String> names;

  CronField(String label, int min, int max, List<String> names) {
    this.label = label;
    this.min = min;
    this.max = max;
    this.names = names;
  }

  /**
   * The last value that a wildcard or an open step reaches: Saturday, as 7 would be Sunday again.
   */
  int lastOfWildcard() {
    return this == DAY_OF_WEEK ? 6 : max;
  }

  /** The last value that H may choose: no day that some months lack. */
  int lastOfHash() {
    return this == DAY_OF_MONTH ? 28 : lastOfWildcard();
  }

  /** The widest step. */
  int maxStep() {
    return this == YEAR ? max - min : max;
  }

  boolean isDay() {
    return this == DAY_OF_MONTH || this == DAY_OF_WEEK || this == QUARTZ_DAY_OF_WEEK;
  }

  /** What may be written in the field, for messages. */
  String allowed() {
    String values = min + "-" + max;
    return names.isEmpty()
        ? values
        : values + " or " + names.get(0) + "-" + names.get(names.size() - 1);
  }

  /** Apart, as the constants above need them before the enum's own fields are set. */
  private static final class Names {
    static final List<String> MONTHS =
        List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  }
}
