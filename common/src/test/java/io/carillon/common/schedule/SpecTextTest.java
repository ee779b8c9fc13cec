package io.carillon.common.schedule;

import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecTextTest {

  private static final ZoneId UTC = ZoneId.of("UTC");

  /** Specs that differ from one another, some of them malformed. */
  private static List<ScheduleSpec> specs() {
    List<ScheduleSpec> specs = new ArrayList<>();
    List<String> expressions =
        List.of(
            "0 9 * * 1-5",
            "0 9  * * 1-5",
            "@daily",
            "",
            "%",
            "%25",
            ";",
            "=",
            "a;zone=UTC",
            "\t",
            "\n",
            "\u007f",
            "\u0663",
            "\uff15",
            "\ud800",
            "\udc00",
            "?",
            "\ud83d\ude00",
            "%uD800");
    for (String expression : expressions) {
      specs.add(cron(expression, "UTC"));
      specs.add(cron(expression, "Etc/GMT+3", GapPolicy.SKIP, FoldPolicy.LAST));
    }
    ScheduleSpec interval = ScheduleSpec.of(new IntervalRule(60_000_000, -7), UTC);
    specs.add(interval);
    specs.add(ScheduleSpec.of(new IntervalRule(0, MAX), UTC));
    specs.add(ScheduleSpec.of(new OnceRule(MIN), UTC));
    specs.add(ScheduleSpec.of(new OnceRule(MAX), UTC));
    specs.add(bounded(interval, 0, MAX, 0, 0));
    specs.add(bounded(interval, MIN, 0, 0, 0));
    specs.add(bounded(interval, MIN, MAX, 3, 0));
    specs.add(bounded(interval, MIN, MAX, 3, 1));
    specs.add(bounded(interval, MIN, MAX, 0, 1));
    specs.add(bounded(interval, -5, 99, 1_000_000_000, MIN));
    addKinds(specs);
    return specs;
  }

  private static void addKinds(List<ScheduleSpec> specs) {
    Rule slot = new CronRule(Dialect.UNIX, "H/5:1 * * * *", -7);
    Rule recurrence = new RecurrenceRule("FREQ=DAILY;BYHOUR=9@:", -5_000_000);
    specs.add(ScheduleSpec.of(slot, UTC));
    specs.add(ScheduleSpec.of(new CronRule(Dialect.QUARTZ, "0 0 9 ? * 6L 2030", 7), UTC));
    specs.add(ScheduleSpec.of(recurrence, UTC));
    specs.add(ScheduleSpec.of(new UnionRule(List.of()), UTC));
    specs.add(ScheduleSpec.of(new UnionRule(List.of(slot)), UTC));
    specs.add(ScheduleSpec.of(new UnionRule(List.of(slot, recurrence)), UTC));
    specs.add(ScheduleSpec.of(new UnionRule(List.of(recurrence, slot)), UTC));
    specs.add(
        ScheduleSpec.of(
            new UnionRule(List.of(new OnceRule(MIN), new IntervalRule(MAX, MIN), slot)), UTC));
    ScheduleSpec daily = cron("0 9 * * *", "UTC");
    Exclusion day = new DateExclusion(new DayRange(-5, -5));
    Exclusion days = new DateExclusion(new DayRange(-5, 3));
    Exclusion times = new TimeExclusion(-5, 3);
    specs.add(Specs.except(daily, day));
    specs.add(Specs.except(daily, days));
    specs.add(Specs.except(daily, days, day));
    specs.add(Specs.except(daily, day, days));
    specs.add(Specs.except(daily, times, new TimeExclusion(MAX, MIN)));
    specs.add(Specs.jittered(daily, 5));
    specs.add(Specs.jittered(daily, -5));
    for (Policy policy : Policy.values()) {
      specs.add(Specs.with(daily, new BusinessDays(policy, List.of(), 0, List.of())));
      specs.add(
          Specs.with(
              daily,
              new BusinessDays(
                  policy,
                  List.of(new CalendarVersion("a@,;%", -1), new CalendarVersion("", MAX)),
                  -3,
                  List.of(new DayRange(-9, -7), new DayRange(0, 0), new DayRange(2, 40)))));
    }
    SplittableRandom random = new SplittableRandom(5);
    RandomSpec drawn = new RandomSpec(random);
    for (int i = 0; i < 200; i++) {
      specs.add(drawn.spec());
    }
  }

  @Test
  void theTextOfEveryKindIsStable() {
    assertEquals(
        "cron=UNIX/1234:H 3 * * *;zone=UTC;jitter=30000000",
        Specs.jittered(
                ScheduleSpec.of(new CronRule(Dialect.UNIX, "H 3 * * *", 1234), UTC), 30_000_000)
            .canonical());
    assertEquals(
        "recurrence=5000000@FREQ%3DDAILY%3BBYHOUR%3D9;zone=Europe/Berlin",
        ScheduleSpec.of(
                new RecurrenceRule("FREQ=DAILY;BYHOUR=9", 5_000_000), ZoneId.of("Europe/Berlin"))
            .canonical());
    assertEquals(
        "union=3;rule.0=cron:UNIX:0 9 * * *;rule.1=interval:60000000@0;rule.2=once:5;zone=UTC",
        ScheduleSpec.of(
                new UnionRule(
                    List.of(
                        new CronRule(Dialect.UNIX, "0 9 * * *"),
                        new IntervalRule(60_000_000, 0),
                        new OnceRule(5))),
                UTC)
            .canonical());
    assertEquals(
        "once=5;zone=UTC;except=d20454..20455,t5..7,d3;calendars=de@3,x@1;policy=NEXT_BUSINESS_DAY"
            + ";weekend=65;off=20454,6+1",
        Specs.with(
                Specs.except(
                    ScheduleSpec.of(new OnceRule(5), UTC),
                    new DateExclusion(new DayRange(20_454, 20_455)),
                    new TimeExclusion(5, 7),
                    new DateExclusion(new DayRange(3, 3))),
                new BusinessDays(
                    Policy.NEXT_BUSINESS_DAY,
                    List.of(new CalendarVersion("de", 3), new CalendarVersion("x", 1)),
                    65,
                    List.of(new DayRange(20_460, 20_461), new DayRange(20_454, 20_454))))
            .canonical());
  }

  @Test
  void theTextIsReadBackAsTheSameSpec() {
    for (ScheduleSpec spec : specs()) {
      assertEquals(spec, ScheduleSpec.parse(spec.canonical()), spec.canonical());
    }
  }

  @Test
  void equalTextsMeanEqualSpecs() {
    Map<String, ScheduleSpec> byText = new HashMap<>();
    for (ScheduleSpec spec : specs()) {
      ScheduleSpec other = byText.put(spec.canonical(), spec);
      assertTrue(other == null || other.equals(spec), spec.canonical());
    }
  }

  @Test
  void theTextIsOneLineOfPrintableAscii() {
    for (ScheduleSpec spec : specs()) {
      assertTrue(spec.canonical().chars().allMatch(c -> c >= ' ' && c <= '~'), spec.canonical());
    }
  }

  @Test
  void theTextIsStable() {
    // Stored in databases: a change here is a change of format.
    assertEquals(
        "cron=UNIX:0 9 * * 1-5;zone=Europe/Berlin",
        cron("0 9 * * 1-5", "Europe/Berlin").canonical());
    assertEquals(
        "cron=SECONDS:*/5 * * * * *;zone=Etc/GMT+3;start=-5;end=7;max=3;from=1;gap=SKIP;fold=BOTH",
        bounded(cron("*/5 * * * * *", "Etc/GMT+3", GapPolicy.SKIP, FoldPolicy.BOTH), -5, 7, 3, 1)
            .canonical());
    assertEquals(
        "interval=60000000@-7;zone=UTC",
        ScheduleSpec.of(new IntervalRule(60_000_000, -7), UTC).canonical());
    assertEquals("once=12;zone=UTC", ScheduleSpec.of(new OnceRule(12), UTC).canonical());
    assertEquals("cron=UNIX:%3B%3D%25%0A%u0663;zone=UTC", cron(";=%\n\u0663", "UTC").canonical());
  }

  @Test
  void defaultsMayBeWritten() {
    assertEquals(
        cron("0 9 * * 1-5", "Europe/Berlin"),
        ScheduleSpec.parse("cron=UNIX:0 9 * * 1-5;zone=Europe/Berlin;gap=SHIFT;fold=FIRST"));
  }

  @Test
  void anUnknownKeyIsNamed() {
    SpecException e =
        assertThrows(SpecException.class, () -> ScheduleSpec.parse("once=12;zone=UTC;colour=5"));
    assertTrue(e.getMessage().contains("'colour'"), e.getMessage());
    assertEquals("SPEC_MALFORMED", e.reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "=",
        "garbage",
        "once=12",
        "zone=UTC",
        "once=12;zone=UTC;",
        ";once=12;zone=UTC",
        "once=12;zone=UTC;zone=UTC",
        "once=12;interval=60000000@0;zone=UTC",
        "once=+12;zone=UTC",
        "once=012;zone=UTC",
        "once=;zone=UTC",
        "once=1x;zone=UTC",
        "once=\u0661;zone=UTC",
        "once=99999999999999999999;zone=UTC",
        "once=12;zone=Nowhere",
        "once=12;zone=+02:00",
        "interval=60;zone=UTC",
        "interval=@;zone=UTC",
        "cron=UNIX;zone=UTC",
        "cron=VIXIE:x;zone=UTC",
        "cron=unix:x;zone=UTC",
        "cron=UNIX:%;zone=UTC",
        "cron=UNIX:%4;zone=UTC",
        "cron=UNIX:%zz;zone=UTC",
        "cron=UNIX:%u12;zone=UTC",
        "cron=UNIX:a\nb;zone=UTC",
        "cron=UNIX:\u00e9;zone=UTC",
        "once=12;zone=UTC;gap=MAYBE",
        "once=12;zone=UTC;fold=first",
        "once=12;zone=UTC;max=many",
        "once=12;zone=UTC;start",
        "once=12;zone=UTC;=5",
        "once =12;zone=UTC",
        "union=1;zone=UTC",
        "union=0;rule.0=once:5;zone=UTC",
        "union=1;rule.0=once:5;rule.1=once:5;zone=UTC",
        "union=-1;zone=UTC",
        "union=2147483647;rule.0=once:5;zone=UTC",
        "union=1;rule.0=union:0;zone=UTC",
        "union=1;rule.0=once;zone=UTC",
        "union=1;rule.0=x:5;zone=UTC",
        "once=12;rule.0=once:5;zone=UTC",
        "cron=UNIX/x:0 9 * * *;zone=UTC",
        "cron=UNIX/4294967296:0 9 * * *;zone=UTC",
        "recurrence=FREQ%3DDAILY;zone=UTC",
        "once=12;zone=UTC;except=",
        "once=12;zone=UTC;except=d5,",
        "once=12;zone=UTC;except=x5",
        "once=12;zone=UTC;except=d5..4",
        "once=12;zone=UTC;except=t5",
        "once=12;zone=UTC;except=d4294967296",
        "once=12;zone=UTC;calendars=de",
        "once=12;zone=UTC;weekend=4294967296",
        "once=12;zone=UTC;policy=STAY",
        "once=12;zone=UTC;off=5,1",
        "once=12;zone=UTC;off=5,0",
        "once=12;zone=UTC;off=5+0",
        "once=12;zone=UTC;off=-9223372036854775808",
        "once=12;zone=UTC;off=5,9223372036854775807",
        "once=12;zone=UTC;off=9223372036854775807+9223372036854775807",
        "once=12;zone=UTC;jitter=x"
      })
  void garbageIsRefused(String text) {
    assertThrows(SpecException.class, () -> ScheduleSpec.parse(text), text);
  }
}
