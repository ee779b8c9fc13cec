package io.carillon.simulation.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.simulation.oracle.PlainRule.Cron;
import io.carillon.simulation.oracle.PlainRule.Interval;
import io.carillon.simulation.oracle.PlainRule.Once;
import io.carillon.simulation.oracle.PlainRule.Recurring;
import io.carillon.simulation.oracle.PlainRule.Recurring.Unit;
import io.carillon.simulation.oracle.PlainRule.Union;
import io.carillon.simulation.oracle.PlainSpec.Fold;
import io.carillon.simulation.oracle.PlainSpec.Gap;
import io.carillon.simulation.oracle.PlainSpec.Range;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The oracle against times written by hand. */
class PlainTimesTest {

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** Clocks there go half an hour. */
  private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");

  private static long micros(String instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
  }

  private static void assertTimes(PlainSpec spec, String from, String to, String... expected) {
    assertEquals(
        List.of(expected),
        PlainTimes.of(spec, micros(from), micros(to)).stream()
            .map(time -> Instant.EPOCH.plus(time, ChronoUnit.MICROS).toString())
            .toList());
  }

  private static PlainSpec at(int hour, int minute, ZoneId zone) {
    return PlainSpec.of(Cron.daily(Set.of(0), Set.of(minute), Set.of(hour), false), zone);
  }

  @Test
  void an_interval_has_its_anchor_and_whole_periods_before_and_after_it() {
    PlainSpec spec = PlainSpec.of(new Interval(400_000, micros("2026-01-01T00:00:00.100Z")), UTC);
    assertTimes(
        spec,
        "2025-12-31T23:59:59.300Z",
        "2026-01-01T00:00:00.500Z",
        "2025-12-31T23:59:59.300Z",
        "2025-12-31T23:59:59.700Z",
        "2026-01-01T00:00:00.100Z");
  }

  @Test
  void a_single_time_is_in_a_range_with_its_beginning_but_not_its_end() {
    PlainSpec spec = PlainSpec.of(new Once(micros("2026-05-01T12:00:00.000001Z")), UTC);
    assertTimes(
        spec, "2026-05-01T12:00:00.000001Z", "2026-05-01T12:00:01Z", "2026-05-01T12:00:00.000001Z");
    assertTimes(spec, "2026-05-01T12:00:00Z", "2026-05-01T12:00:00.000001Z");
  }

  @Test
  void a_fixed_time_in_the_spring_gap_of_berlin_moves_to_its_end_or_is_left_out() {
    PlainSpec spec = at(2, 30, BERLIN);
    assertTimes(
        spec,
        "2026-03-28T00:00:00Z",
        "2026-03-31T00:00:00Z",
        "2026-03-28T01:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-30T00:30:00Z");
    assertTimes(
        spec.withPolicies(Gap.SKIP, Fold.FIRST),
        "2026-03-28T00:00:00Z",
        "2026-03-31T00:00:00Z",
        "2026-03-28T01:30:00Z",
        "2026-03-30T00:30:00Z");
  }

  @Test
  void what_moves_out_of_a_gap_onto_another_time_fires_once() {
    PlainSpec spec =
        PlainSpec.of(Cron.daily(Set.of(0), Set.of(0, 30), Set.of(2, 3), false), BERLIN);
    assertTimes(
        spec,
        "2026-03-29T00:00:00Z",
        "2026-03-29T12:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:30:00Z");
  }

