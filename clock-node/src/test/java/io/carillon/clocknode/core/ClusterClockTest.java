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
  void isTrustedOnceTwoExchangesAgree() {
    clock.onExchange(0, 1_000, 1_000, 10);
    assertTrue(clock.isKnown());
    assertFalse(clock.isTrusted());
    assertTrue(clock.wantsExchange());
    clock.onExchange(20, 1_020, 1_020, 30);
    assertTrue(clock.isTrusted());
    assertFalse(clock.wantsExchange());
  }

  @Test
  void aFirstExchangeThatWasOffIsForgottenBeforeTheTimeIsTrusted() {
    clock.onExchange(0, 3_600_000_000L, 3_600_000_000L, 10);
    for (int i = 1; !clock.isTrusted(); i++) {
      assertTrue(i < 5, "trusted in vain");
      clock.onExchange(i * 100, i * 100 + 1_000, i * 100 + 1_000, i * 100 + 10);
    }
    assertEquals(995, clock.offsetMicros());
    assertEquals(10_995, clock.now(10_000));
  }

  @Test
  void oneExchangeThatIsOffCountsForNothing() {
    clock.onExchange(0, 1_000, 1_000, 10);
    clock.onExchange(100, 1_100, 1_100, 110);
    clock.onExchange(200, 3_600_000_000L, 3_600_000_000L, 210);
    assertEquals(995, clock.offsetMicros());
    assertTrue(clock.wantsExchange(), "another one soon tells whether it was an accident");
    clock.onExchange(300, 1_300, 1_300, 310);
    assertEquals(995, clock.offsetMicros());
    assertFalse(clock.wantsExchange());
    clock.onExchange(400, 9_000, 9_000, 410);
    assertEquals(995, clock.offsetMicros(), "two accidents with a good one between");
  }

  @Test
  void twoInARowThatAreOffAreRight() {
    clock.onExchange(0, 1_000, 1_000, 10);
    clock.onExchange(100, 1_100, 1_100, 110);
    clock.onExchange(200, 9_200, 9_200, 210);
    clock.onExchange(300, 9_300, 9_300, 310);
    assertEquals(8_995, clock.offsetMicros());
    assertTrue(clock.isTrusted());
  }

  @Test
  void aClockThatRunsOnePercentFastIsFollowed() {
    for (double rate : new double[] {1.01, 0.99}) {
      ClusterClock measured = new ClusterClock();
      long mono = 0;
      long worst = 0;
      for (int beat = 0; beat < 400; beat++) {
        long leader = (long) (mono * rate) + 5_000_000;
        measured.onExchange(mono, leader + 100, leader + 100, mono + 200);
        mono += measured.wantsExchange() ? 1_000 : 250_000;
        if (measured.isTrusted()) {
          long truth = (long) (mono * rate) + 5_000_000;
          worst = Math.max(worst, Math.abs(measured.now(mono) - truth));
        }
      }
      assertTrue(worst < 6_000, rate + ": off by " + worst + " µs");
    }
  }

  @Test
  void afterAStandstillOnlyAnExchangeThatBeganLaterIsTrusted() {
    clock.onExchange(0, 1_000, 1_000, 10);
    clock.onExchange(100, 1_100, 1_100, 110);
    clock.onStandstill(5_000_000);
    assertFalse(clock.isTrusted());
    // Under way when the node fell asleep.
    clock.onExchange(200, 1_200, 1_200, 5_000_100);
    assertFalse(clock.isTrusted());
    clock.onExchange(5_000_200, 5_001_200, 5_001_200, 5_000_210);
    assertTrue(clock.isTrusted());
  }

  @Test
  void theTimeIsTrustedThroughAChangeOfLeader() {
    clock.onExchange(0, 1_000, 1_000, 10);
    clock.onExchange(100, 1_100, 1_100, 110);
    clock.onNewLeader();
    assertTrue(clock.isTrusted());
    assertEquals(1_495, clock.now(500), "by the offset of the leader before");
    clock.onExchange(600, 1_000, 1_000, 610);
    assertEquals(1_495, clock.now(620), "and never back");
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
