package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.time.Micros;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recurrence rules where clocks change; expectations are worked out by hand. */
class RecurrenceClockChangesTest {

  private static ScheduleSpec spec(
      String rrule, String dtstart, String zone, GapPolicy gap, FoldPolicy fold) {
    long start = OffsetDateTime.parse(dtstart).toEpochSecond() * Micros.PER_SECOND;
    return new ScheduleSpec(
        new RecurrenceRule(rrule, start), ZoneId.of(zone), Specs.MIN, Specs.MAX, 0, 0, gap, fold);
  }

  private static ScheduleSpec spec(String rrule, String dtstart, String zone) {
    return spec(rrule, dtstart, zone, GapPolicy.SHIFT, FoldPolicy.FIRST);
  }

  /** The first of all times, at most so many, as local times with their offsets. */
  private static List<String> local(ScheduleSpec spec, int limit) {
    Occurrences times = spec.compile();
    List<String> found = new ArrayList<>();
    long at = Long.MIN_VALUE;
    while (found.size() < limit && (at = times.nextAfter(at)) != Occurrences.NEVER) {
      ZonedDateTime local = Micros.toInstant(at).atZone(spec.zone());
      found.add(local.toLocalDateTime() + local.getOffset().toString());
    }
    return found;
  }

  private static void assertTimes(ScheduleSpec spec, String expected) {
    List<String> wanted = List.of(expected.split(" "));
    int more = expected.endsWith("none") ? 0 : 1;
    List<String> found = local(spec, wanted.size() + 1 - more);
    if (more == 0) {
      found.add("none");
    }
    assertEquals(wanted, found, spec.canonical());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      FREQ=HOURLY;COUNT=6 | 2026-10-24T23:00+02:00 | Europe/Berlin | 2026-10-24T23:00+02:00 2026-10-25T00:00+02:00 2026-10-25T01:00+02:00 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00 none
      FREQ=HOURLY;COUNT=6 | 2026-03-28T23:00+01:00 | Europe/Berlin | 2026-03-28T23:00+01:00 2026-03-29T00:00+01:00 2026-03-29T01:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00 2026-03-29T05:00+02:00 none
      FREQ=HOURLY;COUNT=6;BYMINUTE=0 | 2026-03-28T23:00+01:00 | Europe/Berlin | 2026-03-28T23:00+01:00 2026-03-29T00:00+01:00 2026-03-29T01:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00 2026-03-29T05:00+02:00 none
      FREQ=MINUTELY;COUNT=3;BYHOUR=2;BYMINUTE=30 | 2026-10-24T12:00+02:00 | Europe/Berlin | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-26T02:30+01:00 none
      FREQ=DAILY;COUNT=3;BYHOUR=2,3 | 2026-03-28T12:00+01:00 | Europe/Berlin | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00 2026-03-30T03:00+02:00 none
      """)
  void count_counts_what_there_is(String rrule, String dtstart, String zone, String expected) {
    assertTimes(spec(rrule, dtstart, zone), expected);
  }

  @Test
  void what_skip_leaves_out_does_not_count_and_what_both_repeats_counts_twice() {
    assertTimes(
        spec(
            "FREQ=DAILY;COUNT=3",
            "2024-03-09T02:30-05:00",
            "America/New_York",
            GapPolicy.SKIP,
            FoldPolicy.FIRST),
        "2024-03-09T02:30-05:00 2024-03-11T02:30-04:00 2024-03-12T02:30-04:00 none");
    assertTimes(
        spec(
            "FREQ=DAILY;COUNT=2",
            "2024-11-03T01:30-04:00",
            "America/New_York",
            GapPolicy.SHIFT,
            FoldPolicy.BOTH),
        "2024-11-03T01:30-04:00 2024-11-03T01:30-05:00 none");
  }

  @Test
  void count_is_of_the_rule_before_its_times_move_or_are_left_out() {
    ScheduleSpec spec = spec("FREQ=DAILY;COUNT=3", "2024-03-09T02:30-05:00", "America/New_York");
    ScheduleSpec moved =
        Specs.with(
            spec,
            new BusinessDays(
                BusinessDays.Policy.NEXT_BUSINESS_DAY,
                List.of(new BusinessDays.CalendarVersion("weekend", 1)),
                1 | 1 << 6,
                List.of()));
    assertTimes(moved, "2024-03-11T02:30-04:00 none");
    assertTimes(
        Specs.except(spec, Specs.dates("2024-03-10", "2024-03-10")),
        "2024-03-09T02:30-05:00 2024-03-11T02:30-04:00 none");
  }

  /** In New York 02:00 -04 becomes 01:00 -05 on 2024-11-03. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      FREQ=MINUTELY;INTERVAL=15              | 01:30-04:00 | 01:30-04:00 01:45-04:00 01:00-05:00 01:15-05:00 01:30-05:00
      FREQ=MINUTELY;INTERVAL=4               | 01:52-04:00 | 01:52-04:00 01:56-04:00 01:00-05:00 01:04-05:00
      FREQ=MINUTELY;INTERVAL=15              | 01:30-05:00 | 01:30-05:00 01:45-05:00 02:00-05:00
      FREQ=MINUTELY;INTERVAL=15;BYDAY=SU     | 01:30-04:00 | 01:30-04:00 01:45-04:00 01:00-05:00 01:15-05:00
      FREQ=MINUTELY;BYMINUTE=0,30;BYHOUR=1,2 | 01:30-04:00 | 01:30-04:00 01:00-05:00 01:30-05:00 02:00-05:00
      FREQ=MINUTELY;BYMINUTE=0,30;BYHOUR=1,2 | 01:10-05:00 | 01:30-05:00 02:00-05:00 02:30-05:00
      FREQ=HOURLY                            | 01:30-05:00 | 01:30-05:00 02:30-05:00
      FREQ=DAILY;BYHOUR=1,2                  | 01:30-05:00 | 01:30-05:00 02:30-05:00
      FREQ=DAILY;BYHOUR=1;BYMINUTE=15,30,45  | 01:30-05:00 | 01:30-05:00 01:45-05:00
      FREQ=DAILY;BYHOUR=1,2                  | 01:30-04:00 | 01:30-04:00 02:30-05:00
      """)
  void a_start_in_an_hour_that_comes_twice_keeps_its_instant(
      String rrule, String start, String expected) {
    ScheduleSpec spec = spec(rrule, "2024-11-03T" + start, "America/New_York");
    int wanted = expected.split(" ").length;
    assertEquals(
        List.of(expected.split(" ")),
        local(spec, wanted).stream().map(time -> time.substring("2024-11-03T".length())).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "FREQ=HOURLY;INTERVAL=2, 2026-03-28T23:00+01:00, Europe/Berlin, 120",
    "FREQ=HOURLY;INTERVAL=2, 2026-10-24T23:00+02:00, Europe/Berlin, 120",
    "FREQ=HOURLY;INTERVAL=2;BYMINUTE=30;BYSECOND=0, 2026-03-28T23:30+01:00, Europe/Berlin, 120",
    "FREQ=HOURLY;INTERVAL=7, 2026-03-28T23:00+01:00, Europe/Berlin, 420",
    "FREQ=MINUTELY;INTERVAL=7, 2026-03-29T00:03+01:00, Europe/Berlin, 7",
    "FREQ=MINUTELY;INTERVAL=7, 2026-10-25T00:03+02:00, Europe/Berlin, 7",
    "FREQ=MINUTELY;INTERVAL=7;BYSECOND=0, 2024-11-03T00:03-04:00, America/New_York, 7",
    "FREQ=MINUTELY;INTERVAL=90, 2024-03-09T23:00-05:00, America/New_York, 90",
    "FREQ=HOURLY, 2026-10-03T23:00+10:30, Australia/Lord_Howe, 60",
    "FREQ=HOURLY;INTERVAL=3, 2026-04-04T23:00+11:00, Australia/Lord_Howe, 180",
    "FREQ=HOURLY;INTERVAL=2, 2011-12-29T20:00-10:00, Pacific/Apia, 120",
  })
  void a_rule_that_names_no_time_of_day_is_a_distance_of_elapsed_time(
      String rrule, String dtstart, String zone, long minutes) {
    Occurrences times = spec(rrule, dtstart, zone).compile();
    long at = Micros.parse(OffsetDateTime.parse(dtstart).toInstant().toString());
    assertEquals(at, times.nextAfter(Specs.MIN));
    for (int i = 0; i < 200; i++) {
      long next = times.nextAfter(at);
      assertEquals(Duration.ofMinutes(minutes).toSeconds(), (next - at) / Micros.PER_SECOND);
      assertTrue(times.matches(next));
      assertEquals(at, times.previousBefore(next));
      at = next;
    }
    assertEquals(200, times.count(Specs.MIN, at - 1));
  }

