package io.carillon.common.recurrence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;
import org.junit.jupiter.api.Test;

/** Random rules against the iterators of lib-recur, as far as they go. */
class LibRecurTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_122L);
  private static final int INSTANCES = 60;

  private static List<String> instances(String rrule, LocalDateTime start)
      throws InvalidRecurrenceRuleException {
    DateTime from =
        new DateTime(
            start.getYear(),
            start.getMonthValue() - 1,
            start.getDayOfMonth(),
            start.getHour(),
            start.getMinute(),
            start.getSecond());
    List<String> found = new ArrayList<>();
    try {
      RecurrenceRuleIterator iterator =
          new RecurrenceRule(rrule, RfcMode.RFC5545_STRICT).iterator(from);
      while (found.size() < INSTANCES) {
        DateTime at = iterator.nextDateTime();
        if (at.getYear() >= 2100) {
          return found;
        }
        found.add(
            LocalDateTime.of(
                    at.getYear(),
                    at.getMonth() + 1,
                    at.getDayOfMonth(),
                    at.getHours(),
                    at.getMinutes(),
                    at.getSeconds())
                .toString());
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      // It gives up after some thousand empty sets. What it found before counts.
      return found;
    }
    return found;
  }

  /**
   * Where it departs from the RFC: negative days of the year are off by one below the day, years
   * without a week 53 have one, and a day of the month is in the start's month only.
   */
  private static boolean departs(String rrule) {
    boolean yearly = rrule.startsWith("FREQ=YEARLY");
    return !yearly && rrule.matches(".*BYYEARDAY=[^;]*-.*")
        || rrule.matches(".*BYWEEKNO=[^;]*53.*")
        || yearly && rrule.contains("BYMONTHDAY") && !rrule.contains("BYMONTH=");
  }

  @Test
  void instancesAreThoseOfLibRecur() throws InvalidRecurrenceRuleException {
    RandomRule rules = new RandomRule(new Random(SEED));
    int compared = 0;
    for (int i = 0; i < 3000; i++) {
      LocalDateTime start = rules.start();
      String rrule = i % 2 == 0 ? rules.ofDays(i % 4 == 0) : rules.belowDays(i % 4 == 1);
      if (departs(rrule)) {
        continue;
      }
      List<String> expected = instances(rrule, start);
      if (rrule.startsWith("FREQ=YEARLY") && rrule.contains("BYSETPOS")) {
        // It counts positions from the start on, in the first year but not in a first month.
        expected.removeIf(at -> at.startsWith(start.getYear() + "-"));
      }
      if (!expected.isEmpty()) {
        Recurrence rule = Recurrence.of(rrule, start.toEpochSecond(ZoneOffset.UTC), ZoneOffset.UTC);
        List<String> found = Locals.instances(rule, Locals.at(expected.get(0)), expected.size());
        assertEquals(expected, found, rrule + " from " + start + ", seed " + SEED);
        compared += expected.size();
      }
    }
    assertTrue(compared > 60_000, "only " + compared + " instances, seed " + SEED);
  }
}
