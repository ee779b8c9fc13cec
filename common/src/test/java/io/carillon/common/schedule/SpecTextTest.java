package io.carillon.common.schedule;

import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    return specs;
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
        "once =12;zone=UTC"
      })
  void garbageIsRefused(String text) {
    assertThrows(SpecException.class, () -> ScheduleSpec.parse(text), text);
  }
}
