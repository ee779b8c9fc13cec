package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What holds for any spec, on random ones in any zone there is. Another seed: as in the
 * differential test.
 */
class OccurrencePropertiesTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_025L);
  private static final long FIRST = -2_208_988_800_000_000L;
  private static final long LAST = 4_102_444_800_000_000L;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final String[] zones =
      new TreeSet<>(ZoneId.getAvailableZoneIds())
          .stream().filter(TimeZones::isNamed).toArray(String[]::new);

  private ScheduleSpec spec() {
    ZoneId zone = ZoneId.of(zones[random.nextInt(zones.length)]);
    ScheduleSpec spec =
        switch (random.nextInt(8)) {
          case 0 ->
              ScheduleSpec.of(
                  new IntervalRule(
                      random.nextLong(1_000, ScheduleSpec.MAX_PERIOD_MICROS), random.nextLong()),
                  zone);
          case 1 -> ScheduleSpec.of(new OnceRule(instant()), zone);
          default ->
              Specs.cron(
                  new RandomCron(random).text,
                  zone.getId(),
                  GapPolicy.values()[random.nextInt(2)],
                  FoldPolicy.values()[random.nextInt(3)]);
        };
    long a = random.nextInt(3) == 0 ? instant() : Specs.MIN;
    long b = random.nextInt(3) == 0 ? instant() : Specs.MAX;
    long max = random.nextInt(3) == 0 ? random.nextLong(1, 10_000) : 0;
    return Specs.bounded(spec, Math.min(a, b), Math.max(a, b), max, instant());
  }

  private long instant() {
    long at = random.nextLong(FIRST, LAST);
    return random.nextBoolean() ? at : at / 1_000_000 * 1_000_000;
  }

  @Test
  void nextAfterRisesMatchesAndIsCounted() {
    for (int i = 0; i < 4_000; i++) {
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
    for (int i = 0; i < 4_000; i++) {
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
    for (int i = 0; i < 2_000; i++) {
      ScheduleSpec spec = spec();
      long max = random.nextLong(1, 100_000);
      long start = instant();
      String scene = "seed " + SEED + ": " + spec.canonical() + " from " + start;
      Occurrences all = Specs.bounded(spec, start, Specs.MAX, 0, 0).compile();
      Occurrences some = Specs.bounded(spec, start, Specs.MAX, max, 0).compile();
      long there = all.count(Specs.MIN, Specs.MAX);
      assertEquals(Math.min(max, there), some.count(Specs.MIN, Specs.MAX), scene);
      if (there >= max) {
        assertTrue(some.matches(some.last()), scene);
      }
    }
  }

  @Test
  void theEndsOfTheRangeAreSafe() {
    for (int i = 0; i < 2_000; i++) {
      ScheduleSpec spec = spec();
      Occurrences times = spec.compile();
      assertEquals(NEVER, times.nextAfter(Specs.MAX), spec.canonical());
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
    for (String zone : zones) {
      for (String text : never) {
        ScheduleSpec spec = Specs.cron(text, zone);
        long begin = System.nanoTime();
        Occurrences times = spec.compile();
        assertEquals(NEVER, times.nextAfter(Specs.MIN));
        assertEquals(NEVER, times.nextAfter(1_774_746_000_000_000L));
        assertEquals(0, times.count(Specs.MIN, Specs.MAX));
        assertEquals(NEVER, ((Times) times).nthAfter(Specs.MIN, 1));
        assertTrue(System.nanoTime() - begin < 200_000_000L, text + " in " + zone);
      }
    }
  }
}
