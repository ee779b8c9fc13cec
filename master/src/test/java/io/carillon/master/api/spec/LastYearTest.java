package io.carillon.master.api.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.spec.Specs.Checked;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** What is said of years after 2099. */
class LastYearTest {

  private static final long NOW = Micros.parse("2026-06-01T00:00:00Z");
  private static final long LATER = Micros.parse("2100-01-01T00:00:00Z");
  private static final Rule DAILY = new CronRule(Dialect.UNIX, "0 9 * * *");

  private static Checked checked(Rule rule, long start, long end, long max) {
    ScheduleSpec spec =
        new ScheduleSpec(
            rule,
            ZoneId.of("America/New_York"),
            start,
            end,
            max,
            NOW,
            GapPolicy.SHIFT,
            FoldPolicy.FIRST);
    return new Checked(spec, spec.compile());
  }

  private static void assertEnds(boolean ends, Rule rule, long after, long end, long max) {
    Checked checked = checked(rule, Long.MIN_VALUE, end, max);
    assertEquals(ends, LastYear.ends(checked, after, Long.MAX_VALUE), checked.spec().canonical());
  }

  @Test
  void onlyWhereTheYearsCutTheTimesOffIsItSaid() {
    long none = Long.MAX_VALUE;
    assertEnds(true, DAILY, LATER + 6 * 3_600_000_000L, none, 0);
    assertEnds(true, DAILY, NOW, none, 0);
    assertEnds(true, new CronRule(Dialect.UNIX, "0 0 29 2 *"), LATER, none, 0);
    assertEnds(true, new RecurrenceRule("FREQ=YEARLY", NOW), NOW, none, 0);
    assertEnds(true, new RecurrenceRule("FREQ=HOURLY", NOW), NOW, none, 0);
    assertEnds(false, new RecurrenceRule("FREQ=YEARLY;COUNT=3", NOW), NOW, none, 0);
    assertEnds(false, new CronRule(Dialect.QUARTZ, "0 0 9 1 1 ? 2027"), NOW, none, 0);
    assertEnds(false, DAILY, NOW, none, 5);
    assertEnds(false, DAILY, NOW, LATER - 1, 0);
    assertEnds(false, new IntervalRule(1_000_000, 0), LATER, none, 0);
  }

  @Test
  void aScheduleThatBeginsLaterIsRefusedForThat() {
    Checked late = checked(DAILY, LATER + 86_400_000_000L, Long.MAX_VALUE, 0);
    ApiException refused =
        assertThrows(ApiException.class, () -> NeverFires.refuse("spec", late, NOW));
    assertEquals("SCHEDULE_NEVER_FIRES", refused.reason());
    assertTrue(refused.getMessage().contains("local year 2099"), refused.getMessage());
  }
}
