package io.carillon.common.time;

/** The only door to time. Which hour it is and how much time has passed are two questions. */
public interface TimeSource {

  /**
   * Microseconds since 1970-01-01T00:00Z, by the wall clock or cluster time that the source stands
   * for.
   */
  long nowMicros();

  /**
   * Microseconds since some moment that is fixed for the life of the source: for distances, such as
   * timeouts and leases. Never goes back.
   */
  long monotonicMicros();
}
