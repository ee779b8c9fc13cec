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
import java.lang.ref.WeakReference;
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
