package io.carillon.common.schedule;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.SplittableRandom;

/**
 * A random expression together with the sets that it stands for, made side by side, so that what is
 * expected owes nothing to the parser.
 */
final class RandomCron {

  private static final String[] DAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  private static final String[] MONTHS = {
    "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"
  };

  final boolean[] seconds = new boolean[60];
  final boolean[] minutes = new boolean[60];
  final boolean[] hours = new boolean[24];
  final boolean[] daysOfMonth = new boolean[32];
  final boolean[] months = new boolean[13];

  /** 7 is Sunday, as 0. */
  final boolean[] daysOfWeek = new boolean[8];

  final ScheduleSpec.Dialect dialect;
  final boolean eitherDay;
  final String text;

  /** Whether the second or minute has several values, written with a wildcard, step or range. */
  boolean repeats;

  private boolean written;

  private final SplittableRandom random;

  /** Of Quartz: its days, instead of the sets of days above. */
  private final RandomQuartzDays quartz;

  /** In one of the dialects. */
  RandomCron(SplittableRandom random) {
    this(
        random,
        switch (random.nextInt(8)) {
          case 0, 1 -> ScheduleSpec.Dialect.SECONDS;
          case 2, 3 -> ScheduleSpec.Dialect.QUARTZ;
          default -> ScheduleSpec.Dialect.UNIX;
        });
  }

  RandomCron(SplittableRandom random, ScheduleSpec.Dialect dialect) {
    this.random = random;
    this.dialect = dialect;
    boolean withSeconds = dialect != ScheduleSpec.Dialect.UNIX;
    String second = "0";
    if (withSeconds) {
      second = field(seconds, 0, 59, 59, null, random.nextInt(3) > 0);
      repeats = written && several(seconds);
    } else {
      seconds[0] = true;
    }
    written = false;
    String minute = field(minutes, 0, 59, 59, null, random.nextInt(3) > 0);
    repeats |= written && several(minutes);
    // Changes of the clock are at night: hours that they touch come up often.
    String hour = field(hours, 0, random.nextInt(3) == 0 ? 23 : 4, 23, null, random.nextInt(3) > 0);
    quartz = dialect == ScheduleSpec.Dialect.QUARTZ ? new RandomQuartzDays(random) : null;
    String dayOfMonth =
        random.nextInt(2) == 0
            ? all(daysOfMonth, 1, 31)
            : field(daysOfMonth, 1, 31, 31, null, false);
    String month =
        random.nextInt(3) > 0 ? all(months, 1, 12) : field(months, 1, 12, 12, MONTHS, false);
    String dayOfWeek =
        random.nextInt(2) == 0 ? all(daysOfWeek, 0, 6) : field(daysOfWeek, 0, 6, 6, DAYS, false);
    daysOfWeek[0] |= daysOfWeek[7];
    daysOfWeek[7] = daysOfWeek[0];
    eitherDay = !dayOfMonth.startsWith("*") && !dayOfWeek.startsWith("*");
    String blank = random.nextInt(10) == 0 ? " \t" : " ";
    text =
        quartz == null
            ? (withSeconds ? second + blank : "")
                + String.join(blank, minute, hour, dayOfMonth, month, dayOfWeek)
            : String.join(blank, second, minute, hour, quartz.dayOfMonth, month, quartz.dayOfWeek)
                + (quartz.year.isEmpty() ? "" : blank + quartz.year);
  }

  boolean dayMatches(LocalDate date) {
    if (!months[date.getMonthValue()]) {
      return false;
    }
    if (quartz != null) {
      return quartz.match(date);
    }
    boolean byMonth = daysOfMonth[date.getDayOfMonth()];
    boolean byWeek = daysOfWeek[date.getDayOfWeek().getValue()];
    return eitherDay ? byMonth || byWeek : byMonth && byWeek;
  }

  ScheduleSpec spec(ZoneId zone, ScheduleSpec.GapPolicy gap, ScheduleSpec.FoldPolicy fold) {
    return new ScheduleSpec(
        new ScheduleSpec.CronRule(dialect, text), zone, Specs.MIN, Specs.MAX, 0, 0, gap, fold);
  }

  boolean hasEveryHour() {
    for (boolean hour : hours) {
      if (!hour) {
        return false;
      }
    }
    return true;
  }

  private static boolean several(boolean[] set) {
    int values = 0;
    for (boolean value : set) {
      values += value ? 1 : 0;
    }
    return values > 1;
  }

  private String all(boolean[] set, int min, int max) {
    for (int i = min; i <= max; i++) {
      set[i] = true;
    }
    return "*";
  }

  /**
   * @param drawn values are drawn from min to this
   * @param fixed whether single values only
   */
  private String field(boolean[] set, int min, int drawn, int max, String[] names, boolean fixed) {
    if (!fixed && random.nextInt(6) == 0) {
      written = true;
      return all(set, min, max);
    }
    StringBuilder out = new StringBuilder();
    int elements = 1 + random.nextInt(3);
    for (int i = 0; i < elements; i++) {
      out.append(i == 0 ? "" : ",");
      int form = fixed ? 0 : random.nextInt(5);
      written |= form > 0;
      out.append(element(set, form, min, drawn, max, names));
    }
    return out.toString();
  }

  private String element(boolean[] set, int form, int min, int drawn, int max, String[] names) {
    // Zero minutes make what a gap shifts meet what fires anyway.
    int first = random.nextInt(3) == 0 ? min : min + random.nextInt(drawn - min + 1);
    int last = first + random.nextInt(max - first + 1);
    int step = 1 + random.nextInt(max / 2);
    String text;
    switch (form) {
      case 0 -> {
        last = first;
        text = name(first, names);
      }
      case 1 -> text = name(first, names) + "-" + name(last, names);
      case 2 -> text = name(first, names) + "-" + name(last, names) + "/" + step;
      case 3 -> {
        last = max;
        text = name(first, names) + "/" + step;
      }
      default -> {
        first = min;
        last = max;
        text = "*/" + step;
      }
    }
    for (int value = first; value <= last; value += form < 2 ? 1 : step) {
      set[value] = true;
    }
    return text;
  }

  private String name(int value, String[] names) {
    if (names == null) {
      return random.nextInt(10) == 0 && value < 10 ? "0" + value : String.valueOf(value);
    }
    return random.nextBoolean() ? String.valueOf(value) : names[value];
  }
}
