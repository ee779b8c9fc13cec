package io.carillon.chaos;

import io.carillon.chaos.Definition.Kind;
import io.carillon.common.schedule.CatchUp;
import io.carillon.simulation.oracle.PlainRule;
import io.carillon.simulation.oracle.PlainRule.Cron;
import io.carillon.simulation.oracle.PlainRule.Interval;
import io.carillon.simulation.oracle.PlainRule.Once;
import io.carillon.simulation.oracle.PlainRule.Recurring;
import io.carillon.simulation.oracle.PlainRule.Recurring.Unit;
import io.carillon.simulation.oracle.PlainRule.Union;
import io.carillon.simulation.oracle.PlainSpec;
import io.carillon.simulation.oracle.PlainSpec.Fold;
import io.carillon.simulation.oracle.PlainSpec.Gap;
import io.carillon.simulation.oracle.PlainSpec.Range;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws definitions of all kinds, such that they all fire during the run. Of one thread. */
final class DefinitionDraw {

  private static final long SECOND = 1_000_000;

  private static final List<ZoneId> ZONES =
      List.of(
          ZoneId.of("UTC"),
          ZoneId.of("Europe/Berlin"),
          ZoneId.of("America/New_York"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("Asia/Kathmandu"));

  private final Random random;
  private final double period;
  private final long lasts;
  private final List<String> destinations;

  /**
   * @param period how far the fires of a schedule lie apart on average, in seconds
   * @param lasts how long the run is, in microseconds
   */
  DefinitionDraw(Random random, double period, long lasts, List<String> destinations) {
    this.random = random;
    this.period = period;
    this.lasts = lasts;
    this.destinations = destinations;
  }

  Definition draw(int number, long now) {
    // Few of them fire often, so that they do not make up all of the load.
    int n = random.nextInt(100);
    Kind kind =
        n < 35
            ? Kind.INTERVAL
            : n < 38
                ? Kind.SUB_SECOND
                : n < 45 ? Kind.ONCE : n < 70 ? Kind.CRON : n < 88 ? Kind.RECURRENCE : Kind.UNION;
    ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
    PlainSpec spec =
        PlainSpec.of(rule(kind, zone, now), zone)
            .withPolicies(Gap.values()[random.nextInt(2)], Fold.values()[random.nextInt(3)]);
    if (kind != Kind.ONCE) {
      spec = bounded(spec, now);
    }
    String destination = destinations.get(random.nextInt(destinations.size()));
    return new Definition(number, kind, spec, catchUp(), destination);
  }

  private PlainSpec bounded(PlainSpec spec, long now) {
    if (random.nextInt(8) == 0) {
      spec = spec.withJitter(1 + random.nextInt(2_000_000));
    }
    long later = now + (long) (random.nextDouble() * lasts);
    return switch (random.nextInt(12)) {
      case 0 -> spec.between(now + 3 * SECOND, PlainSpec.NO_END);
      // A cron rule may leave out every second minute, and what never fires is refused.
      case 1 -> spec.between(PlainSpec.NO_START, Math.max(later, now + 130 * SECOND));
      case 2 -> spec.atMost(20 + random.nextInt(200), now);
      case 3 -> spec.without(List.of(range(later), range(later + 7 * SECOND)));
      default -> spec;
    };
  }

  private Range range(long from) {
    return new Range(from, from + (1 + random.nextInt(20)) * SECOND);
  }

  private CatchUp catchUp() {
    long window = (10 + random.nextInt(50)) * SECOND;
    long grace = (1 + random.nextInt(9)) * SECOND;
    return switch (random.nextInt(10)) {
      case 0 -> new CatchUp(Definition.CATCH_UP_ALL.windowMicros(), 0, grace);
      case 1 -> new CatchUp(Definition.CATCH_UP_ALL.windowMicros(), 1, grace);
      case 2 -> new CatchUp(window, 2 + random.nextInt(5), grace);
      case 3 -> new CatchUp(window, CatchUp.NO_LIMIT, grace);
      default -> Definition.CATCH_UP_ALL;
    };
  }

  private PlainRule rule(Kind kind, ZoneId zone, long now) {
    double seconds = period * (0.5 + 1.5 * random.nextDouble());
    return switch (kind) {
      case INTERVAL -> interval(seconds, now);
      case SUB_SECOND -> new Interval(300_000 + random.nextInt(700) * 1_000L, now - 1);
      case ONCE -> new Once(now + 10 * SECOND + (long) (random.nextDouble() * lasts));
      case CRON -> cron(seconds, zone, now);
      case RECURRENCE -> recurring(seconds, zone, now);
      case UNION ->
          new Union(
              List.of(
                  interval(seconds * 2, now),
                  random.nextBoolean()
                      ? cron(seconds * 2, zone, now)
                      : recurring(seconds * 2, zone, now),
                  new Once(now + 10 * SECOND + (long) (random.nextDouble() * lasts))));
    };
  }

  private PlainRule interval(double seconds, long now) {
    return new Interval(Math.round(seconds * 1_000) * 1_000, now + random.nextInt(1_000_000));
  }

  /** Some seconds of every minute, every second minute, or of the minutes named one by one. */
  private PlainRule cron(double seconds, ZoneId zone, long now) {
    Set<Integer> chosen = new TreeSet<>();
    int count = (int) Math.max(1, Math.min(59, Math.round(60 / seconds)));
    while (chosen.size() < count) {
      chosen.add(random.nextInt(60));
    }
    Set<Integer> all = Cron.range(0, 59);
    return switch (random.nextInt(3)) {
      case 0 -> Cron.daily(chosen, all, Cron.range(0, 23), true);
      case 1 -> Cron.daily(twice(chosen), minutes(), Cron.range(0, 23), true);
      default ->
          new Cron(
              chosen,
              all,
              Cron.range(0, 23),
              days(zone, now),
              Cron.ALL_MONTHS,
              Cron.ALL_WEEKDAYS,
              true,
              true);
    };
  }

  /**
   * Some days of the month, never the same whatever the date: they hold for two days from now on at
   * least, and leave out days that come after.
   */
  private Set<Integer> days(ZoneId zone, long now) {
    LocalDate first = Instant.ofEpochSecond(now / SECOND).atZone(zone).toLocalDate().plusDays(3);
    Set<Integer> days = new TreeSet<>(Cron.range(1, 31));
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      days.remove(first.plusDays(i).getDayOfMonth());
    }
    return days;
  }

  private Set<Integer> minutes() {
    int odd = random.nextInt(2);
    return IntStream.range(0, 30)
        .map(n -> 2 * n + odd)
        .boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<Integer> twice(Set<Integer> seconds) {
    Set<Integer> all = new TreeSet<>(seconds);
    seconds.forEach(second -> all.add((second + 31) % 60));
    return all;
  }

  private PlainRule recurring(double seconds, ZoneId zone, long now) {
    LocalDateTime start =
        LocalDateTime.ofInstant(Instant.ofEpochSecond(now / SECOND - random.nextInt(7200)), zone);
    if (zone.getRules().getValidOffsets(start).size() > 1) {
      // Of a local time that comes twice the second pass may lie ahead of now.
      start = zone.getRules().getTransition(start).getDateTimeAfter().minusSeconds(1);
    }
    return random.nextInt(6) == 0
        ? new Recurring(Unit.MINUTELY, 1, start, Set.of())
        : new Recurring(Unit.SECONDLY, (int) Math.max(1, Math.round(seconds)), start, Set.of());
  }
}
