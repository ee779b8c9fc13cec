package io.carillon.common.schedule;

/** Which instants a spec leaves open for its times, in microseconds since 1970. Immutable. */
interface OpenTimes {

  boolean isOpen(long micros);

  /** The first open instant from {@code micros} on, or {@link Occurrences#NEVER}. */
  long openFrom(long micros);

  /** The first instant from {@code micros} on that is not open, or {@link Occurrences#NEVER}. */
  long closedFrom(long micros);

  /** The last open instant up to {@code micros}, or {@link Occurrences#NEVER_BEFORE}. */
  long openUpTo(long micros);
}
