package io.carillon.common.schedule;

import static io.carillon.common.schedule.ScheduleSpec.FoldPolicy.BOTH;
import static io.carillon.common.schedule.ScheduleSpec.FoldPolicy.FIRST;
import static io.carillon.common.schedule.ScheduleSpec.FoldPolicy.LAST;
import static io.carillon.common.schedule.ScheduleSpec.GapPolicy.SHIFT;
import static io.carillon.common.schedule.ScheduleSpec.GapPolicy.SKIP;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.first;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expectations are worked out by hand from the zones' published rules. */
class DaylightSavingTest {

  /** The next time after an instant, and that count and matches agree. */
  private static void assertNext(
      String text, String zone, GapPolicy gap, FoldPolicy fold, String after, String expected) {
    ScheduleSpec spec = cron(text, zone, gap, fold);
    assertEquals(List.of(expected), first(1, spec, after), spec.canonical());
    Occurrences times = spec.compile();
    assertTrue(times.matches(at(expected)), spec.canonical());
    assertEquals(1, times.count(at(after), at(expected)), spec.canonical());
    assertEquals(0, times.count(at(after), at(expected) - 1), spec.canonical());
    assertEquals(at(expected), times.previousBefore(at(expected) + 1), spec.canonical());
    assertTrue(times.previousBefore(at(expected)) <= at(after), spec.canonical());
  }