  @Test
  void a_rule_that_names_times_of_day_is_matched_on_the_wall_clock_in_each_pass() {
    assertTimes(
        spec("FREQ=HOURLY;INTERVAL=2;BYHOUR=0,2,4", "2026-10-25T00:00+02:00", "Europe/Berlin"),
        "2026-10-25T00:00+02:00 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T04:00+01:00");
    assertTimes(
        spec("FREQ=HOURLY;INTERVAL=2;BYHOUR=0,2,4", "2026-03-29T00:00+01:00", "Europe/Berlin"),
        "2026-03-29T00:00+01:00 2026-03-29T04:00+02:00");
    assertTimes(
        spec("FREQ=HOURLY;BYMINUTE=0", "2026-10-04T00:00+10:30", "Australia/Lord_Howe"),
        "2026-10-04T00:00+10:30 2026-10-04T01:00+10:30 2026-10-04T03:00+11:00");
    assertTimes(
        spec("FREQ=HOURLY;INTERVAL=2;BYMINUTE=0", "2026-05-01T10:17+02:00", "Europe/Berlin"),
        "2026-05-01T12:00+02:00 2026-05-01T14:00+02:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      FREQ=HOURLY;UNTIL=20261025T003000Z       | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 none
      FREQ=HOURLY;UNTIL=20261025T013000Z       | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 none
      FREQ=HOURLY;UNTIL=20261025T023000        | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 none
      FREQ=HOURLY;BYHOUR=1,2,3;UNTIL=20261025T003000Z | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 none
      FREQ=DAILY;BYHOUR=2;UNTIL=20261025T003000Z      | 2026-10-25T02:30+02:00 none
      FREQ=DAILY;BYHOUR=2;UNTIL=20261025T011500Z      | 2026-10-25T02:30+02:00 none
      FREQ=DAILY;BYHOUR=2;UNTIL=20261025              | 2026-10-25T02:30+02:00 none
      """)
  void until_is_an_instant_where_it_is_in_utc(String rrule, String expected) {
    assertTimes(spec(rrule, "2026-10-25T01:30+02:00", "Europe/Berlin"), expected);
  }

  @Test
  void a_distance_ends_with_the_local_year_2099() {
    assertTimes(
        spec("FREQ=HOURLY", "2099-12-31T22:00+01:00", "Europe/Berlin"),
        "2099-12-31T22:00+01:00 2099-12-31T23:00+01:00 none");
    assertEquals(
        at("2099-12-31T22:59:59.999999Z"),
        spec("FREQ=HOURLY", "2026-01-01T00:00+01:00", "Europe/Berlin").compile().last());
  }

  private static long at(String instant) {
    return Specs.at(instant);
  }
}
