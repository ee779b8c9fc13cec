package io.carillon.master.api.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.spec.Specs.Checked;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which part of a spec is named as the one to blame. */
class NeverFiresTest {

  private static final long NOW = Micros.parse("2026-06-01T00:00:00Z");
  private static final long NONE = Long.MIN_VALUE;

  private static Rule cron(String expression) {
    return new CronRule(Dialect.UNIX, expression);
  }

  private static ScheduleSpec spec(
      Rule rule, long start, long end, List<Exclusion> exclusions, BusinessDays days) {
    return new ScheduleSpec(
        rule,
        ZoneId.of("UTC"),
        start,
        end,
        0,
        0,
        GapPolicy.SHIFT,
        FoldPolicy.FIRST,
        exclusions,
        days,
        0);
  }

  private static void assertBlamed(String part, ScheduleSpec spec) {
    ApiException refused =
        assertThrows(
            ApiException.class,
            () -> NeverFires.refuse("spec", new Checked(spec, spec.compile()), NOW));
    assertEquals("SCHEDULE_NEVER_FIRES", refused.reason());
    assertTrue(refused.getMessage().contains(part), refused.getMessage());
  }

  @Test
  void theRule() {
    assertBlamed(
        "no date fits the cron expression \"0 0 30 2 *\"",
        ScheduleSpec.of(cron("0 0 30 2 *"), ZoneId.of("UTC")));
    assertBlamed(
        "no date fits the recurrence rule \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\"",
        ScheduleSpec.of(
            new RecurrenceRule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 0), ZoneId.of("UTC")));
  }

  @Test
  void theBounds() {
    long noon = Micros.parse("2026-07-01T12:00:00Z");
    assertBlamed(
        "is between start_time and end_time",
        spec(cron("0 9 * * *"), noon, noon + 1, List.of(), BusinessDays.ALL));
  }

  @Test
  void thePast() {
    assertBlamed(
        "the last was 2026-05-30T09:00:00Z",
        spec(
            cron("0 9 * * *"),
            NONE,
            Micros.parse("2026-05-31T00:00:00Z"),
            List.of(),
            BusinessDays.ALL));
  }

  @Test
  void theCalendars() {
    // Bit 6 is Saturday.
    BusinessDays days =
        new BusinessDays(
            BusinessDays.Policy.SKIP_DAY,
            List.of(new CalendarVersion("bank", 1)),
            1 << 6,
            List.of());
    assertBlamed(
        "falls on a business day", spec(cron("0 9 * * 6"), NONE, Long.MAX_VALUE, List.of(), days));
  }

  @Test
  void theExclusions() {
    assertBlamed(
        "exclusions leave out every time",
        spec(
            cron("0 9 * * *"),
            NOW,
            Micros.parse("2099-01-01T00:00:00Z"),
            List.of(new DateExclusion(new DayRange(0, 47_481))),
            BusinessDays.ALL));
  }
}
