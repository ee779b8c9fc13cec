package io.carillon.simulation.cluster;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.simulation.check.Expectation;
import io.carillon.simulation.oracle.PlainRule;
import io.carillon.simulation.oracle.PlainSpec;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Specs by chance, each said twice: as the product writes it, and as the oracle understands it. */
public final class SpecDraw {

  private static final long SECOND = 1_000_000;
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  /** A spec, and what is expected of it. */
  public record Drawn(ScheduleSpec spec, Expectation expectation) {}

  private record Rule(ScheduleSpec.Rule rule, PlainRule plain) {}

  private final SplittableRandom random;
  private final long anchor;

  /**
   * @param anchor what many have in common, so that they come together
   */
  public SpecDraw(SplittableRandom random, long anchor) {
    this.random = random;
    this.anchor = anchor;
  }

  public Drawn draw(long now) {
    Rule rule = random.nextInt(8) == 0 ? union(now) : rule(now);
    ScheduleSpec spec = ScheduleSpec.of(rule.rule, ZONE);
    PlainSpec plain = PlainSpec.of(rule.plain, ZONE);
    if (random.nextInt(8) == 0) {
      long start = now + random.nextLong(5 * SECOND);
      long end = start + random.nextLong(20 * SECOND);
      spec = new ScheduleSpec(rule.rule, ZONE, start, end, 0, 0, spec.gap(), spec.fold());
      plain = plain.between(start, end);
    }
    return new Drawn(spec, new Expectation(plain, catchUp()));
  }

  private CatchUp catchUp() {
    return switch (random.nextInt(10)) {
      case 0 -> new CatchUp(2 * SECOND, CatchUp.NO_LIMIT, SECOND);
      case 1 -> new CatchUp(3600 * SECOND, 0, SECOND / 2);
      case 2 -> new CatchUp(3600 * SECOND, 1 + random.nextInt(3), SECOND / 2);
      default -> CatchUp.all(3600 * SECOND);
    };
  }

  private Rule rule(long now) {
    return switch (random.nextInt(7)) {
      case 0 -> once(now + SECOND + random.nextLong(10 * SECOND));
      case 1, 2 -> cron();
      case 3 -> interval(SECOND, anchor);
      case 4 -> interval(100_000 + random.nextLong(400_000), anchor);
      default -> interval(300_000 + random.nextLong(5 * SECOND), random.nextLong(SECOND));
    };
  }

  private Rule union(long now) {
    Rule one = rule(now);
    Rule two = rule(now);
    return new Rule(
        new ScheduleSpec.UnionRule(List.of(one.rule, two.rule)),
        new PlainRule.Union(List.of(one.plain, two.plain)));
  }

  private static Rule once(long at) {
    return new Rule(new ScheduleSpec.OnceRule(at), new PlainRule.Once(at));
  }

  private static Rule interval(long period, long from) {
    return new Rule(
        new ScheduleSpec.IntervalRule(period, from), new PlainRule.Interval(period, from));
  }

  private Rule cron() {
    int step = new int[] {1, 2, 3, 5, 10, 15}[random.nextInt(6)];
    int first = random.nextInt(step);
    TreeSet<Integer> seconds = new TreeSet<>();
    for (int second = first; second < 60; second += step) {
      seconds.add(second);
    }
    return new Rule(
        new ScheduleSpec.CronRule(
            ScheduleSpec.Dialect.SECONDS, first + "-59/" + step + " * * * * *"),
        PlainRule.Cron.daily(
            seconds, PlainRule.Cron.range(0, 59), PlainRule.Cron.range(0, 23), true));
  }
}
