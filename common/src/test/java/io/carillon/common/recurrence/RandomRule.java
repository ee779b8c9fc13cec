package io.carillon.common.recurrence;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rules that strict readers accept, biased towards those that fire. */
final class RandomRule {

  private static final List<String> DAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

  private final Random random;

  RandomRule(Random random) {
    this.random = random;
  }

  LocalDateTime start() {
    return LocalDateTime.of(1995 + random.nextInt(30), 1, 1, 0, 0)
        .plusDays(random.nextInt(366))
        .plusSeconds(random.nextInt(86_400));
  }

  /** A rule of days, weeks, months or years. */
  String ofDays(boolean positions) {
    String freq = List.of("YEARLY", "MONTHLY", "WEEKLY", "DAILY").get(random.nextInt(4));
    List<String> parts = new ArrayList<>(List.of("FREQ=" + freq));
    boolean yearly = freq.equals("YEARLY");
    boolean byWeek = yearly && chance(4);
    maybe(parts, 3, "INTERVAL=" + (1 + random.nextInt(random.nextBoolean() ? 3 : 20)));
    maybe(parts, 2, "WKST=" + day());
    maybe(parts, 3, "BYMONTH=" + list(4, 1, 12));
    if (byWeek) {
      parts.add("BYWEEKNO=" + signed(4, 53));
    }
    if (yearly) {
      maybe(parts, 4, "BYYEARDAY=" + signed(6, 366));
    }
    if (!freq.equals("WEEKLY")) {
      maybe(parts, 4, "BYMONTHDAY=" + signed(5, 31));
    }
    boolean ordinals = yearly && !byWeek || freq.equals("MONTHLY");
    maybe(parts, 2, "BYDAY=" + days(ordinals, yearly));
    return withTimes(parts, positions);
  }

  /** A rule of hours, minutes or seconds. */
  String belowDays(boolean positions) {
    String freq = List.of("HOURLY", "MINUTELY", "SECONDLY").get(random.nextInt(3));
    List<String> parts = new ArrayList<>(List.of("FREQ=" + freq));
    int most = List.of(4, 100, 10_000, 200_000).get(random.nextInt(4));
    maybe(parts, 2, "INTERVAL=" + (1 + random.nextInt(most)));
    maybe(parts, 4, "BYMONTH=" + list(8, 1, 12));
    maybe(parts, 6, "BYYEARDAY=" + signed(90, 366));
    maybe(parts, 6, "BYMONTHDAY=" + signed(12, 31));
    maybe(parts, 4, "BYDAY=" + days(false, false));
    return withTimes(parts, positions);
  }

  private String withTimes(List<String> parts, boolean positions) {
    maybe(parts, 4, "BYHOUR=" + list(3, 0, 23));
    maybe(parts, 4, "BYMINUTE=" + list(3, 0, 59));
    maybe(parts, 4, "BYSECOND=" + list(3, 0, 59));
    if (positions && parts.stream().anyMatch(part -> part.startsWith("BY"))) {
      parts.add("BYSETPOS=" + signed(3, chance(2) ? 3 : 20));
    }
    return String.join(";", parts);
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private void maybe(List<String> parts, int oneIn, String part) {
    if (chance(oneIn)) {
      parts.add(part);
    }
  }

  private String list(int most, int min, int max) {
    List<String> values = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      values.add(String.valueOf(min + random.nextInt(max - min + 1)));
    }
    return String.join(",", values);
  }

  private String signed(int most, int max) {
    List<String> values = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      values.add((chance(3) ? "-" : "") + (1 + random.nextInt(max)));
    }
    return String.join(",", values);
  }

  private String day() {
    return DAYS.get(random.nextInt(7));
  }

  private String days(boolean ordinals, boolean ofYear) {
    List<String> values = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int ordinal = 1 + random.nextInt(ofYear && chance(2) ? 53 : 5);
      values.add((ordinals && chance(2) ? (chance(2) ? "-" : "") + ordinal : "") + day());
    }
    return String.join(",", values);
  }
}