  @ParameterizedTest
  @CsvSource({
    // 02:00 +01 becomes 03:00 +02 at 01:00Z
    "Europe/Berlin, 30 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z, 2026-03-30T00:30:00Z",
    "Europe/Berlin, 0 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z, 2026-03-30T00:00:00Z",
    "Europe/Berlin, 59 59 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z, 2026-03-30T00:59:59Z",
    "Europe/Berlin, 0 3 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z, 2026-03-29T01:00:00Z",
    // 02:00 -05 becomes 03:00 -04 at 07:00Z
    "America/New_York, 15 2 * * *, 2026-03-07T12:00:00Z, 2026-03-08T07:00:00Z, 2026-03-09T06:15:00Z",
    // 02:00 +10:30 becomes 02:30 +11 at 15:30Z of the day before
    "Australia/Lord_Howe, 15 2 * * *, 2026-10-03T00:00:00Z, 2026-10-03T15:30:00Z, 2026-10-04T15:15:00Z",
    // 00:00 becomes 01:00: midnight is left out
    "Asia/Beirut, 0 0 * * *, 2026-03-28T12:00:00Z, 2026-03-28T22:00:00Z, 2026-03-29T21:00:00Z",
    "America/Havana, 30 0 * * *, 2026-03-07T12:00:00Z, 2026-03-08T05:00:00Z, 2026-03-09T04:30:00Z",
    "America/Sao_Paulo, 0 0 * * *, 2018-11-03T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
    "Africa/Cairo, 0 0 * * *, 2026-04-23T12:00:00Z, 2026-04-23T22:00:00Z, 2026-04-24T21:00:00Z",
    // The end of Ramadan: 02:00 +00 becomes 03:00 +01
    "Africa/Casablanca, 30 2 * * *, 2026-03-21T12:00:00Z, 2026-03-22T02:00:00Z, 2026-03-23T01:30:00Z",
    // A whole day is left out: 2011-12-30, from 10:00Z on
    "Pacific/Apia, 0 12 * * *, 2011-12-30T00:00:00Z, 2011-12-30T10:00:00Z, 2011-12-30T22:00:00Z",
    "Pacific/Apia, 0 12 30 12 *, 2011-06-01T00:00:00Z, 2011-12-30T10:00:00Z, 2012-12-29T22:00:00Z",
    // The same in 1993, on 08-21 from 12:00Z on
    "Pacific/Kwajalein, 0 6 21 8 *, 1993-01-01T00:00:00Z, 1993-08-21T12:00:00Z, 1994-08-20T18:00:00Z",
    // 44 minutes and 30 seconds
    "Africa/Monrovia, 0 0 7 1 *, 1972-01-01T00:00:00Z, 1972-01-07T00:44:30Z, 1973-01-07T00:00:00Z",
  })
  void aFixedTimeInAGapShiftsOrSkips(
      String zone, String text, String after, String shifted, String skipped) {
    for (FoldPolicy fold : FoldPolicy.values()) {
      assertNext(text, zone, SHIFT, fold, after, shifted);
      assertNext(text, zone, SKIP, fold, after, skipped);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // 03:00 +02 becomes 02:00 +01 at 01:00Z
    "Europe/Berlin, 30 2 * * *, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z, 2026-10-25T01:30:00Z",
    "Europe/Berlin, 0 2 * * *, 2026-10-24T12:00:00Z, 2026-10-25T00:00:00Z, 2026-10-25T01:00:00Z",
    "Europe/Berlin, 59 59 2 * * *, 2026-10-24T12:00:00Z, 2026-10-25T00:59:59Z, 2026-10-25T01:59:59Z",
    "Europe/Berlin, 0 3 * * *, 2026-10-24T12:00:00Z, 2026-10-25T02:00:00Z, 2026-10-25T02:00:00Z",
    "America/New_York, 30 1 * * *, 2026-10-31T12:00:00Z, 2026-11-01T05:30:00Z, 2026-11-01T06:30:00Z",
    // 02:00 +11 becomes 01:30 +10:30 at 15:00Z
    "Australia/Lord_Howe, 45 1 * * *, 2026-04-04T00:00:00Z, 2026-04-04T14:45:00Z, 2026-04-04T15:15:00Z",
    // 00:00 becomes 23:00 of the day before
    "Asia/Beirut, 30 23 * * *, 2026-10-24T12:00:00Z, 2026-10-24T20:30:00Z, 2026-10-24T21:30:00Z",
    "America/Sao_Paulo, 15 23 * * *, 2019-02-16T12:00:00Z, 2019-02-17T01:15:00Z, 2019-02-17T02:15:00Z",
    "Africa/Cairo, 0 23 * * *, 2026-10-29T12:00:00Z, 2026-10-29T20:00:00Z, 2026-10-29T21:00:00Z",
    // 01:00 becomes 00:00: midnight comes twice
    "America/Havana, 0 0 * * *, 2026-10-31T12:00:00Z, 2026-11-01T04:00:00Z, 2026-11-01T05:00:00Z",
    // The beginning of Ramadan: 03:00 +01 becomes 02:00 +00
    "Africa/Casablanca, 30 2 * * *, 2026-02-14T12:00:00Z, 2026-02-15T01:30:00Z, 2026-02-15T02:30:00Z",
  })
  void aFixedTimeInAFoldFiresFirstLastOrBoth(
      String zone, String text, String after, String early, String late) {
    for (GapPolicy gap : GapPolicy.values()) {
      assertNext(text, zone, gap, FIRST, after, early);
      assertNext(text, zone, gap, LAST, after, late);
      assertNext(text, zone, gap, BOTH, after, early);
      if (!early.equals(late)) {
        assertNext(text, zone, gap, BOTH, early, late);
        Occurrences first = cron(text, zone, gap, FIRST).compile();
        Occurrences last = cron(text, zone, gap, LAST).compile();
        assertTrue(!first.matches(at(late)) && !last.matches(at(early)));
        assertEquals(1, first.count(at(after), at(late)));
        assertEquals(1, last.count(at(after), at(late)));
      }
    }
  }

