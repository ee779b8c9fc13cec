package io.carillon.simulation.oracle;

import java.time.ZoneId;
import java.util.List;

/**
 * When a schedule fires, in terms of its own: nothing here is parsed, nor known to the engine.
 * Times are microseconds since 1970. Immutable.
 *
 * @param gap what a fixed local time does that the clocks leave out
 * @param fold what a fixed local time does that the clocks repeat
 * @param start no time before it; {@link #NO_START} for none
 * @param end no time after it; {@link #NO_END} for none
 * @param maxFires how many times there are at most, counted from the start or else from {@code
 *     countFrom} on (exclusive); 0: no limit
 * @param jitter how long after its nominal time a time may become due at most
 */
public record PlainSpec(
    PlainRule rule,
    ZoneId zone,
    Gap gap,
    Fold fold,
    long start,
    long end,
    long maxFires,
    long countFrom,
    List<Range> exclusions,
    long jitter) {

  public static final long NO_START = Long.MIN_VALUE;
  public static final long NO_END = Long.MAX_VALUE;

  /** For local times that do not exist. */
  public enum Gap {
    SHIFT,
    SKIP
  }

  /** For local times that occur twice. */
  public enum Fold {
    FIRST,
    LAST,
    BOTH
  }

  /** Instants from {@code first} (included) to {@code end} (not included). */
  public record Range(long first, long end) {
    boolean contains(long micros) {
      return micros >= first && micros < end;
    }
  }

  public PlainSpec {
    exclusions = List.copyOf(exclusions);
  }

  /** Without bounds, exclusions and jitter, and with the policies that hold if none is named. */
  public static PlainSpec of(PlainRule rule, ZoneId zone) {
    return new PlainSpec(
        rule, zone, Gap.SHIFT, Fold.FIRST, NO_START, NO_END, 0, NO_START, List.of(), 0);
  }

  public PlainSpec withPolicies(Gap otherGap, Fold otherFold) {
    return new PlainSpec(
        rule, zone, otherGap, otherFold, start, end, maxFires, countFrom, exclusions, jitter);
  }

  public PlainSpec between(long first, long last) {
    return new PlainSpec(
        rule, zone, gap, fold, first, last, maxFires, countFrom, exclusions, jitter);
  }

  /**
   * @param from where the counting begins (exclusive) if there is no start
   */
  public PlainSpec atMost(long fires, long from) {
    return new PlainSpec(rule, zone, gap, fold, start, end, fires, from, exclusions, jitter);
  }

  public PlainSpec without(List<Range> ranges) {
    return new PlainSpec(rule, zone, gap, fold, start, end, maxFires, countFrom, ranges, jitter);
  }

  public PlainSpec withJitter(long micros) {
    return new PlainSpec(
        rule, zone, gap, fold, start, end, maxFires, countFrom, exclusions, micros);
  }
}
