package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.first;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundsTest {

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final long SECOND = 1_000_000;

  private static ScheduleSpec every(long period, long anchor) {
    return ScheduleSpec.of(new IntervalRule(period, anchor), UTC);
  }

  private static ScheduleSpec once(long at) {
    return ScheduleSpec.of(new OnceRule(at), UTC);
  }

  private static void refused(ScheduleSpec spec, String field, String reason) {
    SpecException e = assertThrows(SpecException.class, spec::compile, spec.toString());
    assertEquals(field, e.field());
    assertEquals(reason, e.reason());
  }

  @Test
  void startAndEndAreInclusive() {
    long start = at("2026-01-02T00:00:00Z");
    long end = at("2026-01-04T00:00:00Z");
    ScheduleSpec spec = bounded(cron("0 0 * * *", "UTC"), start, end, 0, 0);
    assertEquals(
        List.of("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"),
        first(9, spec, "2025-01-01T00:00:00Z"));
    Occurrences times = spec.compile();
    assertTrue(times.matches(start) && times.matches(end));
    assertFalse(times.matches(start - 86_400 * SECOND) || times.matches(end + 86_400 * SECOND));
    assertEquals(3, times.count(MIN, MAX));
    assertEquals(2, times.count(start, end));
    assertEquals(end, times.last());
  }

  @Test
  void aMicrosecondPastATimeLeavesItOut() {
    long start = at("2026-01-02T00:00:00.000001Z");
    long end = at("2026-01-03T23:59:59.999999Z");
    ScheduleSpec spec = bounded(cron("0 0 * * *", "UTC"), start, end, 0, 0);
    assertEquals(List.of("2026-01-03T00:00:00Z"), first(9, spec, "2025-01-01T00:00:00Z"));
  }

  @Test
  void fractionsOfASecondAreNoCronTimes() {
    Occurrences times = cron("* * * * * *", "UTC").compile();
    assertFalse(times.matches(1));
    assertFalse(times.matches(-1));
    assertEquals(SECOND, times.nextAfter(0));
    assertEquals(SECOND, times.nextAfter(1));
    assertEquals(0, times.nextAfter(-1));
    assertEquals(0, times.count(1, SECOND - 1));
    assertEquals(1, times.count(SECOND - 1, SECOND));
    assertEquals(2, times.count(-1, 2 * SECOND - 1));
  }

  @Test
  void maxFiresCountsFromTheStartInclusive() {
    long start = at("2026-01-02T00:00:00Z");
    ScheduleSpec spec =
        bounded(cron("0 0 * * *", "UTC"), start, MAX, 2, at("2027-01-01T00:00:00Z"));
    assertEquals(
        List.of("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
        first(9, spec, "2025-01-01T00:00:00Z"));
    assertEquals(at("2026-01-03T00:00:00Z"), spec.compile().last());
  }

  @Test
  void maxFiresCountsFromCountFromExclusiveWhereThereIsNoStart() {
    ScheduleSpec spec = bounded(cron("0 0 * * *", "UTC"), MIN, MAX, 2, at("2026-01-02T00:00:00Z"));
    assertEquals(
        List.of("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"),
        first(9, spec, "2025-01-01T00:00:00Z"));
  }

  @Test
  void theEarlierOfEndAndMaxFiresHolds() {
    long start = at("2026-01-02T00:00:00Z");
    ScheduleSpec daily = cron("0 0 * * *", "UTC");
    assertEquals(1, bounded(daily, start, start + SECOND, 9, 0).compile().count(MIN, MAX));
    assertEquals(
        2, bounded(daily, start, start + 900 * 86_400 * SECOND, 2, 0).compile().count(MIN, MAX));
  }

  @Test
  void maxFiresBeyondTheLastTimeIsNoBound() {
    ScheduleSpec leap =
        bounded(cron("0 0 29 2 *", "UTC"), at("2026-01-01T00:00:00Z"), MAX, 1000, 0);
    Occurrences times = leap.compile();
    assertEquals(18, times.count(MIN, MAX));
    assertEquals(at("2099-12-31T23:59:59Z"), times.last());
  }

  @Test
  void maxFiresOfATwiceAYearChangeCountsItsExtraTimes() {
    ScheduleSpec spec =
        bounded(cron("0,30 2 * * *", "Europe/Berlin"), at("2026-03-28T00:00:00Z"), MAX, 4, 0);
    assertEquals(
        List.of(
            "2026-03-28T01:00:00Z",
            "2026-03-28T01:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-30T00:00:00Z"),
        first(9, spec, "2025-01-01T00:00:00Z"));
  }

  @Test
  void aBillionFiresOfEverySecondAreResolvedAtOnce() {
    ScheduleSpec spec = bounded(cron("* * * * * *", "Europe/Berlin"), MIN, MAX, 1_000_000_000, 0);
    spec.compile();
    long begin = System.nanoTime();
    Occurrences times = spec.compile();
    assertTrue(System.nanoTime() - begin < 50_000_000L, "50 ms");
    assertEquals(1_000_000_000L * SECOND, times.last());
    assertEquals(1_000_000_000L, times.count(MIN, MAX));
  }

  @Test
  void intervalsKeepTheirPhaseBeforeAndAfterTheAnchor() {
    Occurrences times = every(10 * SECOND, 3).compile();
    assertEquals(3, times.nextAfter(2));
    assertEquals(3 + 10 * SECOND, times.nextAfter(3));
    assertEquals(3 - 10 * SECOND, times.nextAfter(3 - 11 * SECOND));
    assertTrue(times.matches(3 - 70 * SECOND));
    assertFalse(times.matches(-3));
    assertEquals(3, times.count(3, 3 + 30 * SECOND));
    assertEquals(NEVER, times.last());
  }

  @Test
  void intervalsDoNotOverflow() {
    for (long anchor : new long[] {MIN, -1, 0, 7, MAX}) {
      for (long period : new long[] {1_000, ScheduleSpec.MAX_PERIOD_MICROS}) {
        Occurrences times = every(period, anchor).compile();
        long first = times.nextAfter(MIN);
        assertTrue(first > MIN && first - MIN <= period);
        assertTrue(times.matches(first));
        assertEquals(NEVER, times.nextAfter(MAX - 1));
        assertEquals(NEVER, times.nextAfter(MAX));
        assertFalse(times.matches(NEVER));
        long low = times.count(MIN, 0);
        long high = times.count(0, MAX);
        assertEquals(low + high, times.count(MIN, MAX));
        assertEquals(MAX / period, high, 1);
        assertEquals(MAX / period, low, 1);
      }
    }
  }

  @Test
  void maxFiresOfIntervalsIsArithmetic() {
    ScheduleSpec minutes = every(60 * SECOND, 5);
    assertEquals(
        5 + 60 * SECOND * 999_999_999L,
        bounded(minutes, 5, MAX, 1_000_000_000, 0).compile().last());
    assertEquals(5 + 60 * SECOND * 3, bounded(minutes, MIN, MAX, 3, 5).compile().last());
    Occurrences all =
        bounded(every(ScheduleSpec.MAX_PERIOD_MICROS, 0), 0, MAX, 1_000_000_000, 0).compile();
    assertEquals(NEVER, all.last());
    assertEquals(0, all.nextAfter(MIN));
  }

  @Test
  void aSingleTimeIsWithinItsBoundsOrNever() {
    Occurrences times = once(5).compile();
    assertEquals(5, times.nextAfter(4));
    assertEquals(NEVER, times.nextAfter(5));
    assertTrue(times.matches(5) && !times.matches(6));
    assertEquals(1, times.count(4, 5));
    assertEquals(0, times.count(5, 9));
    assertEquals(5, times.last());
    assertEquals(5, bounded(once(5), 5, 5, 1, 0).compile().nextAfter(MIN));
    assertEquals(NEVER, bounded(once(5), 6, MAX, 0, 0).compile().nextAfter(MIN));
    assertEquals(NEVER, bounded(once(5), MIN, 4, 0, 0).compile().nextAfter(MIN));
    assertEquals(NEVER, bounded(once(5), MIN, MAX, 3, 5).compile().nextAfter(MIN));
  }

  @Test
  void whatIsOutOfRangeIsRefusedByField() {
    refused(bounded(once(5), 2, 1, 0, 0), "end_time", "FIELD_OUT_OF_RANGE");
    refused(bounded(once(5), MIN, MAX, -1, 0), "max_fires", "FIELD_OUT_OF_RANGE");
    refused(bounded(once(5), MIN, MAX, 1_000_000_001, 0), "max_fires", "FIELD_OUT_OF_RANGE");
    refused(every(999, 0), "interval.period", "FIELD_OUT_OF_RANGE");
    refused(every(0, 0), "interval.period", "FIELD_OUT_OF_RANGE");
    refused(every(-1_000_000, 0), "interval.period", "FIELD_OUT_OF_RANGE");
    refused(every(ScheduleSpec.MAX_PERIOD_MICROS + 1, 0), "interval.period", "FIELD_OUT_OF_RANGE");
    refused(
        ScheduleSpec.of(new OnceRule(5), ZoneOffset.ofHours(2)), "time_zone", "UNKNOWN_TIME_ZONE");
    refused(cron("61 * * * *", "UTC"), "cron.expression", "CRON_SYNTAX");
  }

  @Test
  void theFaultOfAnExpressionHasItsPosition() {
    SpecException e = assertThrows(SpecException.class, cron("0 0 * * MON-FRO", "UTC")::compile);
    assertEquals(12, e.position());
    assertTrue(e.getMessage().contains("FRO"));
  }
}
