package io.carillon.common.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

  private static final long START = 1_774_746_000_000_000L;
  private static final long SECOND = 1_000_000;

  private long wall = START;
  private long nanos = -5_000;
  private final SteadyClock clock = new SteadyClock(() -> wall, () -> nanos);

  /** Lets both clocks run, and reads every 20 ms. */
  private long run(long micros) {
    long now = clock.nowMicros();
    for (long at = 0; at < micros; at += 20_000) {
      wall += 20_000;
      nanos += 20_000_000;
      long next = clock.nowMicros();
      assertTrue(next - now >= 19_799 && next - now <= 20_201, "advanced by " + (next - now));
      now = next;
    }
    return now;
  }

  @Test
  void beginsAtTheWallClockAndRunsWithIt() {
    assertEquals(START, clock.nowMicros());
    assertEquals(START + 60 * SECOND, run(60 * SECOND));
  }

  @Test
  void aStepForwardIsFollowedByOnePercent() {
    run(SECOND);
    wall += 3600 * SECOND;
    long now = run(100 * SECOND);
    assertEquals(START + 102 * SECOND, now, 10_000);
  }

  @Test
  void aStepBackIsFollowedByOnePercentAndNeverGoesBack() {
    run(SECOND);
    wall -= 3600 * SECOND;
    long now = run(100 * SECOND);
    assertEquals(START + 100 * SECOND, now, 10_000);
  }

  @Test
  void aSmallStepIsMadeUpForAndThenHeld() {
    wall += 50_000;
    assertEquals(START + 20 * SECOND + 50_000, run(20 * SECOND), 1);
    assertEquals(START + 30 * SECOND + 50_000, run(10 * SECOND), 1);
  }

  @Test
  void aLongSilenceOfReadersMakesNoJump() {
    wall += 3600 * SECOND;
    nanos += 20_000_000;
    clock.nowMicros();
    nanos += 10 * SECOND * 1_000;
    long now = clock.nowMicros();
    assertEquals(START + 20_000 + 10 * SECOND + SECOND / 10, now, 1_000);
  }

  @Test
  void nothingElapsesWhileTheMonotonicClockStands() {
    wall += 3600 * SECOND;
    assertEquals(START, clock.nowMicros());
    assertEquals(START, clock.nowMicros());
  }

  @Test
  void monotonicTimeIsThatOfTheMonotonicClock() {
    assertEquals(-5, clock.monotonicMicros());
    nanos += 2_000_000;
    wall -= 3600 * SECOND;
    assertEquals(1_995, clock.monotonicMicros());
  }

  @Test
  void threadsNeverSeeItGoBack() throws InterruptedException {
    AtomicLong ticks = new AtomicLong();
    SplittableRandom random = new SplittableRandom(7);
    long[] errors = random.longs(1024, -SECOND, SECOND).toArray();
    SteadyClock shared =
        new SteadyClock(
            () -> START + ticks.get() / 1_000 + errors[(int) (ticks.get() >>> 20 & 1023)],
            () -> ticks.addAndGet(100_000));
    AtomicLong seen = new AtomicLong();
    AtomicLong faults = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 200_000; n++) {
                  long before = seen.get();
                  long now = shared.nowMicros();
                  if (now < before) {
                    faults.incrementAndGet();
                  }
                  seen.accumulateAndGet(now, Math::max);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, faults.get());
  }
}
