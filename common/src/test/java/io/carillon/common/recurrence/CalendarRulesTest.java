package io.carillon.common.recurrence;

import static io.carillon.common.recurrence.Locals.at;
import static io.carillon.common.recurrence.Locals.instances;
import static io.carillon.common.recurrence.Locals.rule;
import static io.carillon.common.recurrence.Locals.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calendars counted by hand, where the RFC has no example. */
class CalendarRulesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2024-02-29T08:00 | FREQ=YEARLY | 2024-02-29T08:00 2028-02-29T08:00 2032-02-29T08:00",
        "2024-01-31T08:00 | FREQ=MONTHLY | 2024-01-31T08:00 2024-03-31T08:00 2024-05-31T08:00",
        "2024-01-01T08:00 | FREQ=MONTHLY;BYMONTHDAY=-31 |"
            + " 2024-01-01T08:00 2024-03-01T08:00 2024-05-01T08:00",
        "2023-01-01T08:00 | FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-29,-1 |"
            + " 2023-02-28T08:00 2024-02-01T08:00 2024-02-29T08:00 2025-02-28T08:00",
        "1900-01-01T00:00 | FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29 | 1904-02-29T00:00",
        "2023-01-01T08:00 | FREQ=YEARLY;BYYEARDAY=366,-366 |"
            + " 2024-01-01T08:00 2024-12-31T08:00 2028-01-01T08:00",
        "2023-01-01T08:00 | FREQ=YEARLY;BYYEARDAY=60 |"
            + " 2023-03-01T08:00 2024-02-29T08:00 2025-03-01T08:00",
        "2023-01-01T08:00 | FREQ=YEARLY;BYMONTHDAY=31 |"
            + " 2023-01-31T08:00 2023-03-31T08:00 2023-05-31T08:00",
        "2023-01-05T08:00 | FREQ=YEARLY;BYDAY=-53SU,53SU |"
            + " 2023-12-31T08:00 2028-01-02T08:00 2028-12-31T08:00",
        "2024-01-01T08:00 | FREQ=YEARLY;BYMONTH=3;BYDAY=2SU | 2024-03-10T08:00 2025-03-09T08:00",
        "2024-01-01T08:00 | FREQ=MONTHLY;BYDAY=5FR |"
            + " 2024-03-29T08:00 2024-05-31T08:00 2024-08-30T08:00",
        "2024-01-01T08:00 | FREQ=MONTHLY;BYDAY=1MO,WE;BYMONTHDAY=1,2,3 |"
            + " 2024-01-01T08:00 2024-01-03T08:00 2024-04-01T08:00 2024-04-03T08:00",
        "2024-06-01T08:00 | FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO |"
            + " 2024-12-30T08:00 2025-12-29T08:00 2027-01-04T08:00",
        "2024-06-05T08:00 | FREQ=YEARLY;BYWEEKNO=53 | 2026-12-30T08:00 2032-12-29T08:00",
        "2024-06-05T08:00 | FREQ=YEARLY;BYWEEKNO=-1 |"
            + " 2024-12-25T08:00 2025-12-24T08:00 2026-12-30T08:00",
        "2024-01-01T08:00 | FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU |"
            + " 2024-12-29T08:00 2026-01-04T08:00 2027-01-03T08:00",
        "2024-01-01T08:00 | FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=8,17 |"
            + " 2024-01-31T17:00 2024-02-29T17:00 2024-03-29T17:00",
        "2024-01-01T08:00 | FREQ=MONTHLY;BYMONTHDAY=10,20;BYHOUR=6,18;BYSETPOS=2,-2 |"
            + " 2024-01-10T18:00 2024-01-20T06:00 2024-02-10T18:00 2024-02-20T06:00",
        "2024-01-01T08:00 | FREQ=DAILY;BYHOUR=6,12,18;BYSETPOS=-1,1 |"
            + " 2024-01-01T18:00 2024-01-02T06:00 2024-01-02T18:00",
        "2024-01-01T08:00 | FREQ=YEARLY;BYDAY=MO;BYSETPOS=-1 | 2024-12-30T08:00 2025-12-29T08:00",
        "2024-01-10T08:00 | FREQ=MONTHLY;BYMONTHDAY=5,15,25;BYSETPOS=2 |"
            + " 2024-01-15T08:00 2024-02-15T08:00",
        "2024-01-01T08:00 | FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29 | 2024-02-29T08:00",
        "2024-01-01T08:00 | FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO | 2044-02-29T08:00"
            + " 2072-02-29T08:00",
        "2024-01-01T08:30 | FREQ=HOURLY;INTERVAL=7;BYDAY=TU |"
            + " 2024-01-02T05:30 2024-01-02T12:30 2024-01-02T19:30 2024-01-09T05:30",
        "2024-01-01T08:30 | FREQ=HOURLY;BYHOUR=9;BYMINUTE=0,20,40;BYSETPOS=-1 |"
            + " 2024-01-01T09:40 2024-01-02T09:40",
        "2024-01-01T08:30:10 | FREQ=MINUTELY;BYHOUR=9;BYMINUTE=5;BYSECOND=1,60 |"
            + " 2024-01-01T09:05:01 2024-01-01T09:05:59 2024-01-02T09:05:01",
        "2024-01-01T08:30:10 | FREQ=SECONDLY;INTERVAL=25;BYSECOND=0 |"
            + " 2024-01-01T08:31 2024-01-01T08:36 2024-01-01T08:41",
        "2024-01-01T00:00 | FREQ=SECONDLY;INTERVAL=86401 |"
            + " 2024-01-01T00:00 2024-01-02T00:00:01 2024-01-03T00:00:02",
        "2024-01-01T00:00 | FREQ=SECONDLY;INTERVAL=2147483647 |"
            + " 2024-01-01T00:00 2092-01-19T03:14:07",
        "2024-01-01T00:00 | FREQ=HOURLY;INTERVAL=25;BYHOUR=0 | 2024-01-01T00:00 2024-01-26T00:00",
        "2024-01-01T00:00 | FREQ=MINUTELY;BYYEARDAY=-1;BYHOUR=23;BYMINUTE=59 |"
            + " 2024-12-31T23:59 2025-12-31T23:59",
        "2024-01-01T00:00 | FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=-1;BYHOUR=3;BYMINUTE=4;BYSECOND=5 |"
            + " 2024-02-29T03:04:05 2025-02-28T03:04:05",
        "2099-12-31T23:59:58 | FREQ=SECONDLY | 2099-12-31T23:59:58 2099-12-31T23:59:59 none",
        "2099-12-29T08:00 | FREQ=WEEKLY;BYDAY=MO,WE,SA;BYSETPOS=2 | 2099-12-30T08:00 none",
      })
  void instancesAre(String start, String rrule, String listed) {
    List<String> expected = new ArrayList<>(List.of(listed.split(" ")));
    List<String> found = instances(rule(rrule, start), expected.size());
    expected.remove("none");
    assertEquals(expected, found);
  }

  @Test
  void theStartIsAnInstanceOnlyIfItFits() {
    assertTrue(rule("FREQ=WEEKLY;BYDAY=TU", "2024-01-02T08:00").matches(at("2024-01-02T08:00")));
    assertFalse(rule("FREQ=WEEKLY;BYDAY=WE", "2024-01-02T08:00").matches(at("2024-01-02T08:00")));
  }

  @Test
  void aCountBeginsWithTheFirstInstanceAndNotWithAStartThatIsNone() {
    assertEquals(
        List.of("2024-01-03T08:00", "2024-01-10T08:00"),
        instances(rule("FREQ=WEEKLY;BYDAY=WE;COUNT=2", "2024-01-02T08:00"), 3));
  }

  @ParameterizedTest
  @CsvSource({
    "FREQ=DAILY;UNTIL=20240103, 2024-01-03T08:00",
    "FREQ=DAILY;UNTIL=20240103T080000, 2024-01-03T08:00",
    "FREQ=DAILY;UNTIL=20240103T075959, 2024-01-02T08:00",
    "FREQ=DAILY;UNTIL=20240103T130000Z, 2024-01-03T08:00",
    "FREQ=DAILY;UNTIL=20240103T125959Z, 2024-01-02T08:00",
    "FREQ=DAILY;UNTIL=20240704T120000Z, 2024-07-04T08:00",
    "FREQ=DAILY;UNTIL=20240704T115959Z, 2024-07-03T08:00",
    "FREQ=DAILY;UNTIL=20240101, 2024-01-01T08:00",
    "FREQ=DAILY;UNTIL=20240101T080000, 2024-01-01T08:00",
    "FREQ=DAILY;UNTIL=99991231T235959Z, 2099-12-31T08:00",
    "FREQ=DAILY, 2099-12-31T08:00",
    "FREQ=SECONDLY;COUNT=100000, 2024-01-02T11:46:39",
  })
  void theLastInstanceIs(String rrule, String last) {
    Recurrence rule = rule(rrule, "2024-01-01T08:00");
    long found = rule.previousBefore(Long.MAX_VALUE);
    assertEquals(last, text(found));
    assertTrue(rule.matches(found));
    assertEquals(LocalRule.NONE, rule.nextFrom(found + 1));
    assertEquals(LocalRule.NONE, rule.nth(found, 2));
  }

  @Test
  void untilInUtcIsReadOnTheClocksOfTheZone() {
    LocalDateTime start = LocalDateTime.parse("2024-01-01T08:00");
    String rrule = "FREQ=DAILY;UNTIL=20240103T000000Z";
    Recurrence newYork = rule(rrule, start, Locals.NEW_YORK);
    Recurrence tokyo = rule(rrule, start, ZoneId.of("Asia/Tokyo"));
    assertEquals("2024-01-02T08:00", text(newYork.previousBefore(Long.MAX_VALUE)));
    assertEquals("2024-01-03T08:00", text(tokyo.previousBefore(Long.MAX_VALUE)));
    assertNotEquals(newYork, tokyo);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HOURLY", "MINUTELY", "SECONDLY"})
  void rulesBelowTheDayRunThroughChangesOfTheClock(String freq) {
    assertTrue(rule("FREQ=" + freq + ";INTERVAL=5", "2024-01-01T08:00").runsThrough());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
  void rulesOfDaysNameLocalTimes(String freq) {
    assertFalse(rule("FREQ=" + freq + ";BYHOUR=1,2,3", "2024-01-01T08:00").runsThrough());
  }

  @Test
  void howARuleIsWrittenMakesNoDifference() {
    Recurrence rule = rule("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9", "2024-01-01T08:00");
    Recurrence same =
        rule("rrule:byhour=09;interval=1;byday=-1fr;freq=monthly", "2024-01-01T08:00");
    assertEquals(rule, same);
    assertEquals(rule.hashCode(), same.hashCode());
    assertNotEquals(rule, rule("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9", "2024-01-01T08:01"));
    assertNotEquals(rule, rule("FREQ=MONTHLY;BYDAY=-1SA;BYHOUR=9", "2024-01-01T08:00"));
  }

  @Test
  void countsOfLongRangesAreThoseOfTheCalendar() {
    String start = "2000-01-01T00:00";
    assertEquals(36_525L, rule("FREQ=DAILY", start).count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(
        36_525L * 86_400, rule("FREQ=SECONDLY", start).count(LocalTimes.BEGIN, LocalTimes.END));
    // The century's seconds are 450822857 times 7, and one more.
    assertEquals(
        36_525L * 86_400 / 7 + 1,
        rule("FREQ=SECONDLY;INTERVAL=7", start).count(LocalTimes.BEGIN, LocalTimes.END));
    assertEquals(
        25L, rule("FREQ=YEARLY;BYYEARDAY=366", start).count(LocalTimes.BEGIN, LocalTimes.END));
    assertEquals(
        1200L,
        rule("FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=1", start).count(LocalTimes.BEGIN, LocalTimes.END));
  }
}
