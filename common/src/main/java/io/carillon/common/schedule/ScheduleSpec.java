package io.carillon.common.schedule;

import java.time.ZoneId;
import java.util.List;
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
 * @param exclusions times that are left out, before {@code maxFires} counts; in the order that the
 *     user gave, which tells specs apart though not their times
 * @param jitterMicros a time is due up to this long after its nominal time; 0 for none
 */
public record ScheduleSpec(
    Rule rule,
    ZoneId zone,
    long startMicros,
    long endMicros,
    long maxFires,
    long countFromMicros,
    GapPolicy gap,
    FoldPolicy fold,
    List<Exclusion> exclusions,
    BusinessDays businessDays,
    long jitterMicros) {

  public static final long MAX_FIRES = 1_000_000_000;

  /** The limit of max_fires for unions and recurrence rules. */
  public static final long MAX_STEPPED_FIRES = 20_000;

  public static final int MAX_UNION_RULES = 20;
  public static final int MAX_EXCLUSIONS = 100;
  public static final int MAX_CALENDARS = 10;

  /** Of days off, in all calendars together. */
  public static final int MAX_DAY_RANGES = 5_000;

  /** A day. */
  public static final long MAX_JITTER_MICROS = 86_400L * 1_000_000;

  /** A millisecond. */
  public static final long MIN_PERIOD_MICROS = 1_000;

  /** 3660 days. */
  public static final long MAX_PERIOD_MICROS = 3660L * 86_400 * 1_000_000;

  public ScheduleSpec {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(gap, "gap");
    Objects.requireNonNull(fold, "fold");
    Objects.requireNonNull(businessDays, "businessDays");
    exclusions = List.copyOf(exclusions);
  }

  /** Without exclusions, calendars and jitter. */
  public ScheduleSpec(
      Rule rule,
      ZoneId zone,
      long startMicros,
      long endMicros,
      long maxFires,
      long countFromMicros,
      GapPolicy gap,
      FoldPolicy fold) {
    this(
        rule,
        zone,
        startMicros,
        endMicros,
        maxFires,
        countFromMicros,
        gap,
        fold,
        List.of(),
        BusinessDays.ALL,
        0);
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
   *
   * @param slot what the values of H are made of: a hash of the schedule's name; 0 without H
   */
  public record CronRule(Dialect dialect, String expression, int slot) implements Rule {

    public CronRule {
      Objects.requireNonNull(dialect, "dialect");
      Objects.requireNonNull(expression, "expression");
    }

    public CronRule(Dialect dialect, String expression) {
      this(dialect, expression, 0);
    }
  }

  /** Times {@code anchorMicros + k * periodMicros} for every whole k. */
  public record IntervalRule(long periodMicros, long anchorMicros) implements Rule {}

  /** A single time. */
  public record OnceRule(long atMicros) implements Rule {}

  /**
   * A recurrence rule of RFC 5545.
   *
   * @param rrule as the user wrote it, without "RRULE:"
   * @param dtstartMicros its first instance, as an instant; whole seconds
   */
  public record RecurrenceRule(String rrule, long dtstartMicros) implements Rule {

    public RecurrenceRule {
      Objects.requireNonNull(rrule, "rrule");
    }
  }

  /** The times of any of several rules, which are not unions themselves. */
  public record UnionRule(List<Rule> rules) implements Rule {

    public UnionRule {
      rules = List.copyOf(rules);
      if (rules.stream().anyMatch(UnionRule.class::isInstance)) {
        throw new IllegalArgumentException("A union has no unions in it");
      }
    }
  }

  /** Times to leave out. */
  public sealed interface Exclusion {}

  /** Whole days in the spec's zone. */
  public record DateExclusion(DayRange days) implements Exclusion {}

  /** Instants from the first (included) to the second (not included). */
  public record TimeExclusion(long fromMicros, long toMicros) implements Exclusion {}

  /** Names as in the API: five fields, six with leading seconds, or those of Quartz. */
  public enum Dialect {
    UNIX,
    SECONDS,
    QUARTZ
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

  /** The version of the time zone rules of this process, such as 2026a. */
  public static String tzdbVersion() {
    return TimeZones.version();
  }

  /**
   * The spec without what leaves single times out: exclusions, and calendars whose days off are
   * skipped. Calendars that move times stay.
   */
  public ScheduleSpec withoutExclusions() {
    return new ScheduleSpec(
        rule,
        zone,
        startMicros,
        endMicros,
        maxFires,
        countFromMicros,
        gap,
        fold,
        List.of(),
        businessDays.policy() == BusinessDays.Policy.SKIP_DAY ? BusinessDays.ALL : businessDays,
        jitterMicros);
  }

  /**
   * Its nominal times.
   *
   * @throws SpecException if the spec is malformed; one that merely never fires is not refused here
   */
  public Occurrences compile() {
    return SpecCompiler.compile(this, SpecParts.OWN);
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
    return SpecTextReader.read(canonical);
  }
}
