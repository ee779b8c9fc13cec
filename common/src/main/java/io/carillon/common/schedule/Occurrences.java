package io.carillon.common.schedule;

/**
 * The nominal times of a spec: a pure function, the same on every machine.
 *
 * <p>All times are microseconds since 1970-01-01T00:00Z. Implementations are immutable and safe for
 * use from any thread; a call allocates nothing on the usual path and its work is bounded for any
 * spec.
 */
public interface Occurrences {

  /** What {@link #nextAfter} answers when there is no further time. */
  long NEVER = Long.MAX_VALUE;

  /** What {@link #previousBefore} answers when there is no earlier time. */
  long NEVER_BEFORE = Long.MIN_VALUE;

  /** The first nominal time strictly after {@code micros}, or {@link #NEVER}. */
  long nextAfter(long micros);

  /** Whether {@code micros} is a nominal time. */
  boolean matches(long micros);

  /** How many nominal times lie in {@code (afterMicros, upToMicros]}; none if that is empty. */
  long count(long afterMicros, long upToMicros);

  /**
   * An upper bound: no nominal time lies after it, and none is due after it; {@link #NEVER} if
   * there is none. Of a single time the time itself, of a rule with an end or limit that bound, of
   * a cron rule the end of 2099 on local time; with jitter later by that, but not after the end.
   */
  long last();

  /** The last nominal time strictly before {@code micros}, or {@link #NEVER_BEFORE}. */
  long previousBefore(long micros);

  /** A time is due up to this long after its nominal time. 0 for most specs. */
  default long jitterMicros() {
    return 0;
  }

  /**
   * When a nominal time of a schedule is due: at or after it, before the next nominal time, not
   * after {@link #last}. The same for ever, and rises with the nominal time.
   */
  default long dueOf(long schedule, long nominal) {
    return Jitter.dueOf(this, schedule, nominal);
  }

  /** The first due time strictly after {@code micros}, or {@link #NEVER}. */
  default long nextDueAfter(long schedule, long micros) {
    return Jitter.nextDueAfter(this, schedule, micros);
  }

  /** The last nominal time that is due at or before {@code micros}, or {@link #NEVER_BEFORE}. */
  default long nominalDueBy(long schedule, long micros) {
    return Jitter.nominalDueBy(this, schedule, micros);
  }
}
