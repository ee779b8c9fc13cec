package io.carillon.common.recurrence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random rules against a plain evaluator, and against themselves. Seed: -Dcarillon.seed=n. */
class RandomRulesTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_121L);

  private final Random random = new Random(SEED);
  private final RandomRule rules = new RandomRule(random);

  private static String label(String rrule, LocalDateTime start) {
    return rrule + " from " + start + ", seed " + SEED;
  }

  private static Recurrence recurrence(String rrule, LocalDateTime start) {
    return Locals.rule(rrule, start, ZoneOffset.UTC);
  }

  private void assertAsPlain(String rrule, LocalDateTime start, LocalDate end) {
    List<Long> expected = new PlainRecurrence(rrule, start).before(end);
    Recurrence rule = recurrence(rrule, start);
    long at = rule.nextFrom(Long.MIN_VALUE);
    for (long instance : expected) {
      if (instance != at) {
        assertEquals(Locals.text(instance), Locals.text(at), label(rrule, start));
      }
      at = rule.nextFrom(at + 1);
    }
    assertTrue(at >= end.atStartOfDay().toEpochSecond(ZoneOffset.UTC), label(rrule, start));
  }

  @Test
  void rulesOfDaysAreThoseOfThePlainEvaluator() {
    for (int i = 0; i < 300; i++) {
      LocalDateTime start = rules.start();
      assertAsPlain(rules.ofDays(false), start, start.toLocalDate().plusYears(6));
    }
  }

  @Test
  void positionsInSetsAreThoseOfThePlainEvaluator() {
    for (int i = 0; i < 300; i++) {
      LocalDateTime start = rules.start();
      // Sets are whole: the end of a year's weeks lies within the evaluator's ten days more.
      LocalDate end = LocalDate.of(start.getYear() + 5, 1, 1);
      assertAsPlain(rules.ofDays(true), start, end);
    }
  }

  @Test
  void rulesBelowTheDayAreThoseOfThePlainEvaluator() {
    for (int i = 0; i < 40; i++) {
      LocalDateTime start = rules.start();
      LocalDate end = start.toLocalDate().plusDays(4);
      assertAsPlain(rules.belowDays(random.nextInt(3) == 0), start, end);
    }
  }

  @Test
  void everyAnswerFollowsFromTheNextInstance() {
    int fired = 0;
    for (int i = 0; i < 1500; i++) {
      LocalDateTime start = rules.start();
      boolean positions = random.nextInt(3) == 0;
      String rrule = random.nextInt(3) == 0 ? rules.belowDays(positions) : rules.ofDays(positions);
      fired += assertConsistent(recurrence(rrule, start), label(rrule, start)) ? 1 : 0;
    }
    assertTrue(fired > 750, "only " + fired + " of 1500 rules fire, seed " + SEED);
  }

  private boolean assertConsistent(Recurrence rule, String label) {
    long from =
        LocalTimes.BEGIN + (long) (random.nextDouble() * (LocalTimes.END - LocalTimes.BEGIN));
    long at = rule.nextFrom(from);
    long before = rule.previousBefore(from);
    if (before != LocalRule.NONE) {
      assertTrue(before < from && rule.matches(before), label);
      assertEquals(at, rule.nextFrom(before + 1), label);
    }
    if (at == LocalRule.NONE) {
      assertEquals(before, rule.previousBefore(Long.MAX_VALUE), label);
      return before != LocalRule.NONE;
    }
    assertEquals(before, rule.previousBefore(at), label);
    for (int n = 1; n <= 20 && at != LocalRule.NONE; n++) {
      assertTrue(rule.matches(at), label);
      assertEquals(at, rule.nextFrom(at), label);
      assertEquals(at, rule.nth(from, n), label);
      assertEquals(n - 1, rule.count(from, at), label);
      assertEquals(n, rule.count(from, at + 1), label);
      long next = rule.nextFrom(at + 1);
      assertTrue(next > at, label);
      assertEquals(at, rule.previousBefore(next == LocalRule.NONE ? LocalTimes.END : next), label);
      at = next;
    }
    assertCountIsAdditive(rule, from, label);
    return true;
  }

  private void assertCountIsAdditive(Recurrence rule, long from, String label) {
    long to = from + random.nextInt(400 * 86_400);
    long between = from + (long) (random.nextDouble() * (to - from));
    long count = rule.count(from, to);
    assertEquals(count, rule.count(from, between) + rule.count(between, to), label);
    if (count > 0) {
      long last = rule.previousBefore(to);
      assertEquals(last, rule.nth(from, count), label);
      assertEquals(last, rule.nth(last, 1), label);
    }
  }

  @Test
  void aCountEndsWhereTheCountedInstancesDo() {
    for (int i = 0; i < 300; i++) {
      LocalDateTime start = rules.start();
      String rrule = rules.ofDays(random.nextBoolean());
      int count = 1 + random.nextInt(40);
      assertEquals(
          Locals.instances(recurrence(rrule, start), count),
          Locals.instances(recurrence(rrule + ";COUNT=" + count, start), count + 1),
          label(rrule, start));
    }
  }
}
