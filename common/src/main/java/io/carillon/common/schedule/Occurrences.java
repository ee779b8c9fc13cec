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

  /** The first nominal time strictly after {@code micros}, or {@link #NEVER}. */
  long nextAfter(long micros);

  /** Whether {@code micros} is a nominal time. */
  boolean matches(long micros);

  /** How many nominal times lie in {@code (afterMicros, upToMicros]}; none if that is empty. */
  long count(long afterMicros, long upToMicros);

  /**
   * An upper bound: no nominal time lies after it; {@link #NEVER} if there is none. Of a single
   * time the time itself, of a rule with an end or limit that bound, of a cron rule the end of 2099
   * on local time.
   */
  long last();
}
