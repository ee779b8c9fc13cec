package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Occurrences.NEVER_BEFORE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What holds for any spec, on random ones in any zone there is. Another seed: as in the
 * differential test.
 */
class OccurrencePropertiesTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_025L);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final RandomSpec specs = new RandomSpec(random);

  private ScheduleSpec spec() {
    return specs.spec();
  }

  private long instant() {
    return specs.instant();
  }

  @Test
  void nextAfterRisesMatchesAndIsCounted() {
    for (int i = 0; i < 2_000; i++) {
      ScheduleSpec spec = spec();
      String scene = "seed " + SEED + ": " + spec.canonical();
      Occurrences times = spec.compile();
      long begin = instant();
      long at = begin;
      for (int n = 1; n <= 20; n++) {
        long next = times.nextAfter(at);
        assertTrue(next > at, scene);
        if (next == NEVER) {
          assertEquals(n - 1, times.count(begin, Specs.MAX), scene);
          break;
        }
        assertTrue(times.matches(next), scene);
        assertTrue(next <= times.last(), scene);
        assertTrue(next >= spec.startMicros() && next <= spec.endMicros(), scene);
        assertEquals(n, times.count(begin, next), scene);
        assertEquals(n - 1, times.count(begin, next - 1), scene);
        at = next;
      }
    }
  }

  @Test
  void countsAddUp() {
    for (int i = 0; i < 500; i++) {
      ScheduleSpec spec = spec();
      Occurrences times = spec.compile();
      long[] at = {instant(), instant(), instant()};
      Arrays.sort(at);
      String scene = "seed " + SEED + ": " + spec.canonical() + " at " + at[1];
      assertEquals(
          times.count(at[0], at[2]), times.count(at[0], at[1]) + times.count(at[1], at[2]), scene);
      assertEquals(0, times.count(at[2], at[0]), scene);
      assertEquals(0, times.count(at[1], at[1]), scene);
      if (spec.maxFires() > 0) {
        assertTrue(times.count(Specs.MIN, Specs.MAX) <= spec.maxFires(), scene);
      }
    }
  }

  @Test
  void maxFiresIsReachedIfThereAreEnough() {
    for (int i = 0; i < 100; i++) {
      ScheduleSpec spec = spec();
      long max = random.nextLong(1, 20_000);
      long start = instant();
      String scene = "seed " + SEED + ": " + spec.canonical() + " from " + start;
      Occurrences all = Specs.bounded(spec, start, Specs.MAX, 0, 0).compile();
      Occurrences some = Specs.bounded(spec, start, Specs.MAX, max, 0).compile();
      long there = all.count(Specs.MIN, Specs.MAX);
      assertEquals(Math.min(max, there), some.count(Specs.MIN, Specs.MAX), scene);
      if (there >= max) {
        long latest = some.previousBefore(Specs.MAX);
        assertTrue(some.matches(latest) && latest <= some.last(), scene);
        assertTrue(latest == some.last() || some.jitterMicros() > 0, scene);
      }
    }
  }

  @Test
  void previousBeforeIsTheInverseOfNextAfter() {
    for (int i = 0; i < 2_000; i++) {
      ScheduleSpec spec = spec();
      Occurrences times = spec.compile();
      long begin = instant();
      long previous = times.previousBefore(begin);
      String scene = "seed " + SEED + ": " + spec.canonical() + " before " + begin;
      if (previous == NEVER_BEFORE) {
        assertEquals(0, times.count(Specs.MIN, begin - 1), scene);
        previous = begin - 1;
      } else {
        assertTrue(previous < begin && times.matches(previous), scene);
        assertEquals(0, times.count(previous, begin - 1), scene);
      }
      for (int n = 0; n < 20; n++) {
        long next = times.nextAfter(previous);
        if (next == NEVER) {
          assertTrue(n == 0 || times.previousBefore(NEVER) == previous, scene);
          break;
        }
        assertTrue(n == 0 || times.previousBefore(next) == previous, scene);
        assertEquals(next, times.previousBefore(next + 1), scene);
        previous = next;
      }
    }
  }

  @Test
  void theNthTimeIsWhereNStepsLead() {
    for (int i = 0; i < 500; i++) {
      ScheduleSpec spec = Specs.bounded(spec(), Specs.MIN, Specs.MAX, 0, 0);
      long begin = instant();
      Occurrences times = spec.compile();
      int n = 1 + random.nextInt(30);
      long at = begin;
      for (int step = 0; step < n && at != NEVER; step++) {
        at = times.nextAfter(at);
      }
      Occurrences counted = Specs.bounded(spec, Specs.MIN, Specs.MAX, n, begin).compile();
      String scene = "seed " + SEED + ": " + spec.canonical() + ", " + n + " after " + begin;
      if (at == NEVER) {
        assertEquals(times.previousBefore(NEVER) > begin, counted.nextAfter(begin) != NEVER, scene);
      } else {
        assertEquals(at, counted.previousBefore(NEVER), scene);
        assertEquals(n, counted.count(Specs.MIN, Specs.MAX), scene);
      }
    }
  }

  @Test
  void whatIsLeftOutIsClosedAndWhatRemainsIsOpen() {
    int left = 0;
    for (int i = 0; i < 2_000; i++) {
      ScheduleSpec spec = Specs.bounded(spec(), Specs.MIN, Specs.MAX, 0, 0);
      Occurrences all = spec.withoutExclusions().compile();
      Occurrences some = spec.compile();
      String scene = "seed " + SEED + ": " + spec.canonical();
      long at = instant();
      for (int n = 0; n < 20 && (at = all.nextAfter(at)) != NEVER; n++) {
        boolean open = Specs.isOpen(spec, at);
        assertEquals(open, some.matches(at), scene + " at " + at);
        assertEquals(open ? 1 : 0, some.count(at - 1, at), scene + " at " + at);
        left += open ? 0 : 1;
      }
    }
    assertTrue(left > 1_000, "some times are left out");
  }

  @Test
  void theEndsOfTheRangeAreSafe() {
    for (int i = 0; i < 200; i++) {
      ScheduleSpec spec = spec();
      Occurrences times = spec.compile();
      assertEquals(NEVER, times.nextAfter(Specs.MAX), spec.canonical());
      assertEquals(NEVER_BEFORE, times.previousBefore(Specs.MIN), spec.canonical());
      assertEquals(NEVER_BEFORE, times.previousBefore(Specs.MIN + 1), spec.canonical());
      assertEquals(NEVER, times.nextAfter(Specs.MAX - 1), spec.canonical());
      assertTrue(!times.matches(Specs.MAX) && !times.matches(Specs.MIN), spec.canonical());
      long first = times.nextAfter(Specs.MIN);
      long count = times.count(Specs.MIN, Specs.MAX);
      assertEquals(first == NEVER, count == 0, spec.canonical());
      assertEquals(count, times.count(Specs.MIN, first) + times.count(first, Specs.MAX));
    }
  }

  @Test
  void aRuleThatNeverFiresIsAnsweredWithinBoundedWork() {
    String[] never = {"0 0 30 2 *", "0 0 31 4 *", "* * 31 2,4,6,9,11 *", "*/5 2 30 2 */2"};
    for (ZoneId zone : RandomSpec.ZONES) {
      for (String text : never) {
        ScheduleSpec spec = Specs.cron(text, zone.getId());
        long begin = cpuNanos();
        Occurrences times = spec.compile();
        assertEquals(NEVER, times.nextAfter(Specs.MIN));
        assertEquals(NEVER, times.nextAfter(1_774_746_000_000_000L));
        assertEquals(0, times.count(Specs.MIN, Specs.MAX));
        assertEquals(NEVER, ((Times) times).nthAfter(Specs.MIN, 1));
        assertTrue(cpuNanos() - begin < 200_000_000L, text + " in " + zone);
      }
    }
  }

  /** Of this thread: others on the machine do not count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
