package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Occurrences.NEVER_BEFORE;
import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.jittered;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import java.time.ZoneId;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JitterTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_121L);
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final long MINUTE = 60_000_000;

  private static Occurrences minutes(long jitter) {
    return jittered(ScheduleSpec.of(new IntervalRule(MINUTE, 0), UTC), jitter).compile();
  }

  @Test
  void theDelayIsTheSameForEver() {
    // Written down once: a change here would move the due times of every schedule that has jitter.
    Occurrences times = minutes(30_000_000);
    assertEquals(28_320_361, times.dueOf(1, 0));
    assertEquals(27_377_417, times.dueOf(2, 0));
    assertEquals(88_565_846, times.dueOf(1, MINUTE));
    assertEquals(1_767_225_618_125_767L, times.dueOf(123_456_789_012L, 1_767_225_600_000_000L));
  }

  @Test
  void delaysAreSpreadEvenly() {
    Occurrences times = minutes(9_999_999);
    int[] schedules = new int[10];
    int[] nominals = new int[10];
    for (int i = 0; i < 100_000; i++) {
      schedules[(int) (times.dueOf(i, 0) / 1_000_000)]++;
      nominals[(int) ((times.dueOf(7, i * MINUTE) - i * MINUTE) / 1_000_000)]++;
    }
    for (int i = 0; i < 10; i++) {
      // Five standard deviations of a binomial of 100 000 draws at a tenth.
      assertEquals(10_000, schedules[i], 475, "second " + i);
      assertEquals(10_000, nominals[i], 475, "second " + i);
    }
  }

  @Test
  void noDelayReachesTheNextTime() {
    Occurrences times = minutes(86_400_000_000L);
    long latest = 0;
    for (int schedule = 0; schedule < 10_000; schedule++) {
      long due = times.dueOf(schedule, 0);
      assertTrue(due >= 0 && due < MINUTE);
      latest = Math.max(latest, due);
    }
    assertTrue(latest > MINUTE * 0.99, "but some come near");
  }

  @Test
  void noDelayPassesTheEnd() {
    ScheduleSpec once = jittered(ScheduleSpec.of(new OnceRule(0), UTC), MINUTE);
    long latest = 0;
    for (int schedule = 0; schedule < 1_000; schedule++) {
      assertTrue(bounded(once, MIN, 5, 0, 0).compile().dueOf(schedule, 0) <= 5);
      latest = Math.max(latest, once.compile().dueOf(schedule, 0));
    }
    assertTrue(latest > MINUTE * 0.9 && latest <= MINUTE);
    assertEquals(5, bounded(once, MIN, 5, 0, 0).compile().last());
    assertEquals(0, bounded(once, MIN, 0, 0, 0).compile().last());
    assertEquals(MINUTE, once.compile().last());
    // The last one of a limit is delayed like the others.
    Occurrences three = jittered(bounded(cron("0 0 * * *", "UTC"), 0, MAX, 3, 0), MINUTE).compile();
    assertEquals(2 * 86_400_000_000L + MINUTE, three.last());
    assertEquals(2 * 86_400_000_000L, three.previousBefore(MAX));
  }

  @Test
  void withoutJitterATimeIsDueAtItself() {
    Occurrences times = minutes(0);
    assertEquals(MINUTE, times.dueOf(1, MINUTE));
    assertEquals(MINUTE, times.nextDueAfter(1, 0));
    assertEquals(0, times.nominalDueBy(1, MINUTE - 1));
  }

  @Test
  void dueTimesRiseAndAreTheInverseOfTheirNominalTimes() {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomSpec specs = new RandomSpec(random);
    for (int i = 0; i < 1_000; i++) {
      ScheduleSpec spec = jittered(specs.spec(), random.nextLong(1, 86_400_000_001L));
      Occurrences times = spec.compile();
      long schedule = random.nextLong();
      String scene = "seed " + SEED + ": " + spec.canonical() + " of " + schedule;
      long nominal = times.nextAfter(specs.instant());
      for (int n = 0; n < 10 && nominal != NEVER; n++) {
        long due = times.dueOf(schedule, nominal);
        long next = times.nextAfter(nominal);
        assertTrue(due >= nominal && due < next && due <= times.last(), scene);
        assertTrue(due - nominal <= times.jitterMicros() && due <= spec.endMicros(), scene);
        assertEquals(due, times.nextDueAfter(schedule, due - 1), scene);
        assertEquals(due, times.nextDueAfter(schedule, nominal - 1), scene);
        assertEquals(nominal, times.nominalDueBy(schedule, due), scene);
        assertEquals(times.previousBefore(nominal), times.nominalDueBy(schedule, due - 1), scene);
        long nextDue = next == NEVER ? NEVER : times.dueOf(schedule, next);
        assertEquals(nextDue, times.nextDueAfter(schedule, due), scene);
        nominal = next;
      }
    }
  }

  @Test
  void theEndsOfTheRangeAreSafe() {
    Occurrences times =
        jittered(ScheduleSpec.of(new IntervalRule(ScheduleSpec.MAX_PERIOD_MICROS, -1), UTC), MINUTE)
            .compile();
    long first = times.nextAfter(MIN);
    long last = times.previousBefore(MAX);
    for (long nominal : new long[] {first, last}) {
      long due = times.dueOf(1, nominal);
      assertTrue(due >= nominal && due - nominal <= MINUTE && due != NEVER);
      assertEquals(nominal, times.nominalDueBy(1, due));
    }
    assertEquals(NEVER, times.nextDueAfter(1, MAX));
    assertEquals(NEVER, times.nextDueAfter(1, MAX - 1));
    assertEquals(last, times.nominalDueBy(1, MAX));
    assertEquals(NEVER_BEFORE, times.nominalDueBy(1, MIN));
    assertEquals(times.dueOf(1, first), times.nextDueAfter(1, MIN));
  }

  @Test
  void moreThanADayIsRefused() {
    ScheduleSpec spec = cron("0 9 * * *", "UTC");
    for (long jitter : new long[] {-1, 86_400_000_001L}) {
      SpecException e = assertThrows(SpecException.class, jittered(spec, jitter)::compile);
      assertEquals("jitter", e.field());
    }
    assertEquals(
        at("2026-01-01T09:00:00Z"),
        jittered(spec, 5).compile().nextAfter(at("2026-01-01T00:00:00Z")));
  }
}
