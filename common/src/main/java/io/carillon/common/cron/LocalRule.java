package io.carillon.common.cron;

/**
 * A rule over local time, which has no zone: seconds since 1970-01-01T00:00 as a wall clock shows
 * them, from {@link LocalTimes#BEGIN} to before {@link LocalTimes#END}. Immutable to its callers.
 */
public interface LocalRule {

  /** What is answered where there is no such match. */
  long NONE = Long.MAX_VALUE;

  /** The first match at or after {@code local}, or {@link #NONE}. */
  long nextFrom(long local);

  /** The last match before {@code local}, or {@link #NONE}. */
  long previousBefore(long local);

  /** Whether {@code local} is a match. */
  boolean matches(long local);

  /** How many matches lie in {@code [from, to)}. */
  long count(long from, long to);

  /** The n-th match at or after {@code local}, from 1, or {@link #NONE}. */
  long nth(long local, long n);
}
