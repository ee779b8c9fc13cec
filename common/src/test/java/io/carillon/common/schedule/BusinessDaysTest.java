package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.first;
import static io.carillon.common.schedule.Specs.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** 2026-12-25 is a Friday, 2026-12-28 and 2027-01-04 are Mondays. */
class BusinessDaysTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_225L);
  private static final int WEEKEND = 1 | 1 << 6;
  private static final int EVERY_DAY = 127;

  private static BusinessDays days(Policy policy, int weekend, String... daysOff) {
    List<DayRange> off =
        List.of(daysOff).stream()
            .map(day -> DayRange.of(LocalDate.parse(day), LocalDate.parse(day)))
            .toList();
    return new BusinessDays(policy, List.of(new CalendarVersion("de", 1)), weekend, off);
  }

  @Test
  void whatFallsOnOtherDaysIsSkipped() {
    BusinessDays germany = days(Policy.SKIP_DAY, WEEKEND, "2026-12-25", "2027-01-01");
    ScheduleSpec spec = with(cron("0 9 * * *", "Europe/Berlin"), germany);
    assertEquals(
        List.of("2026-12-24T08:00:00Z", "2026-12-28T08:00:00Z", "2026-12-29T08:00:00Z"),
        first(3, spec, "2026-12-24T00:00:00Z"));
    Occurrences times = spec.compile();
    assertEquals(at("2026-12-24T08:00:00Z"), times.previousBefore(at("2026-12-28T08:00:00Z")));
    // 365 days of 2026 less 104 of weekends and one on a Friday.
    assertEquals(260, times.count(at("2025-12-31T23:00:00Z"), at("2026-12-31T22:59:59Z")));
    assertEquals(3, bounded(spec, at("2026-12-24T00:00:00Z"), MAX, 3, 0).compile().count(MIN, MAX));
  }

  @Test
  void theDayIsThatOfTheZone() {
    BusinessDays weekdays = days(Policy.SKIP_DAY, WEEKEND);
    // Sunday 23:30Z is Monday morning in Tokyo; Friday 23:30Z is Saturday there.
    IntervalRule daily = new IntervalRule(86_400_000_000L, at("2026-01-01T23:30:00Z"));
    assertEquals(
        List.of("2026-12-24T23:30:00Z", "2026-12-27T23:30:00Z"),
        first(
            2,
            with(ScheduleSpec.of(daily, ZoneId.of("Asia/Tokyo")), weekdays),
            "2026-12-24T00:00:00Z"));
    OnceRule saturday = new OnceRule(at("2026-12-26T12:00:00Z"));
    assertEquals(
        NEVER,
        with(ScheduleSpec.of(saturday, ZoneId.of("UTC")), weekdays).compile().nextAfter(MIN));
  }

  @Test
  void timesMoveToTheSameLocalTimeOfANeighbouringBusinessDay() {
    ScheduleSpec daily = cron("0 9 25-31 12 *", "Europe/Berlin");
    assertEquals(
        List.of("2026-12-28T08:00:00Z", "2026-12-29T08:00:00Z", "2026-12-30T08:00:00Z"),
        first(
            3,
            with(daily, days(Policy.NEXT_BUSINESS_DAY, WEEKEND, "2026-12-25")),
            "2026-12-20T00:00:00Z"));
    assertEquals(
        List.of("2026-12-24T08:00:00Z", "2026-12-28T08:00:00Z", "2026-12-29T08:00:00Z"),
        first(
            3,
            with(daily, days(Policy.PREVIOUS_BUSINESS_DAY, WEEKEND, "2026-12-25")),
            "2026-12-20T00:00:00Z"));
  }

  @Test
  void theLastOfAMonthMayMoveIntoTheNext() {
    RecurrenceRule lastDay =
        new RecurrenceRule("FREQ=MONTHLY;BYMONTHDAY=-1", at("2026-01-01T17:00:00Z"));
    ScheduleSpec spec = ScheduleSpec.of(lastDay, ZoneId.of("UTC"));
    // 2026-01-31 is a Saturday, as is 2026-02-28.
    assertEquals(
        List.of("2026-02-02T17:00:00Z", "2026-03-02T17:00:00Z", "2026-03-31T17:00:00Z"),
        first(3, with(spec, days(Policy.NEXT_BUSINESS_DAY, WEEKEND)), "2026-01-01T00:00:00Z"));
    assertEquals(
        List.of("2026-01-30T17:00:00Z", "2026-02-27T17:00:00Z", "2026-03-31T17:00:00Z"),
        first(3, with(spec, days(Policy.PREVIOUS_BUSINESS_DAY, WEEKEND)), "2026-01-01T00:00:00Z"));
  }

  @Test
  void exclusionsApplyToWhereATimeMovedTo() {
    ScheduleSpec moved = with(cron("0 9 * * SAT", "UTC"), days(Policy.NEXT_BUSINESS_DAY, WEEKEND));
    ScheduleSpec spec = Specs.except(moved, Specs.dates("2026-12-28", "2026-12-28"));
    assertEquals(
        List.of("2026-12-21T09:00:00Z", "2027-01-04T09:00:00Z"),
        first(2, spec, "2026-12-20T00:00:00Z"));
    ScheduleSpec saturday = Specs.except(moved, Specs.dates("2026-12-26", "2026-12-26"));
    assertEquals(List.of("2026-12-28T09:00:00Z"), first(1, saturday, "2026-12-22T00:00:00Z"));
  }

  @Test
  void onlyRulesOfLocalDaysMove() {
    BusinessDays next = days(Policy.NEXT_BUSINESS_DAY, WEEKEND);
    ZoneId utc = ZoneId.of("UTC");
    for (ScheduleSpec spec :
        List.of(
            ScheduleSpec.of(new IntervalRule(60_000_000, 0), utc),
            ScheduleSpec.of(new OnceRule(0), utc),
            ScheduleSpec.of(new RecurrenceRule("FREQ=HOURLY", 0), utc),
            ScheduleSpec.of(new RecurrenceRule("FREQ=WEEKLY;BYHOUR=9,17;BYSETPOS=1", 0), utc))) {
      SpecException e = assertThrows(SpecException.class, with(spec, next)::compile);
      assertEquals("calendar_policy", e.field());
      assertEquals("FIELD_OUT_OF_RANGE", e.reason());
    }
  }

  @Test
  void theLastWeekdayOfAMonthMovesOffAHoliday() {
    // By the calendar: 2027-12-31 is a Friday.
    ScheduleSpec last =
        ScheduleSpec.of(
            new RecurrenceRule(
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", at("2027-01-01T15:00:00Z")),
            ZoneId.of("UTC"));
    BusinessDays previous = days(Policy.PREVIOUS_BUSINESS_DAY, WEEKEND, "2027-12-31");
    assertEquals(
        List.of("2027-12-30T15:00:00Z", "2028-01-31T15:00:00Z"),
        first(2, with(last, previous), "2027-12-01T00:00:00Z"));
  }

  @Test
  void withoutAnyBusinessDayNothingFiresAndThatIsKnownSoon() {
    for (Policy policy : Policy.values()) {
      for (String text : List.of("0 0 * * SUN", "* * * * * *", "0 0 29 2 *")) {
        assertSoon(with(cron(text, "Europe/Berlin"), days(policy, EVERY_DAY)));
      }
    }
    assertSoon(with(cron("0 0 * * SUN", "America/New_York"), days(Policy.SKIP_DAY, WEEKEND)));
    assertSoon(with(cron("* * * * * SUN", "Asia/Beirut"), days(Policy.SKIP_DAY, WEEKEND)));
  }

  private static void assertSoon(ScheduleSpec spec) {
    spec.compile().nextAfter(0);
    long begin = Specs.cpuNanos();
    Occurrences times = spec.compile();
    assertEquals(NEVER, times.nextAfter(MIN), spec.canonical());
    assertEquals(Occurrences.NEVER_BEFORE, times.previousBefore(MAX), spec.canonical());
    assertTrue(Specs.cpuNanos() - begin < 50_000_000L, spec.canonical());
    assertEquals(0, times.count(MIN, MAX), spec.canonical());
  }

  /** Day by day over two years, with java.time. */
  @Test
  void movedTimesAgreeWithAWalkDayByDay() {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomSpec specs = new RandomSpec(random);
    for (int i = 0; i < 40; i++) {
      RandomCron cron = new RandomCron(random);
      BusinessDays drawn = specs.businessDays();
      boolean forward = random.nextBoolean();
      BusinessDays business =
          new BusinessDays(
              forward ? Policy.NEXT_BUSINESS_DAY : Policy.PREVIOUS_BUSINESS_DAY,
              drawn.calendars(),
              drawn.weekend(),
              drawn.daysOff());
      ScheduleSpec spec =
          with(
              cron.spec(
                  ZoneId.of("UTC"), ScheduleSpec.GapPolicy.SHIFT, ScheduleSpec.FoldPolicy.FIRST),
              business);
      LocalDate from = LocalDate.of(1971 + random.nextInt(120), 1 + random.nextInt(12), 1);
      LocalDate to = from.plusDays(60);
      // Far enough around that what moves here is seen: ranges are below 2000 days, and may touch.
      TreeSet<Long> expected = new TreeSet<>();
      List<LocalTime> ofDay = timesOfDay(cron, random);
      for (LocalDate day = from.minusDays(6000); day.isBefore(to.plusDays(6000)); ) {
        LocalDate target = day;
        if (cron.dayMatches(day)) {
          while (!Specs.isBusinessDay(business, target)
              && target.getYear() < 2100
              && target.getYear() > 1900) {
            target = forward ? target.plusDays(1) : target.minusDays(1);
          }
          if (!target.isBefore(from) && target.isBefore(to)) {
            for (LocalTime time : ofDay) {
              expected.add(LocalDateTime.of(target, time).toEpochSecond(ZoneOffset.UTC));
            }
          }
        }
        day = day.plusDays(1);
      }
      String scene = "seed " + SEED + ": " + spec.canonical() + " from " + from;
      Occurrences times = spec.compile();
      long begin = from.toEpochDay() * DayTable.DAY;
      long end = to.toEpochDay() * DayTable.DAY;
      for (long second : expected) {
        assertTrue(times.matches(second * 1_000_000), scene + " at " + second);
      }
      assertEquals(
          perDay(cron) * expected.size() / Math.max(1, ofDay.size()),
          times.count(begin * 1_000_000 - 1, end * 1_000_000 - 1),
          scene);
    }
  }

  /** Up to five of the times that the expression has on its days. */
  private static List<LocalTime> timesOfDay(RandomCron cron, SplittableRandom random) {
    TreeSet<LocalTime> times = new TreeSet<>();
    for (int i = 0; i < 5; i++) {
      times.add(
          LocalTime.of(
              oneOf(cron.hours, random), oneOf(cron.minutes, random), oneOf(cron.seconds, random)));
    }
    return List.copyOf(times);
  }

  private static int oneOf(boolean[] set, SplittableRandom random) {
    int at = random.nextInt(set.length);
    while (!set[at]) {
      at = (at + 1) % set.length;
    }
    return at;
  }

  private static long perDay(RandomCron cron) {
    return count(cron.hours) * count(cron.minutes) * count(cron.seconds);
  }

  private static long count(boolean[] set) {
    long count = 0;
    for (boolean bit : set) {
      count += bit ? 1 : 0;
    }
    return count;
  }

  @Test
  void whatARuleOfCutDaysMovesIsAllThere() {
    // Friday from noon on, Saturday, and Sunday up to 9: all on Monday.
    RecurrenceRule rule =
        new RecurrenceRule(
            "FREQ=DAILY;BYHOUR=6,9,12,15;BYMINUTE=0;COUNT=8", at("2026-12-25T12:00:00Z"));
    BusinessDays business = days(Policy.NEXT_BUSINESS_DAY, WEEKEND, "2026-12-25");
    ScheduleSpec spec = with(ScheduleSpec.of(rule, ZoneId.of("UTC")), business);
    assertEquals(
        List.of(
            "2026-12-28T06:00:00Z",
            "2026-12-28T09:00:00Z",
            "2026-12-28T12:00:00Z",
            "2026-12-28T15:00:00Z"),
        first(9, spec, "2026-12-01T00:00:00Z"));
    assertEquals(4, spec.compile().count(MIN, MAX));
    RecurrenceRule cut =
        new RecurrenceRule(
            "FREQ=DAILY;BYHOUR=6,9,12,15;BYMINUTE=0;COUNT=3", at("2026-12-26T12:00:00Z"));
    ScheduleSpec brief = with(ScheduleSpec.of(cut, ZoneId.of("UTC")), business);
    assertEquals(
        List.of("2026-12-28T06:00:00Z", "2026-12-28T12:00:00Z", "2026-12-28T15:00:00Z"),
        first(9, brief, "2026-12-01T00:00:00Z"));
    assertEquals(3, brief.compile().count(MIN, MAX));
    assertEquals(at("2026-12-28T15:00:00Z"), brief.compile().previousBefore(MAX));
  }

  @Test
  void theTableOfDaysEndsWithItsYears() {
    DayTable table = DayTable.of(days(Policy.SKIP_DAY, WEEKEND));
    int lastDay = (int) LocalDate.of(2099, 12, 31).toEpochDay();
    assertTrue(table.isOpen(lastDay), "a Thursday");
    assertTrue(!table.isOpen(lastDay + 1) && !table.isOpen(DayTable.BEGIN - 1));
    assertEquals(DayTable.NONE, table.openFrom(lastDay + 1));
    assertEquals(lastDay, table.openUpTo(Integer.MAX_VALUE));
    assertEquals(DayTable.END, table.closedFrom(lastDay));
    assertEquals(DayTable.BEGIN, table.openFrom(Integer.MIN_VALUE), "a Monday");
    assertEquals(DayTable.NONE, table.openUpTo(DayTable.BEGIN - 1));
  }
}
