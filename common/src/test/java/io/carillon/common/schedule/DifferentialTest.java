package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.time.Micros;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The engine against {@link PlainEvaluator}, on random expressions, zones and instants, most of
 * them around changes of the clock. Another seed: {@code -Dcarillon.seed=n}.
 */
class DifferentialTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_260_329L);
  private static final int WINDOWS = Integer.getInteger("carillon.windows", 3_000);
  private static final int INSTANTS = 10;
  private static final long SECOND = 1_000_000;
  private static final long HOUR = 3_600;

  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Etc/GMT+3",
          "Europe/Berlin",
          "Europe/London",
          "Europe/Dublin",
          "America/New_York",
          "America/St_Johns",
          "America/Havana",
          "America/Sao_Paulo",
          "America/Scoresbysund",
          "Africa/Cairo",
          "Africa/Casablanca",
          "Africa/Monrovia",
          "Asia/Beirut",
          "Asia/Gaza",
          "Asia/Kathmandu",
          "Asia/Pyongyang",
          "Asia/Tehran",
          "Australia/Lord_Howe",
          "Australia/Sydney",
          "Antarctica/Troll",
          "Pacific/Apia",
          "Pacific/Kwajalein",
          "Pacific/Kiritimati",
          "Pacific/Chatham");

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void theEngineAgreesWithThePlainEvaluatorAroundChanges() {
    List<ZoneId> all = ZONES.stream().map(ZoneId::of).toList();
    List<List<Long>> changes = all.stream().map(DifferentialTest::changes).toList();
    int fires = 0;
    for (int window = 0; window < WINDOWS; window++) {
      int zone = random.nextInt(all.size());
      fires += window(window, all.get(zone), changes.get(zone));
    }
    assertTrue(fires > WINDOWS, "the windows are not all empty");
  }

  private int window(int number, ZoneId zone, List<Long> changes) {
    RandomCron cron = new RandomCron(random);
    ScheduleSpec spec =
        cron.spec(
            zone, GapPolicy.values()[random.nextInt(2)], FoldPolicy.values()[random.nextInt(3)]);
    long middle =
        changes.isEmpty() || random.nextInt(5) == 0
            ? random.nextLong(0, 4_102_000_000L)
            : changes.get(random.nextInt(changes.size()));
    long from = middle - 14 * HOUR - random.nextLong(HOUR);
    long to = middle + 14 * HOUR + random.nextLong(HOUR);
    TreeSet<Long> expected =
        new PlainEvaluator(cron, zone, spec.gap(), spec.fold()).times(from, to);
    Occurrences times = spec.compile();
    String scene = "seed " + SEED + ", window " + number + ": " + spec.canonical() + " around ";
    long[] instants = new long[INSTANTS];
    for (int i = 0; i < INSTANTS; i++) {
      instants[i] = instant(from, to, middle, expected);
      check(times, expected, instants[i], to, scene + Instant.ofEpochSecond(instants[i]));
    }
    for (int i = 1; i < INSTANTS; i++) {
      long low = Math.min(instants[i], instants[i - 1]);
      long high = Math.max(instants[i], instants[i - 1]);
      long count = expected.subSet(low, false, high, true).size();
      assertEquals(count, times.count(low * SECOND, high * SECOND), scene + low + " to " + high);
      nth(times, expected, low, scene + low);
    }
    return expected.size();
  }

  /** Somewhere, at the change, or at a time that fires, or a second beside one. */
  private long instant(long from, long to, long middle, TreeSet<Long> expected) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong(from, to);
      case 1 -> middle + random.nextInt(3) - 1;
      default -> {
        Long fire = expected.ceiling(random.nextLong(from, to));
        yield fire == null
            ? random.nextLong(from, to)
            : Math.max(from, Math.min(to - 1, fire + random.nextInt(3) - 1));
      }
    };
  }

  private void check(Occurrences times, TreeSet<Long> expected, long at, long to, String scene) {
    Long next = expected.higher(at);
    long answer = times.nextAfter(at * SECOND);
    if (next == null) {
      assertTrue(answer >= to * SECOND, scene + " answers " + answer);
    } else {
      assertEquals(Instant.ofEpochSecond(next), Instant.ofEpochSecond(answer / SECOND), scene);
      assertEquals(0, answer % SECOND, scene);
      assertEquals(answer, times.nextAfter(answer - 1), scene);
    }
    Long previous = expected.lower(at);
    long before = times.previousBefore(at * SECOND);
    if (previous != null) {
      assertEquals(Instant.ofEpochSecond(previous), Micros.toInstant(before), scene + " before");
    }
    assertEquals(expected.contains(at), times.matches(at * SECOND), scene);
    assertTrue(!times.matches(at * SECOND + 1), scene);
  }

  private void nth(Occurrences times, TreeSet<Long> expected, long after, String scene) {
    List<Long> later = new ArrayList<>(expected.tailSet(after, false));
    if (!later.isEmpty()) {
      int n = random.nextInt(later.size());
      assertEquals(later.get(n) * SECOND, ((Times) times).nthAfter(after * SECOND, n + 1), scene);
    }
  }

  private static List<Long> changes(ZoneId zone) {
    List<Long> changes = new ArrayList<>();
    ZoneOffsetTransition change =
        zone.getRules().nextTransition(Instant.parse("1950-01-01T00:00:00Z"));
    while (change != null && change.toEpochSecond() < 4_102_000_000L) {
      changes.add(change.toEpochSecond());
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return changes;
  }

  @Test
  void sparseRulesAgreeWithAWalkDayByDay() {
    for (int i = 0; i < 300; i++) {
      RandomCron cron = new RandomCron(random);
      Occurrences times = cron.spec(ZoneId.of("UTC"), GapPolicy.SHIFT, FoldPolicy.FIRST).compile();
      LocalDate begin = LocalDate.of(1900, 1, 1).plusDays(random.nextInt(73_049));
      LocalDate date = begin;
      long days = 0;
      LocalDate first = null;
      while (date.getYear() < 2100) {
        if (cron.dayMatches(date)) {
          days++;
          first = first == null ? date : first;
        }
        date = date.plusDays(1);
      }
      String scene = "seed " + SEED + ": " + cron.text + " from " + begin;
      long from = begin.toEpochDay() * 24 * HOUR * SECOND - 1;
      long next = times.nextAfter(from);
      if (first == null) {
        assertEquals(Occurrences.NEVER, next, scene);
      } else {
        assertEquals(first.toEpochDay(), Math.floorDiv(next, 24 * HOUR * SECOND), scene);
      }
      long perDay = set(cron.hours) * set(cron.minutes) * set(cron.seconds);
      assertEquals(days * perDay, times.count(from, Long.MAX_VALUE), scene);
    }
  }

  private static long set(boolean[] bits) {
    long set = 0;
    for (boolean bit : bits) {
      set += bit ? 1 : 0;
    }
    return set;
  }
}