  @Test
  void a_fixed_time_in_the_autumn_fold_of_berlin_follows_the_policy() {
    PlainSpec spec = at(2, 30, BERLIN);
    String from = "2026-10-25T00:00:00Z";
    String to = "2026-10-25T12:00:00Z";
    assertTimes(spec, from, to, "2026-10-25T00:30:00Z");
    assertTimes(spec.withPolicies(Gap.SHIFT, Fold.LAST), from, to, "2026-10-25T01:30:00Z");
    assertTimes(
        spec.withPolicies(Gap.SHIFT, Fold.BOTH),
        from,
        to,
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z");
  }

  @Test
  void a_rule_that_runs_through_goes_by_elapsed_time() {
    PlainSpec hourly =
        PlainSpec.of(Cron.daily(Set.of(0), Set.of(15), Cron.range(0, 23), true), BERLIN);
    assertTimes(
        hourly,
        "2026-03-29T00:00:00Z",
        "2026-03-29T03:00:00Z",
        "2026-03-29T00:15:00Z",
        "2026-03-29T01:15:00Z",
        "2026-03-29T02:15:00Z");
    assertTimes(
        hourly,
        "2026-10-25T00:00:00Z",
        "2026-10-25T03:00:00Z",
        "2026-10-25T00:15:00Z",
        "2026-10-25T01:15:00Z",
        "2026-10-25T02:15:00Z");
  }

  @Test
  void named_hours_keep_their_number_of_fires_however_they_are_written() {
    PlainSpec range =
        PlainSpec.of(Cron.daily(Set.of(0), Set.of(30), Cron.range(1, 3), false), BERLIN);
    assertTimes(
        range,
        "2026-03-29T00:00:00Z",
        "2026-03-29T03:00:00Z",
        "2026-03-29T00:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:30:00Z");
    assertTimes(
        range,
        "2026-10-24T23:00:00Z",
        "2026-10-25T03:00:00Z",
        "2026-10-24T23:30:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T02:30:00Z");
    PlainSpec twice = PlainSpec.of(Cron.daily(Set.of(0), Set.of(0, 30), Set.of(2), true), BERLIN);
    assertTimes(twice, "2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z");
    assertTimes(
        twice,
        "2026-10-25T00:00:00Z",
        "2026-10-25T03:00:00Z",
        "2026-10-25T00:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:00:00Z",
        "2026-10-25T01:30:00Z");
  }

  @Test
  void a_recurrence_rule_below_the_day_is_a_distance_of_elapsed_time() {
    LocalDateTime start = LocalDateTime.of(2026, 3, 28, 23, 0);
    assertTimes(
        PlainSpec.of(new Recurring(Unit.HOURLY, 2, start, Set.of()), BERLIN),
        "2026-03-28T12:00:00Z",
        "2026-03-29T05:00:00Z",
        "2026-03-28T22:00:00Z",
        "2026-03-29T00:00:00Z",
        "2026-03-29T02:00:00Z",
        "2026-03-29T04:00:00Z");
  }

  @Test
  void lord_howe_changes_by_half_an_hour() {
    // Forward at 02:00 (+10:30) to 02:30 (+11), back at 02:00 (+11) to 01:30 (+10:30).
    PlainSpec inGap = at(2, 15, LORD_HOWE);
    assertTimes(
        inGap,
        "2026-10-03T00:00:00Z",
        "2026-10-05T00:00:00Z",
        "2026-10-03T15:30:00Z",
        "2026-10-04T15:15:00Z");
    PlainSpec inFold = at(1, 45, LORD_HOWE).withPolicies(Gap.SHIFT, Fold.BOTH);
    assertTimes(
        inFold,
        "2026-04-04T00:00:00Z",
        "2026-04-05T12:00:00Z",
        "2026-04-04T14:45:00Z",
        "2026-04-04T15:15:00Z");
  }

  @Test
  void days_and_weekdays_of_unix_are_alternatives_when_both_are_restricted() {
    Set<Integer> noon = Set.of(12);
    Set<Integer> zero = Set.of(0);
    Cron either = new Cron(zero, zero, noon, Set.of(1), Cron.ALL_MONTHS, Set.of(0), true, false);
    assertTimes(
        PlainSpec.of(either, UTC),
        "2026-04-30T00:00:00Z",
        "2026-05-11T00:00:00Z",
        "2026-05-01T12:00:00Z",
        "2026-05-03T12:00:00Z",
        "2026-05-10T12:00:00Z");
    Cron both = new Cron(zero, zero, noon, Set.of(3), Cron.ALL_MONTHS, Set.of(0), false, false);
    assertTimes(
        PlainSpec.of(both, UTC),
        "2026-05-01T00:00:00Z",
        "2026-06-30T00:00:00Z",
        "2026-05-03T12:00:00Z");
  }

  @Test
  void recurrence_rules_count_their_periods_from_the_start() {
    LocalDateTime start = LocalDateTime.of(2026, 5, 4, 9, 0, 30);
    assertTimes(
        PlainSpec.of(new Recurring(Unit.MINUTELY, 90, start, Set.of()), UTC),
        "2026-05-04T00:00:00Z",
        "2026-05-04T12:30:00Z",
        "2026-05-04T09:00:30Z",
        "2026-05-04T10:30:30Z",
        "2026-05-04T12:00:30Z");
    // A Monday. Every second week, on Mondays and Sundays.
    Set<DayOfWeek> days = Set.of(DayOfWeek.MONDAY, DayOfWeek.SUNDAY);
    assertTimes(
        PlainSpec.of(new Recurring(Unit.WEEKLY, 2, start, days), BERLIN),
        "2026-05-01T00:00:00Z",
        "2026-05-25T00:00:00Z",
        "2026-05-04T07:00:30Z",
        "2026-05-10T07:00:30Z",
        "2026-05-18T07:00:30Z",
        "2026-05-24T07:00:30Z");
    assertTimes(
        PlainSpec.of(
            new Recurring(Unit.MONTHLY, 1, LocalDateTime.of(2026, 1, 31, 0, 0), Set.of()), UTC),
        "2026-01-01T00:00:00Z",
        "2026-06-01T00:00:00Z",
        "2026-01-31T00:00:00Z",
        "2026-03-31T00:00:00Z",
        "2026-05-31T00:00:00Z");
  }

  @Test
  void a_union_has_what_its_rules_have_each_time_once() {
    PlainSpec spec =
        PlainSpec.of(
            new Union(
                List.of(
                    new Interval(2_000_000, 0),
                    new Interval(3_000_000, 0),
                    new Once(micros("2026-05-01T00:00:01.500Z")))),
            UTC);
    assertTimes(
        spec,
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:05Z",
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:01.500Z",
        "2026-05-01T00:00:02Z",
        "2026-05-01T00:00:03Z",
        "2026-05-01T00:00:04Z");
  }

  @Test
  void bounds_include_their_ends_exclusions_do_not_and_the_count_is_of_what_is_left() {
    PlainSpec spec =
        PlainSpec.of(new Interval(1_000_000, 0), UTC)
            .between(micros("2026-05-01T00:00:01Z"), micros("2026-05-01T00:00:06Z"))
            .without(
                List.of(new Range(micros("2026-05-01T00:00:02Z"), micros("2026-05-01T00:00:04Z"))));
    assertTimes(
        spec,
        "2026-05-01T00:00:00Z",
        "2026-05-02T00:00:00Z",
        "2026-05-01T00:00:01Z",
        "2026-05-01T00:00:04Z",
        "2026-05-01T00:00:05Z",
        "2026-05-01T00:00:06Z");
    assertTimes(
        spec.atMost(3, 0),
        "2026-05-01T00:00:04Z",
        "2026-05-02T00:00:00Z",
        "2026-05-01T00:00:04Z",
        "2026-05-01T00:00:05Z");
  }

  @Test
  void without_a_start_the_count_begins_after_the_instant_given() {
    PlainSpec spec =
        PlainSpec.of(new Interval(1_000_000, 0), UTC).atMost(2, micros("2026-05-01T00:00:01Z"));
    assertTimes(
        spec,
        "2026-05-01T00:00:00Z",
        "2026-05-02T00:00:00Z",
        "2026-05-01T00:00:02Z",
        "2026-05-01T00:00:03Z");
  }
}
