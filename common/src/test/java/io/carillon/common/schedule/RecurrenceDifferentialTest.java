package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.time.Micros;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Recurrence rules around changes of the clock against an evaluator that asks of every minute
 * whether it is an instance, by means of java.time, and takes the first of them for COUNT. Another
 * seed: {@code -Dcarillon.seed=n}.
 */
class RecurrenceDifferentialTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_130L);
  private static final int RULES = Integer.getInteger("carillon.windows", 600);
  private static final List<ZoneId> ZONES =
      List.of(
          ZoneId.of("Europe/Berlin"),
          ZoneId.of("America/New_York"),
          ZoneId.of("America/Havana"),
          ZoneId.of("Asia/Beirut"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("UTC"));
  private static final long MINUTE = 60;
  private static final long WINDOW = 4 * 24 * 60;

  private final SplittableRandom random = new SplittableRandom(SEED);

  /**
   * Of whole minutes.
   *
   * @param unit minutes of an hour, a minute or a day
   * @param hours empty: any, or that of the start
   * @param minutes as {@code hours}
   */
  private record Rule(int unit, int interval, Set<Integer> hours, Set<Integer> minutes, int count) {

    String text() {
      return "FREQ="
          + (unit == 60 ? "HOURLY" : unit == 1 ? "MINUTELY" : "DAILY")
          + (";INTERVAL=" + interval)
          + part("BYHOUR", hours)
          + part("BYMINUTE", minutes)
          + (count > 0 ? ";COUNT=" + count : "");
    }

    private static String part(String name, Set<Integer> values) {
      return values.isEmpty()
          ? ""
          : values.stream()
              .map(String::valueOf)
              .collect(Collectors.joining(",", ";" + name + "=", ""));
    }

    boolean isDistance() {
      boolean oneMinute = minutes.isEmpty() || unit == 60 && interval > 1 && minutes.size() == 1;
      return unit < 1440 && hours.isEmpty() && oneMinute;
    }

    /** On a wall clock that never changes, without a begin. */
    boolean matches(LocalDateTime local, LocalDateTime start) {
      ChronoUnit step =
          unit == 60 ? ChronoUnit.HOURS : unit == 1 ? ChronoUnit.MINUTES : ChronoUnit.DAYS;
      long steps = step.between(start.truncatedTo(step), local.truncatedTo(step));
      return Math.floorMod(steps, (long) interval) == 0
          && fits(hours, local.getHour(), start.getHour(), unit <= 60)
          && fits(minutes, local.getMinute(), start.getMinute(), unit == 1);
    }

    private static boolean fits(Set<Integer> values, int value, int atStart, boolean any) {
      return values.isEmpty() ? any || value == atStart : values.contains(value);
    }
  }

  @Test
  void rules_agree_with_the_plain_evaluator_around_changes() {
    int fires = 0;
    for (int i = 0; i < RULES; i++) {
      fires += check(ZONES.get(random.nextInt(ZONES.size())));
    }
    assertTrue(fires > 10 * RULES, "the windows are not all empty");
  }

  private int check(ZoneId zone) {
    Instant near = Instant.ofEpochSecond(random.nextLong(1_600_000_000L, 1_900_000_000L));
    var change = zone.getRules().nextTransition(near);
    long middle = (change == null ? near : change.getInstant()).getEpochSecond();
    long from = (middle + (random.nextInt(6 * 60) - 5 * 60) * MINUTE) / MINUTE * MINUTE;
    GapPolicy gap = GapPolicy.values()[random.nextInt(2)];
    FoldPolicy fold = FoldPolicy.values()[random.nextInt(3)];
    Rule rule = rule();
    ScheduleSpec spec =
        new ScheduleSpec(
            new RecurrenceRule(rule.text(), from * Micros.PER_SECOND),
            zone,
            Specs.MIN,
            Specs.MAX,
            0,
            0,
            gap,
            fold);
    List<Long> expected = plain(rule, from, zone.getRules(), gap, fold);
    String scene = "seed " + SEED + ": " + spec.canonical();
    Occurrences times = spec.compile();
    List<Long> found = new ArrayList<>();
    long end = (from + WINDOW * MINUTE) * Micros.PER_SECOND;
    for (long at = times.nextAfter(Specs.MIN); at < end; at = times.nextAfter(at)) {
      found.add(at / Micros.PER_SECOND);
    }
    assertEquals(texts(expected), texts(found), scene);
    backwards(times, found, end, scene);
    return found.size();
  }

  private void backwards(Occurrences times, List<Long> found, long end, String scene) {
    long at = end;
    for (int n = found.size() - 1; n >= 0; n--) {
      at = times.previousBefore(at);
      assertEquals(found.get(n) * Micros.PER_SECOND, at, scene);
      assertTrue(times.matches(at), scene);
      assertEquals(found.size() - n, times.count(at - 1, end - 1), scene);
      assertEquals(at, ((Times) times).nthAfter(Specs.MIN, n + 1), scene);
    }
    assertEquals(Occurrences.NEVER_BEFORE, times.previousBefore(at), scene);
  }

  private Rule rule() {
    int unit = List.of(60, 1, 1440).get(random.nextInt(3));
    int interval = 1 + (random.nextBoolean() ? 0 : random.nextInt(unit == 1 ? 90 : 4));
    return new Rule(
        unit,
        interval,
        random.nextInt(3) == 0 ? values(5) : Set.of(),
        random.nextInt(3) == 0 ? values(60) : Set.of(),
        random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 0);
  }

  private Set<Integer> values(int below) {
    Set<Integer> values = new TreeSet<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      values.add(random.nextInt(below));
    }
    return values;
  }

  private static List<Long> plain(
      Rule rule, long from, ZoneRules zone, GapPolicy gap, FoldPolicy fold) {
    List<Long> times = new ArrayList<>();
    int more = rule.count() == 0 ? Integer.MAX_VALUE : rule.count();
    for (long second = from; second < from + WINDOW * MINUTE && more > 0; second += MINUTE) {
      boolean fires =
          rule.isDistance()
              ? inStep(rule, second, local(from, zone), from)
              : fires(rule, second, from, zone, gap, fold);
      if (fires) {
        times.add(second);
        more--;
      }
    }
    return times;
  }

  private static boolean inStep(Rule rule, long second, LocalDateTime start, long from) {
    int minute = rule.minutes().isEmpty() ? start.getMinute() : rule.minutes().iterator().next();
    long first = rule.unit() == 1 ? from : from + (minute - start.getMinute()) * MINUTE;
    return Math.floorMod(second - first, rule.unit() * rule.interval() * MINUTE) == 0;
  }

  private static boolean fires(
      Rule rule, long second, long from, ZoneRules zone, GapPolicy gap, FoldPolicy fold) {
    LocalDateTime start = local(from, zone);
    LocalDateTime local = local(second, zone);
    boolean days = rule.unit() == 1440;
    if (rule.matches(local, start) && !(days && local.isBefore(start))) {
      List<Long> passes =
          zone.getValidOffsets(local).stream()
              .map(offset -> local.toEpochSecond(offset))
              .filter(pass -> pass >= from)
              .toList();
      int pass = passes.indexOf(second);
      if (!days
          || fold == FoldPolicy.BOTH
          || pass == (fold == FoldPolicy.FIRST ? 0 : passes.size() - 1)) {
        return true;
      }
    }
    var change = zone.getTransition(local.minusMinutes(1));
    if (!days
        || gap == GapPolicy.SKIP
        || change == null
        || !change.isGap()
        || change.toEpochSecond() != second) {
      return false;
    }
    LocalDateTime missing = change.getDateTimeBefore();
    for (; missing.isBefore(change.getDateTimeAfter()); missing = missing.plusMinutes(1)) {
      if (!missing.isBefore(start) && rule.matches(missing, start)) {
        return true;
      }
    }
    return false;
  }

  private static LocalDateTime local(long second, ZoneRules zone) {
    ZoneOffset offset = zone.getOffset(Instant.ofEpochSecond(second));
    return LocalDateTime.ofEpochSecond(second, 0, offset);
  }

  private static List<String> texts(List<Long> seconds) {
    return seconds.stream().map(second -> Instant.ofEpochSecond(second).toString()).toList();
  }
}
