package io.carillon.common.schedule;

import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.lang.ref.WeakReference;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecInternerTest {

  private final SpecInterner interner = new SpecInterner();

  @Test
  void equalTextsShareOneEvaluator() {
    String text = cron("0 9 * * 1-5", "Europe/Berlin").canonical();
    assertSame(interner.intern(text), interner.intern(new String(text.toCharArray())));
  }

  @Test
  void whatMeansTheSameSharesOneEvaluator() {
    assertSame(
        interner.intern(cron("0 9 * * 1-5", "Europe/Berlin")),
        interner.intern(cron("00 9 * * MON,TUE,wed-FRI", "Europe/Berlin")));
    assertSame(
        interner.intern(cron("*/5 * * * *", "UTC", GapPolicy.SKIP, FoldPolicy.LAST)),
        interner.intern(cron("*/5 * * * *", "UTC")));
  }

  @Test
  void specsOfEveryKindAreSharedByText() {
    for (ScheduleSpec spec : kinds()) {
      String text = spec.canonical();
      assertSame(interner.intern(text), interner.intern(new String(text.toCharArray())), text);
    }
  }

  private static List<ScheduleSpec> kinds() {
    ScheduleSpec nine = cron("0 9 * * *", "UTC");
    BusinessDays days =
        new BusinessDays(
            BusinessDays.Policy.SKIP_DAY,
            List.of(new BusinessDays.CalendarVersion("de", 1)),
            65,
            List.of());
    return List.of(
        nine,
        ScheduleSpec.of(new RecurrenceRule("FREQ=DAILY", 0), ZoneId.of("UTC")),
        ScheduleSpec.of(new UnionRule(List.of(nine.rule(), new OnceRule(5))), ZoneId.of("UTC")),
        Specs.except(nine, Specs.dates("2026-01-01", "2026-01-02")),
        Specs.with(nine, days),
        Specs.jittered(nine, 5));
  }

  @Test
  void aMillionSchedulesOnAThousandExpressionsCostAThousandEvaluators() {
    Set<Occurrences> evaluators = Collections.newSetFromMap(new IdentityHashMap<>());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      texts.add(cron(i % 60 + " " + i / 60 + " * * *", "Europe/Berlin").canonical());
    }
    for (int schedule = 0; schedule < 1_000_000; schedule++) {
      evaluators.add(interner.intern(texts.get(schedule % 1_000)));
    }
    assertEquals(1_000, evaluators.size());
  }

  @Test
  void calendarsOfManySchedulesAreOneTable() {
    List<DayRange> off = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      off.add(new DayRange(3 * i, 3 * i));
    }
    List<Occurrences> held = new ArrayList<>();
    long before = used();
    for (int i = 0; i < 2_000; i++) {
      BusinessDays days =
          new BusinessDays(
              BusinessDays.Policy.values()[i % 3],
              List.of(new BusinessDays.CalendarVersion("de", i)),
              65,
              List.copyOf(off));
      held.add(interner.intern(Specs.with(cron(i % 60 + " 9 * * *", "UTC"), days)));
    }
    long perSchedule = (used() - before) / held.size();
    // A table of its own would be 9 KB.
    assertTrue(perSchedule < 1_000, perSchedule + " octets");
    assertTrue(held.stream().allMatch(times -> times.count(MIN, MAX) > 0));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void whatDiffersIsApart() {
    Occurrences berlin = interner.intern(cron("0 9 * * 1-5", "Europe/Berlin"));
    assertNotSame(berlin, interner.intern(cron("0 9 * * 1-5", "Europe/Paris")));
    assertNotSame(
        berlin,
        interner.intern(cron("0 9 * * 1-5", "Europe/Berlin", GapPolicy.SKIP, FoldPolicy.FIRST)));
    assertNotSame(berlin, interner.intern(cron("0 9 * * 1-4", "Europe/Berlin")));
  }

  @Test
  void boundsHold() {
    ScheduleSpec spec = bounded(cron("* * * * *", "UTC"), 0, MAX, 3, 0);
    assertEquals(3, interner.intern(spec.canonical()).count(MIN, MAX));
    assertEquals(3, interner.intern(spec.canonical()).count(MIN, MAX));
  }

  @Test
  void garbageIsRefusedEachTime() {
    assertThrows(SpecException.class, () -> interner.intern("garbage"));
    assertThrows(SpecException.class, () -> interner.intern("cron=UNIX:x;zone=UTC"));
    assertThrows(SpecException.class, () -> interner.intern("cron=UNIX:x;zone=UTC"));
  }

  @Test
  void whatNobodyHoldsIsForgotten() throws InterruptedException {
    String text = cron("7 7 7 7 7", "UTC").canonical();
    WeakReference<Occurrences> held = new WeakReference<>(interner.intern(text));
    for (int i = 0; i < 50 && held.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(held.get() == null, "still held");
    assertEquals(1, interner.intern(text).count(1_778_000_000_000_000L, 1_783_382_820_000_000L));
  }
}
