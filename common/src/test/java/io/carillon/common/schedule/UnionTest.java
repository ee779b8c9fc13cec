package io.carillon.common.schedule;

import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.first;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnionTest {

  private static final ZoneId UTC = ZoneId.of("UTC");

  private static Rule cron(String text) {
    return new CronRule(Dialect.UNIX, text);
  }

  private static ScheduleSpec union(Rule... rules) {
    return ScheduleSpec.of(new UnionRule(List.of(rules)), UTC);
  }

  @Test
  void aTimeThatSeveralRulesHaveIsOneTime() {
    ScheduleSpec spec =
        union(
            cron("0 9 * * *"),
            cron("0 9,12 * * MON"),
            new OnceRule(at("2026-12-29T09:00:00Z")),
            new IntervalRule(7 * 86_400_000_000L, at("2026-12-30T10:00:00Z")));
    assertEquals(
        List.of(
            "2026-12-28T09:00:00Z",
            "2026-12-28T12:00:00Z",
            "2026-12-29T09:00:00Z",
            "2026-12-30T09:00:00Z",
            "2026-12-30T10:00:00Z",
            "2026-12-31T09:00:00Z"),
        first(6, spec, "2026-12-28T00:00:00Z"));
    Occurrences times = spec.compile();
    long begin = at("2026-12-28T00:00:00Z");
    long end = at("2026-12-31T09:00:00Z");
    assertEquals(6, times.count(begin, end));
    assertEquals(5, times.count(begin, end - 1));
    assertEquals(at("2026-12-30T10:00:00Z"), times.previousBefore(end));
    assertEquals(end, bounded(spec, begin, MAX, 6, 0).compile().last());
    assertTrue(times.matches(at("2026-12-28T12:00:00Z")));
  }

  @Test
  void twoRulesOfTheSameTimesAreAsOne() {
    Occurrences times =
        union(cron("*/5 * * * *"), cron("0-59/5 * * * *"), cron("0 * * * *")).compile();
    assertEquals(288, times.count(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")));
  }

  @Test
  void theLastOfAUnionIsThatOfItsRules() {
    assertEquals(9, union(new OnceRule(5), new OnceRule(9)).compile().last());
    assertEquals(
        2, union(new OnceRule(5), new OnceRule(9), new OnceRule(5)).compile().count(MIN, MAX));
  }

  @Test
  void faultsNameTheRule() {
    refused("union.rules", "FIELD_OUT_OF_RANGE", union());
    refused(
        "union.rules",
        "FIELD_OUT_OF_RANGE",
        union(Collections.nCopies(21, cron("0 9 * * *")).toArray(Rule[]::new)));
    refused("union.rules[1].cron.expression", "CRON_SYNTAX", union(cron("0 9 * * *"), cron("x")));
    refused("union.rules[0].interval.period", "FIELD_OUT_OF_RANGE", union(new IntervalRule(1, 0)));
    refused(
        "union.rules[1].recurrence.rrule",
        "RRULE_SYNTAX",
        union(new OnceRule(1), new RecurrenceRule("FREQ=SOMETIMES", 0)));
    refused(
        "union.rules[0].recurrence.dtstart",
        "FIELD_OUT_OF_RANGE",
        union(new RecurrenceRule("FREQ=DAILY", 1)));
    refused(
        "max_fires", "FIELD_OUT_OF_RANGE", bounded(union(cron("0 9 * * *")), 0, MAX, 100_001, 0));
    refused(
        "max_fires",
        "FIELD_OUT_OF_RANGE",
        bounded(ScheduleSpec.of(new RecurrenceRule("FREQ=DAILY", 0), UTC), 0, MAX, 100_001, 0));
    Rule union = new UnionRule(List.of(cron("0 9 * * *")));
    assertThrows(IllegalArgumentException.class, () -> new UnionRule(List.of(union)));
  }

  private static void refused(String field, String reason, ScheduleSpec spec) {
    SpecException e = assertThrows(SpecException.class, spec::compile, spec.toString());
    assertEquals(field, e.field());
    assertEquals(reason, e.reason());
  }
}
