package io.carillon.chaos;

import io.carillon.simulation.oracle.PlainSpec;

/**
 * What a revision of a schedule holds.
 *
 * @param number of the operation that brought it, from 1 on; it is the payload, so that a fire says
 *     whose it is
 * @param destination id
 */
record Content(int number, Kind kind, PlainSpec spec, Policy policy, String destination) {

  /** Kinds that must each have owed something, or the run shows nothing of them. */
  enum Kind {
    INTERVAL,
    SUB_SECOND,
    ONCE,
    CRON,
    RECURRENCE,
    UNION
  }

  /**
   * What becomes of missed times. Microseconds.
   *
   * @param limit how many of the latest fire; negative: all
   */
  record Policy(int limit, long window, long grace) {
    static final Policy ALL = new Policy(-1, 3_600_000_000L, 10_000_000L);
  }
}
