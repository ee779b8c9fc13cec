package io.carillon.master.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CancelPaceTest {

  private static final long BEGIN = -3_000_000_000_000L;
  private final CancelPace pace = new CancelPace(BEGIN);

  private int atOnce(long now) {
    int count = 0;
    while (pace.tryNow(now)) {
      count++;
    }
    return count;
  }

  @Test
  void aBurstGoesAtOnceAndThenOneForEachInterval() {
    assertEquals(CancelPace.BURST + 1, atOnce(BEGIN));
    assertFalse(pace.tryNow(BEGIN + CancelPace.INTERVAL_NANOS - 1));
    assertTrue(pace.tryNow(BEGIN + CancelPace.INTERVAL_NANOS));
    assertFalse(pace.tryNow(BEGIN + CancelPace.INTERVAL_NANOS));
  }

  @Test
  void thoseThatMustBeSentQueueForTheIntervals() {
    atOnce(BEGIN);
    assertEquals(CancelPace.INTERVAL_NANOS, pace.reserve(BEGIN));
    assertEquals(2 * CancelPace.INTERVAL_NANOS, pace.reserve(BEGIN));
    assertFalse(pace.tryNow(BEGIN + CancelPace.INTERVAL_NANOS));
  }

  @Test
  void aLongPauseIsWorthOneBurst() {
    atOnce(BEGIN);
    assertEquals(CancelPace.BURST + 1, atOnce(BEGIN + 1_000L * CancelPace.INTERVAL_NANOS));
  }
}
