package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.between;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.dates;
import static io.carillon.common.schedule.Specs.except;
import static io.carillon.common.schedule.Specs.first;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExclusionsTest {

  private static final ScheduleSpec NINE = cron("0 9 * * *", "Europe/Berlin");

  @Test
  void wholeDaysAreThoseOfTheZone() {
    ScheduleSpec hours =
        except(cron("0 * * * *", "Europe/Berlin"), dates("2026-12-25", "2026-12-26"));
    assertEquals(
        List.of("2026-12-24T22:00:00Z", "2026-12-26T23:00:00Z"),
        first(2, hours, "2026-12-24T21:00:00Z"));
    assertEquals(
        at("2026-12-24T22:00:00Z"), hours.compile().previousBefore(at("2026-12-26T23:00:00Z")));
    assertEquals(2, hours.compile().count(at("2026-12-24T21:00:00Z"), at("2026-12-26T23:00:00Z")));
  }

  @Test
  void daysOf23And25HoursAreLeftOutWhole() {
    ScheduleSpec hours =
        except(
            cron("0 * * * *", "Europe/Berlin"),
            dates("2026-03-29", "2026-03-29"),
            dates("2026-10-25", "2026-10-25"));
    Occurrences times = hours.compile();
    assertEquals(0, times.count(at("2026-03-28T22:00:00Z"), at("2026-03-29T21:00:00Z")));
    assertTrue(times.matches(at("2026-03-29T22:00:00Z")));
    assertEquals(0, times.count(at("2026-10-24T21:00:00Z"), at("2026-10-25T22:00:00Z")));
    assertTrue(times.matches(at("2026-10-25T23:00:00Z")));
    // 365 days of 24 hours, less one of 23 and one of 25.
    assertEquals(
        365 * 24 - 48, times.count(at("2025-12-31T23:00:00Z") - 1, at("2026-12-31T23:00:00Z") - 1));
  }

  @Test
  void aDayThatBeginsTwiceIsLeftOutInBothParts() {
    // Havana, 2026-11-01: 01:00 -04 becomes 00:00 -05.
    Occurrences times =
        except(cron("*/30 * * * *", "America/Havana"), dates("2026-11-01", "2026-11-01")).compile();
    assertEquals(at("2026-11-01T03:30:00Z"), times.previousBefore(at("2026-11-02T05:00:00Z")));
    assertEquals(at("2026-11-02T05:00:00Z"), times.nextAfter(at("2026-11-01T03:30:00Z")));
    // St. John's once put its clocks back at 00:01, to 23:01 of the day before.
    Occurrences johns =
        except(cron("* * * * *", "America/St_Johns"), dates("2006-10-28", "2006-10-28")).compile();
    assertTrue(johns.matches(at("2006-10-29T02:30:00Z")), "the first 00:00 of the 29th");
    assertTrue(!johns.matches(at("2006-10-29T02:31:00Z")), "then the 28th again");
    assertEquals(at("2006-10-29T03:30:00Z"), johns.nextAfter(at("2006-10-29T02:30:00Z")));
  }

  @Test
  void rangesOfTimesEndBeforeTheirEnd() {
    ScheduleSpec spec = except(NINE, between("2026-12-24T08:00:00Z", "2026-12-26T08:00:00Z"));
    assertEquals(
        List.of("2026-12-23T08:00:00Z", "2026-12-26T08:00:00Z"),
        first(2, spec, "2026-12-23T00:00:00Z"));
    ScheduleSpec longer =
        except(NINE, between("2026-12-24T08:00:00.000001Z", "2026-12-26T08:00:00.000001Z"));
    assertEquals(
        List.of("2026-12-24T08:00:00Z", "2026-12-27T08:00:00Z"),
        first(2, longer, "2026-12-24T00:00:00Z"));
  }

  @Test
  void overlapsAreLeftOutOnce() {
    ScheduleSpec spec =
        except(
            NINE,
            between("2026-12-26T00:00:00Z", "2026-12-28T00:00:00Z"),
            dates("2026-12-24", "2026-12-24"),
            dates("2026-12-24", "2026-12-26"),
            dates("2026-12-28", "2026-12-28"));
    assertEquals(
        List.of("2026-12-23T08:00:00Z", "2026-12-29T08:00:00Z"),
        first(2, spec, "2026-12-23T00:00:00Z"));
  }

  @Test
  void maxFiresCountsWhatRemains() {
    ScheduleSpec spec =
        bounded(
            except(NINE, dates("2026-12-24", "2026-12-26")), at("2026-12-23T00:00:00Z"), MAX, 2, 0);
    assertEquals(
        List.of("2026-12-23T08:00:00Z", "2026-12-27T08:00:00Z"),
        first(9, spec, "2026-01-01T00:00:00Z"));
  }

  @Test
  void intervalsAreLeftOutToo() {
    IntervalRule minutes = new IntervalRule(60_000_000, 0);
    ScheduleSpec spec =
        except(
            ScheduleSpec.of(minutes, ZoneId.of("UTC")),
            new TimeExclusion(MIN, 0),
            new TimeExclusion(600_000_000, MAX));
    Occurrences times = spec.compile();
    assertEquals(10, times.count(MIN, MAX));
    assertEquals(0, times.nextAfter(MIN));
    assertEquals(NEVER, times.nextAfter(540_000_000));
    assertEquals(540_000_000, times.previousBefore(MAX));
    assertEquals(540_000_000, bounded(spec, MIN, MAX, 10, -1).compile().last());
    assertEquals(NEVER, ((Times) times).nthAfter(-1, 11));
  }

  @Test
  void everySecondOfAllYearsIsLeftOutAtOnce() {
    ScheduleSpec spec = except(cron("* * * * * *", "UTC"), dates("1970-01-01", "2099-12-31"));
    Occurrences warm = spec.compile();
    assertEquals(at("1969-12-31T23:59:59Z"), warm.previousBefore(MAX));
    long begin = Specs.cpuNanos();
    assertEquals(NEVER, spec.compile().nextAfter(-1));
    assertTrue(Specs.cpuNanos() - begin < 50_000_000L);
  }

  @Test
  void withoutExclusionsTheyAreThereAgain() {
    ScheduleSpec spec = except(NINE, dates("2026-12-24", "2026-12-26"));
    assertEquals(NINE, spec.withoutExclusions());
  }

  @Test
  void whatIsOutOfRangeIsRefusedByField() {
    refused("exclusions[1].dates.first", dates("2026-01-01", "2026-01-01"), days(-1, 5));
    refused("exclusions[0].dates.last", days(0, 47_482));
    refused("exclusions[0].times.end_time", new TimeExclusion(5, 5));
    refused(
        "exclusions",
        Collections.nCopies(101, dates("2026-01-01", "2026-01-01")).toArray(Exclusion[]::new));
    except(NINE, days(0, 47_481)).compile();
  }

  private static Exclusion days(int first, int last) {
    return new DateExclusion(new DayRange(first, last));
  }

  private static void refused(String field, Exclusion... exclusions) {
    SpecException e = assertThrows(SpecException.class, except(NINE, exclusions)::compile);
    assertEquals(field, e.field());
    assertEquals("FIELD_OUT_OF_RANGE", e.reason());
  }
}
