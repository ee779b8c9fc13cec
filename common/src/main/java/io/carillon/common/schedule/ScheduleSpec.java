package io.carillon.common.schedule;

import java.time.ZoneId;

/**
 * When a schedule fires: one rule, in a zone, between bounds. Complete in itself: every default is
 * filled in, so its nominal times depend on nothing else.
 *
 * @param startMicros no nominal time before it; {@link Long#MIN_VALUE} for none
 * @param endMicros no nominal time after it; {@link Long#MAX_VALUE} for none
 * @param maxFires at most this many occurrences after the start (inclusive) or else after {@code
 *     countFromMicros} (exclusive); 0 for no limit
 */
public record ScheduleSpec(
    Rule rule,
    ZoneId zone,
    long startMicros,
    long endMicros,
    long maxFires,
    long countFromMicros,
    GapPolicy gap,
    FoldPolicy fold) {

  /** What a spec fires on. */
  public sealed interface Rule {}

  /** A cron expression as the user wrote it. */
  public record CronRule(Dialect dialect, String expression) implements Rule {}

  /** Times {@code anchorMicros + k * periodMicros} for every whole k. */
  public record IntervalRule(long periodMicros, long anchorMicros) implements Rule {}

  /** A single time. */
  public record OnceRule(long atMicros) implements Rule {}

  /** Names as in the API. */
  public enum Dialect {
    UNIX,
    SECONDS
  }

  /** What a fixed local time does that a DST change leaves out. */
  public enum GapPolicy {
    SHIFT,
    SKIP
  }

  /** What a fixed local time does that a DST change repeats. */
  public enum FoldPolicy {
    FIRST,
    LAST,
    BOTH
  }

  /**
   * Its nominal times.
   *
   * @throws SpecException if the spec is malformed; one that merely never fires is not refused here
   */
  public Occurrences compile() {
    throw new UnsupportedOperationException();
  }

  /** The spec in one line of printable ASCII: equal specs have equal texts. */
  public String canonical() {
    throw new UnsupportedOperationException();
  }

  /**
   * The spec of a {@link #canonical} text.
   *
   * @throws SpecException if it is not one
   */
  public static ScheduleSpec parse(String canonical) {
    throw new UnsupportedOperationException();
  }
}
