package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random expressions and local times. Another seed: {@code -Dcarillon.seed=n}. */
class LocalTimesPropertyTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_260_329L);
  private static final int EXPRESSIONS = 2_000;
  private static final long DAY = 86_400;

  private static final String[] TIMES = {
    "0 0 0", "* * *", "0 0 12", "30 59 23", "0 */7 8-17", "5,55 0 1,13", "*/9 3 0,23", "0 H H",
  };
  private static final String[] DATES = {
    "* * *",
    "29 2 *",
    "31 * *",
    "* 2-3 1",
    "13 * 5",
    "*/28 2 1",
    "30 2 *",
    "1 1 *",
    "31 12 0",
    "H H *",
  };
  private static final String[] QUARTZ_DATES = {
    "L * ?",
    "1W * ?",
    "LW 2 ?",
    "L-28 2 ?",
    "? 2 2#5",
    "? * 6L",
    "? * *",
    "29 2 ? 2096",
    "1 1 ? 1970",
    "L 12 ? 2099",
    "31W 2-4 ? 2000-2090/9",
    "? 12-1 SUN#1 2030,2040",
  };

  private final SplittableRandom random = new SplittableRandom(SEED);

  /** Half of them with the signs of Quartz, all with times of day. */
  private LocalTimes rule(StringBuilder scene) {
    boolean quartz = random.nextBoolean();
    String[] dates = quartz ? QUARTZ_DATES : DATES;
    String text = TIMES[random.nextInt(TIMES.length)] + " " + dates[random.nextInt(dates.length)];
    CronDialect dialect = quartz ? CronDialect.QUARTZ : CronDialect.SECONDS;
    int slot = random.nextInt();
    scene.append("seed ").append(SEED).append(": ").append(text).append(" slot ").append(slot);
    return new LocalTimes(CronParser.parse(text, dialect, slot));
  }

  /** Anywhere on the calendar and about its ends, often at midnight. */
  private long instant() {
    return switch (random.nextInt(8)) {
      case 0 -> LocalTimes.BEGIN - 3 + random.nextInt(7);
      case 1 -> LocalTimes.END - 3 + random.nextInt(7);
      case 2 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
      case 3 -> Math.floorDiv(random.nextLong(LocalTimes.BEGIN, LocalTimes.END), DAY) * DAY;
      default -> random.nextLong(LocalTimes.BEGIN, LocalTimes.END);
    };
  }

  @Test
  void lookingBackIsTheInverseOfLookingAhead() {
    int found = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      StringBuilder name = new StringBuilder();
      LocalTimes times = rule(name);
      for (int j = 0; j < 20; j++) {
        long at = instant();
        String scene = name + " at " + at;
        long before = times.previousBefore(at);
        if (before == LocalRule.NONE) {
          assertTrue(times.nextFrom(Long.MIN_VALUE) >= at, scene);
        } else {
          found++;
          assertTrue(before < at, scene);
          assertTrue(times.matches(before), scene);
          assertTrue(times.nextFrom(before + 1) >= at, scene);
          assertEquals(before, times.nextFrom(before), scene);
        }
        long next = times.nextFrom(at);
        if (next != LocalRule.NONE) {
          assertEquals(next, times.previousBefore(next + 1), scene);
          assertEquals(before, times.previousBefore(next), scene);
        } else {
          assertEquals(before, times.previousBefore(Long.MAX_VALUE), scene);
        }
      }
    }
    assertTrue(found > EXPRESSIONS, "not all are empty");
  }

  @Test
  void countAndNthAgreeWithTheWalk() {
    for (int i = 0; i < EXPRESSIONS; i++) {
      StringBuilder name = new StringBuilder();
      LocalTimes times = rule(name);
      long from = instant();
      String scene = name + " from " + from;
      int steps = 1 + random.nextInt(20);
      long at = times.nextFrom(from);
      for (int n = 1; n <= steps; n++) {
        assertEquals(at, times.nth(from, n), scene);
        if (at == LocalRule.NONE) {
          break;
        }
        assertEquals(n - 1, times.count(from, at), scene);
        assertEquals(n, times.count(from, at + 1), scene);
        at = times.nextFrom(at + 1);
      }
    }
  }

  @Test
  void specialDaysAgreeWithAWalkDayByDay() {
    int matches = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      RandomDays days = new RandomDays(random);
      LocalTimes times = new LocalTimes(CronParser.parse(days.text, CronDialect.QUARTZ, 0));
      LocalDate begin = LocalDate.of(1899, 12, 1).plusDays(random.nextInt(73_100));
      LocalDate end = begin.plusDays(random.nextInt(1_000));
      List<LocalDate> expected = new ArrayList<>();
      for (LocalDate date = begin; date.isBefore(end); date = date.plusDays(1)) {
        boolean match = days.matches(date) && date.getYear() >= 1900 && date.getYear() < 2100;
        if (match) {
          expected.add(date);
        }
        String scene = "seed " + SEED + ": " + days.text + " on " + date;
        assertEquals(match, times.matches(date.toEpochDay() * DAY), scene);
      }
      String scene = "seed " + SEED + ": " + days.text + " from " + begin + " to " + end;
      long from = begin.toEpochDay() * DAY;
      long to = end.toEpochDay() * DAY;
      assertEquals(expected, ahead(times, from, to), scene);
      assertEquals(expected, back(times, from, to), scene);
      assertEquals(expected.size(), times.count(from, to), scene);
      matches += expected.size();
    }
    assertTrue(matches > EXPRESSIONS, "not all are empty");
  }

  private static List<LocalDate> ahead(LocalTimes times, long from, long to) {
    List<LocalDate> found = new ArrayList<>();
    for (long at = times.nextFrom(from); at < to; at = times.nextFrom(at + 1)) {
      found.add(LocalDate.ofEpochDay(Math.floorDiv(at, DAY)));
    }
    return found;
  }

  private static List<LocalDate> back(LocalTimes times, long from, long to) {
    List<LocalDate> found = new ArrayList<>();
    for (long at = times.previousBefore(to);
        at != LocalRule.NONE && at >= from;
        at = times.previousBefore(at)) {
      found.add(0, LocalDate.ofEpochDay(Math.floorDiv(at, DAY)));
    }
    return found;
  }
}