  @Test
  void twoTimesInOneGapAreOneNominalTime() {
    ScheduleSpec spec = cron("0,30 2 * * *", "Europe/Berlin");
    assertEquals(
        List.of("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
        first(3, spec, "2026-03-28T01:00:00Z"));
    assertEquals(2, spec.compile().count(at("2026-03-28T01:00:00Z"), at("2026-03-29T23:00:00Z")));
  }

  @Test
  void aShiftOntoARegularTimeIsOneNominalTime() {
    ScheduleSpec spec = cron("0 2,3 * * *", "Europe/Berlin");
    assertEquals(
        List.of("2026-03-28T02:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
        first(3, spec, "2026-03-28T01:00:00Z"));
    assertEquals(2, spec.compile().count(at("2026-03-28T01:00:00Z"), at("2026-03-29T23:00:00Z")));
  }

  @Test
  void theMinuteThatAGapShiftsToIsNotAnotherDaysMatch() {
    // The 29th alone is asked for; its shift stays on it.
    ScheduleSpec spec = cron("30 2 29 3 *", "Europe/Berlin");
    assertEquals(
        List.of("2026-03-29T01:00:00Z", "2027-03-29T00:30:00Z"),
        first(2, spec, "2026-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "*/30 * * * *, 2026-03-29T00:00:00Z, 2026-03-29T00:30:00Z 2026-03-29T01:00:00Z 2026-03-29T01:30:00Z",
    "30 * * * *, 2026-03-29T00:00:00Z, 2026-03-29T00:30:00Z 2026-03-29T01:30:00Z 2026-03-29T02:30:00Z",
    "30 0-23 * * *, 2026-03-29T00:00:00Z, 2026-03-29T00:30:00Z 2026-03-29T01:30:00Z 2026-03-29T02:30:00Z",
    "*/30 * * * *, 2026-10-25T00:00:00Z, 2026-10-25T00:30:00Z 2026-10-25T01:00:00Z 2026-10-25T01:30:00Z",
    "*/20 2 * * *, 2026-10-25T00:30:00Z, 2026-10-25T00:40:00Z 2026-10-25T01:00:00Z 2026-10-25T01:20:00Z",
    "*/30 0-6 * * *, 2026-10-25T00:00:00Z, 2026-10-25T00:30:00Z 2026-10-25T01:00:00Z 2026-10-25T01:30:00Z",
    "*/30 0 2 * * *, 2026-10-25T00:00:00Z, 2026-10-25T00:00:30Z 2026-10-25T01:00:00Z 2026-10-25T01:00:30Z",
  })
  void everyHourAndSeveralTimesAnHourRunThroughWhateverThePolicy(
      String text, String after, String expected) {
    for (GapPolicy gap : GapPolicy.values()) {
      for (FoldPolicy fold : FoldPolicy.values()) {
        assertEquals(
            List.of(expected.split(" ")),
            first(3, cron(text, "Europe/Berlin", gap, fold), after),
            gap + " " + fold);
      }
    }
  }

  /**
   * A day keeps its number of fires: what the gap leaves out fires once, what the fold repeats too.
   */
  @ParameterizedTest
  @CsvSource({
    "30 1-3 * * *, 2026-03-29T00:00:00Z, 2026-03-29T00:30:00Z 2026-03-29T01:00:00Z 2026-03-29T01:30:00Z",
    "30 2-3 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z 2026-03-29T01:30:00Z 2026-03-30T00:30:00Z",
    "30 0-23/2 * * *, 2026-03-28T23:00:00Z, 2026-03-28T23:30:00Z 2026-03-29T01:00:00Z 2026-03-29T02:30:00Z",
    "30 */2 * * *, 2026-03-28T23:00:00Z, 2026-03-28T23:30:00Z 2026-03-29T01:00:00Z 2026-03-29T02:30:00Z",
    "0 */2 * * *, 2026-03-28T23:30:00Z, 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z 2026-03-29T04:00:00Z",
    "0-0 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z 2026-03-31T00:00:00Z",
    "*/20 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z 2026-03-30T00:20:00Z",
    "*/30 0 2 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z 2026-03-30T00:00:30Z",
    "30 1-3 * * *, 2026-10-24T23:00:00Z, 2026-10-24T23:30:00Z 2026-10-25T00:30:00Z 2026-10-25T02:30:00Z",
    "30 */2 * * *, 2026-10-24T22:00:00Z, 2026-10-24T22:30:00Z 2026-10-25T00:30:00Z 2026-10-25T03:30:00Z",
    "0-0 2 * * *, 2026-10-24T12:00:00Z, 2026-10-25T00:00:00Z 2026-10-26T01:00:00Z 2026-10-27T01:00:00Z",
    "45 30/30 2 * * *, 2026-10-24T23:00:00Z, 2026-10-25T00:30:45Z 2026-10-26T01:30:45Z 2026-10-27T01:30:45Z",
  })
  void namedHoursGoByThePolicyHoweverTheyAreWritten(String text, String after, String expected) {
    assertEquals(List.of(expected.split(" ")), first(3, cron(text, "Europe/Berlin"), after));
  }

  @Test
  void underSkipARangeOfHoursLosesWhatTheGapLeavesOut() {
    assertEquals(
        List.of("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        first(2, cron("30 1-3 * * *", "Europe/Berlin", SKIP, FIRST), "2026-03-29T00:00:00Z"));
  }

  @Test
  void halfHourShiftsRunThrough() {
    assertEquals(
        List.of("2026-10-03T15:15:00Z", "2026-10-03T15:30:00Z", "2026-10-03T15:45:00Z"),
        first(3, cron("*/15 * * * *", "Australia/Lord_Howe"), "2026-10-03T15:00:00Z"));
    // On the hour: 01:00 +10:30, then 03:00 +11, half an hour after 02:30.
    assertEquals(
        List.of("2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z"),
        first(2, cron("0 * * * *", "Australia/Lord_Howe"), "2026-10-03T14:00:00Z"));
    // 01:45 twice, half an hour apart.
    assertEquals(
        List.of("2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z"),
        first(3, cron("45 * * * *", "Australia/Lord_Howe"), "2026-04-04T14:00:00Z"));
  }

  @Test
  void theDayThatApiaLeftOutHasNoHours() {
    assertEquals(
        List.of("2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T11:00:00Z"),
        first(3, cron("0 * * * *", "Pacific/Apia"), "2011-12-30T08:00:00Z"));
    Occurrences hours = cron("0 * * * *", "Pacific/Apia").compile();
    // 8760 hours of the year less 24, from 2010-12-31T23:00 to 2011-12-31T23:00 local.
    assertEquals(8736, hours.count(at("2011-01-01T10:00:00Z") - 1, at("2011-12-31T10:00:00Z") - 1));
  }

  @Test
  void countsOfAYearKnowItsChanges() {
    long begin = at("2025-12-31T23:00:00Z") - 1;
    long end = at("2026-12-31T23:00:00Z") - 1;
    String zone = "Europe/Berlin";
    assertEquals(8760, cron("0 * * * *", zone).compile().count(begin, end));
    assertEquals(31_536_000, cron("* * * * * *", zone).compile().count(begin, end));
    assertEquals(365, cron("30 2 * * *", zone).compile().count(begin, end));
    assertEquals(364, cron("30 2 * * *", zone, SKIP, FIRST).compile().count(begin, end));
    assertEquals(366, cron("30 2 * * *", zone, SHIFT, BOTH).compile().count(begin, end));
    assertEquals(261, cron("0 9 * * MON-FRI", zone).compile().count(begin, end));
  }

  @Test
  void fixedOffsetsHaveNoChanges() {
    assertEquals(
        List.of("2026-03-29T05:30:00Z", "2026-03-30T05:30:00Z"),
        first(2, cron("30 2 * * *", "Etc/GMT+3"), "2026-03-29T05:00:00Z"));
  }

  /** From above: the last time before an instant. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 30 2 * * *, 2026-03-30T00:00:00Z, 2026-03-29T01:00:00Z, 2026-03-28T01:30:00Z",
    "America/New_York, 15 2 * * *, 2026-03-09T00:00:00Z, 2026-03-08T07:00:00Z, 2026-03-07T07:15:00Z",
    "Australia/Lord_Howe, 15 2 * * *, 2026-10-04T00:00:00Z, 2026-10-03T15:30:00Z, 2026-10-02T15:45:00Z",
    "Asia/Beirut, 0 0 * * *, 2026-03-29T12:00:00Z, 2026-03-28T22:00:00Z, 2026-03-27T22:00:00Z",
    "America/Havana, 30 0 * * *, 2026-03-08T12:00:00Z, 2026-03-08T05:00:00Z, 2026-03-07T05:30:00Z",
    "America/Sao_Paulo, 0 0 * * *, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-03T03:00:00Z",
    "Africa/Casablanca, 30 2 * * *, 2026-03-22T12:00:00Z, 2026-03-22T02:00:00Z, 2026-03-21T02:30:00Z",
    "Pacific/Apia, 0 12 * * *, 2011-12-30T12:00:00Z, 2011-12-30T10:00:00Z, 2011-12-29T22:00:00Z",
    "Pacific/Apia, 0 12 30 12 *, 2012-06-01T00:00:00Z, 2011-12-30T10:00:00Z, 2010-12-30T22:00:00Z",
  })
  void lookingBackAGapShiftsOrSkips(
      String zone, String text, String before, String shifted, String skipped) {
    for (FoldPolicy fold : FoldPolicy.values()) {
      assertEquals(at(shifted), previous(cron(text, zone, SHIFT, fold), before));
      assertEquals(at(skipped), previous(cron(text, zone, SKIP, fold), before));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 30 2 * * *, 2026-10-25T12:00:00Z, 2026-10-25T00:30:00Z, 2026-10-25T01:30:00Z",
    "America/New_York, 30 1 * * *, 2026-11-01T12:00:00Z, 2026-11-01T05:30:00Z, 2026-11-01T06:30:00Z",
    "Australia/Lord_Howe, 45 1 * * *, 2026-04-05T00:00:00Z, 2026-04-04T14:45:00Z, 2026-04-04T15:15:00Z",
    "Asia/Beirut, 30 23 * * *, 2026-10-25T12:00:00Z, 2026-10-24T20:30:00Z, 2026-10-24T21:30:00Z",
    "America/Havana, 0 0 * * *, 2026-11-01T12:00:00Z, 2026-11-01T04:00:00Z, 2026-11-01T05:00:00Z",
    "America/Sao_Paulo, 15 23 * * *, 2019-02-17T12:00:00Z, 2019-02-17T01:15:00Z, 2019-02-17T02:15:00Z",
    "Africa/Casablanca, 30 2 * * *, 2026-02-15T12:00:00Z, 2026-02-15T01:30:00Z, 2026-02-15T02:30:00Z",
  })
  void lookingBackAFoldHasFirstLastOrBoth(
      String zone, String text, String before, String early, String late) {
    assertEquals(at(early), previous(cron(text, zone, SHIFT, FIRST), before));
    assertEquals(at(late), previous(cron(text, zone, SHIFT, LAST), before));
    assertEquals(at(late), previous(cron(text, zone, SHIFT, BOTH), before));
    assertEquals(at(early), previous(cron(text, zone, SHIFT, BOTH), late));
  }

  private static long previous(ScheduleSpec spec, String before) {
    return spec.compile().previousBefore(at(before));
  }

  @Test
  void leapDaysReachTo2096AndBack() {
    Occurrences leap = cron("0 12 29 2 *", "America/New_York").compile();
    assertEquals(at("2096-02-29T17:00:00Z"), leap.nextAfter(at("2092-02-29T17:00:00Z")));
    assertEquals(Occurrences.NEVER, leap.nextAfter(at("2096-02-29T17:00:00Z")));
    assertEquals(at("2096-02-29T17:00:00Z"), leap.previousBefore(Long.MAX_VALUE));
    assertEquals(at("1904-02-29T17:00:00Z"), leap.nextAfter(Long.MIN_VALUE));
    assertEquals(at("1904-02-29T17:00:00Z"), leap.previousBefore(at("1908-02-29T17:00:00Z")));
    assertEquals(
        Occurrences.NEVER_BEFORE, leap.previousBefore(at("1904-02-29T17:00:00Z")), "1900 is none");
  }

  @Test
  void theLastDayOf2099IsTheLast() {
    for (String zone : List.of("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12")) {
      Occurrences times = cron("* * * * * *", zone).compile();
      assertTrue(times.matches(times.last()), zone);
      assertEquals(Occurrences.NEVER, times.nextAfter(times.last()), zone);
      assertEquals(times.last(), times.nextAfter(times.last() - 1), zone);
    }
    assertEquals(at("2099-12-31T22:59:59Z"), cron("0 0 * * *", "Europe/Berlin").compile().last());
  }
}
