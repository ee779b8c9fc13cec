package io.carillon.common.schedule;

import java.time.ZoneId;
import java.util.Objects;

/**
 * When a schedule fires: one rule, in a zone, between bounds. Complete in itself: every default is
 * filled in, so its nominal times depend on nothing else.
 *
 * @param startMicros no nominal time before it; {@link Long#MIN_VALUE} for none
 * @param endMicros no nominal time after it; {@link Long#MAX_VALUE} for none
 * @param maxFires at most this many occurrences after the start (inclusive) or else after {@code
 *     countFromMicros} (exclusive), and then none at or before that; 0 for no limit, at most {@link
 *     #MAX_FIRES}
 * @param countFromMicros without meaning if there is a start or no limit; 0 by default
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

  public static final long MAX_FIRES = 1_000_000_000;

  /** A millisecond. */
  public static final long MIN_PERIOD_MICROS = 1_000;

  /** 3660 days. */
  public static final long MAX_PERIOD_MICROS = 3660L * 86_400 * 1_000_000;

  public ScheduleSpec {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(gap, "gap");
    Objects.requireNonNull(fold, "fold");
  }

  /** A rule without bounds, under the default policies. */
  public static ScheduleSpec of(Rule rule, ZoneId zone) {
    return new ScheduleSpec(
        rule, zone, Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, GapPolicy.SHIFT, FoldPolicy.FIRST);
  }

  /**
   * The time zone of an IANA id, such as Europe/Berlin, UTC or Etc/GMT+3.
   *
   * @throws SpecException (time_zone, UNKNOWN_TIME_ZONE) if it is an offset, an abbreviation or
   *     unknown; names a similar id if there is one
   */
  public static ZoneId zone(String id) {
    return TimeZones.named(id);
  }

  /** What a spec fires on. */
  public sealed interface Rule {}

  /**
   * A cron expression as the user wrote it; {@link io.carillon.common.cron.CronParser} says what
   * may be written. Its times end with the local year 2099 and begin with 1900.
   */
  public record CronRule(Dialect dialect, String expression) implements Rule {

    public CronRule {
      Objects.requireNonNull(dialect, "dialect");
      Objects.requireNonNull(expression, "expression");
    }
  }

  /** Times {@code anchorMicros + k * periodMicros} for every whole k. */
  public record IntervalRule(long periodMicros, long anchorMicros) implements Rule {}

  /** A single time. */
  public record OnceRule(long atMicros) implements Rule {}

  /** Names as in the API: five fields, or six with leading seconds. */
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
    return SpecCompiler.compile(this, SpecCompiler.CronKey::times);
  }

  /** The spec in one line of printable ASCII: equal specs have equal texts, and only they. */
  public String canonical() {
    return SpecText.write(this);
  }

  /**
   * The spec of a {@link #canonical} text. It need not compile.
   *
   * @throws SpecException if it is not one; an unknown key is named
   */
  public static ScheduleSpec parse(String canonical) {
    return SpecText.read(canonical);
  }
}
