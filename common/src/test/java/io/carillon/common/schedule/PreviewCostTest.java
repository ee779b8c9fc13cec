package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What it costs to look at a thousand times of the costliest specs that the limits allow, with what
 * there is to say about each: CPU time of this thread, so that it does not hang on what else the
 * machine does.
 */
class PreviewCostTest {

  /** The aim is 100; what else runs on a processor's other half takes up to as much again. */
  private static final long MOST_MILLIS = 200;

  private static final int TIMES = 1_000;
  private static final long NOW = 1_767_225_600_000_000L;
  private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");

  private static CronRule cron(String expression) {
    return new CronRule(Dialect.SECONDS, expression);
  }

  private static Rule rrule(String rrule) {
    return new RecurrenceRule(rrule, NOW);
  }

  private static UnionRule union(Rule rule) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < ScheduleSpec.MAX_UNION_RULES; i++) {
      rules.add(rule);
    }
    return new UnionRule(rules);
  }

  /** As many ranges as there may be, every second day. */
  private static BusinessDays calendars(Policy policy) {
    int begin = (int) LocalDate.of(2026, 1, 1).toEpochDay();
    List<DayRange> off = new ArrayList<>();
    for (int i = 0; i < ScheduleSpec.MAX_DAY_RANGES; i++) {
      off.add(new DayRange(begin + 2 * i, begin + 2 * i));
    }
    return new BusinessDays(policy, List.of(new CalendarVersion("c", 1)), 0, off);
  }

  private static List<Exclusion> exclusions() {
    List<Exclusion> exclusions = new ArrayList<>();
    for (int i = 0; i < ScheduleSpec.MAX_EXCLUSIONS; i++) {
      LocalDate day = LocalDate.of(2030, 1, 1).plusDays(3L * i);
      exclusions.add(new DateExclusion(DayRange.of(day, day.plusDays(1))));
    }
    return exclusions;
  }

  private static ScheduleSpec spec(Rule rule, long maxFires, Policy policy) {
    boolean moves = policy != Policy.SKIP_DAY;
    return new ScheduleSpec(
        rule,
        ZONE,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        maxFires,
        NOW,
        GapPolicy.SHIFT,
        FoldPolicy.BOTH,
        moves ? List.of() : exclusions(),
        calendars(policy),
        0);
  }

  private static Map<String, ScheduleSpec> costly() {
    Map<String, ScheduleSpec> specs = new LinkedHashMap<>();
    Map<String, Rule> rules = new TreeMap<>();
    rules.put("every second", cron("* * * * * *"));
    rules.put("once a day", cron("0 30 2 * * *"));
    rules.put("29 February", cron("0 0 0 29 2 *"));
    rules.put("milliseconds", new IntervalRule(ScheduleSpec.MIN_PERIOD_MICROS, 0));
    rules.put("rrule by seconds", rrule("FREQ=SECONDLY"));
    rules.put("rrule by minutes", rrule("FREQ=MINUTELY;BYDAY=MO,WE;BYSECOND=1,2,3"));
    rules.put("rrule by days", rrule("FREQ=DAILY;INTERVAL=3;BYHOUR=1,2,3;BYMINUTE=7,9"));
    rules.put("rrule by years", rrule("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=2,3,4;BYSETPOS=-1,2"));
    rules.put("rrule weeks", rrule("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO"));
    rules.forEach(
        (name, rule) -> {
          specs.put(name, spec(rule, 0, Policy.SKIP_DAY));
          specs.put(name + ", counted", spec(rule, 20_000, Policy.SKIP_DAY));
          specs.put(name + ", union", spec(union(rule), 0, Policy.SKIP_DAY));
          specs.put(name + ", union, counted", spec(union(rule), 20_000, Policy.SKIP_DAY));
          if (rule instanceof CronRule || name.contains("days") || name.contains("weeks")) {
            specs.put(name + ", moved", spec(rule, 0, Policy.NEXT_BUSINESS_DAY));
            specs.put(name + ", moved, counted", spec(rule, 20_000, Policy.NEXT_BUSINESS_DAY));
            specs.put(
                name + ", moved, union, counted",
                spec(union(rule), 20_000, Policy.PREVIOUS_BUSINESS_DAY));
          }
        });
    return specs;
  }

  private static ScheduleSpec uncounted(ScheduleSpec spec) {
    return new ScheduleSpec(
        spec.rule(),
        spec.zone(),
        spec.startMicros(),
        spec.endMicros(),
        0,
        0,
        spec.gap(),
        spec.fold(),
        spec.exclusions(),
        spec.businessDays(),
        0);
  }

  /** As a preview does. */
  private static void look(ScheduleSpec spec) {
    SpecInterner interner = new SpecInterner();
    Occurrences times = interner.intern(spec);
    Occurrences shown = interner.intern(uncounted(spec.withoutExclusions()));
    SpecNotes notes = new SpecNotes(spec, times);
    long at = NOW;
    for (int i = 0; i < TIMES; i++) {
      at = shown.nextAfter(at);
      if (at == Occurrences.NEVER) {
        return;
      }
      var unused = times.matches(at);
      notes.of(0, at);
    }
  }

  private static long cpuMillis(ScheduleSpec spec) {
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    look(spec);
    return (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
  }

  @Test
  void aThousandTimesOfAnySpecTakeLittle() {
    Map<String, Long> tooMuch = new TreeMap<>();
    costly()
        .forEach(
            (name, spec) -> {
              long least = Long.MAX_VALUE;
              // The first of its kind is also compiled; and the collector takes its share.
              for (int i = 0; i < 5 && least > MOST_MILLIS; i++) {
                least = Math.min(least, cpuMillis(spec));
              }
              if (Boolean.getBoolean("carillon.costs")) {
                System.out.println(name + ": " + cpuMillis(spec) + " ms");
              }
              if (least > MOST_MILLIS) {
                tooMuch.put(name, least);
              }
            });
    assertTrue(tooMuch.isEmpty(), () -> "more than " + MOST_MILLIS + " ms: " + tooMuch);
  }
}
