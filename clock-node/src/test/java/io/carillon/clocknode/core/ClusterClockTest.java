package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusterClockTest {

  private final ClusterClock clock = new ClusterClock();

  @Test
  void knowsNoTimeBeforeTheFirstExchange() {
    assertFalse(clock.isKnown());
    assertThrows(IllegalStateException.class, () -> clock.now(5));
    assertEquals(Long.MAX_VALUE, clock.errorMicros(5));
  }

  @Test
  void takesTheMiddleOfTheRoundTripAndHalfOfItAsError() {
    clock.onExchange(100, 5_010, 5_030, 140);
    // Of 40 µs, 20 were spent at the master; so it received 10 µs after the sending.
    assertEquals(4_900, clock.offsetMicros());
    assertEquals(10, clock.errorMicros(140));
    assertEquals(5_100, clock.now(200));
  }

  @Test
  void theErrorGrowsWithTheAgeOfTheExchange() {
    clock.onExchange(100, 5_010, 5_030, 140);
    assertEquals(110, clock.errorMicros(1_000_140));
  }

  @Test
  void theShortestOfTheLastEightRoundTripsCounts() {
    clock.onExchange(0, 1_050, 1_050, 100);
    clock.onExchange(1_000, 2_001, 2_001, 1_002);
    assertEquals(1_000, clock.offsetMicros());
    for (int i = 1; i < 8; i++) {
      clock.onExchange(2_000 * i, 2_000 * i + 1_600, 2_000 * i + 1_600, 2_000 * i + 1_000);
      assertEquals(1_000, clock.offsetMicros(), "exchange " + i);
    }
    clock.onExchange(90_000, 91_600, 91_600, 91_000);
    assertEquals(1_100, clock.offsetMicros());
  }

  @Test
  void ignoresAnExchangeThatCannotBe() {
    clock.onExchange(100, 5_000, 5_000, 90);
    clock.onExchange(100, 5_000, 4_000, 110);
    clock.onExchange(100, 5_000, 6_000, 110);
    assertFalse(clock.isKnown());
  }

  @Test
  void standsStillRatherThanGoBack() {
    clock.onExchange(0, 10_000, 10_000, 0);
    assertEquals(10_100, clock.now(100));
    clock.onNewLeader();
    assertEquals(10_110, clock.now(110));
    clock.onExchange(120, 10_020, 10_020, 120);
    assertEquals(10_110, clock.now(130));
    assertEquals(10_110, clock.now(210));
    assertEquals(10_111, clock.now(211));
  }

  @Test
  void theTrueTimeLiesWithinTheError() {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ClusterClock measured = new ClusterClock();
      long offset = random.nextLong(-1_000_000, 1_000_000);
      long mono = 1;
      for (int i = 0; i < 20; i++) {
        long there = random.nextLong(5_000);
        long work = random.nextLong(1_000);
        long back = random.nextLong(5_000);
        long received = mono + there + work + back;
        measured.onExchange(mono, mono + there + offset, mono + there + work + offset, received);
        mono = received + 100_000;
        assertTrue(
            Math.abs(measured.offsetMicros() - offset) <= measured.errorMicros(received),
            "seed " + seed);
      }
    }
  }
}
