package io.carillon.chaos;

import io.carillon.common.schedule.CatchUp;
import io.carillon.simulation.oracle.PlainSpec;

/**
 * What a revision of a schedule holds.
 *
 * @param number of the operation that brought it, from 1 on; it is the payload, so that a fire says
 *     whose it is
 * @param destination id
 */
record Definition(int number, Kind kind, PlainSpec spec, CatchUp catchUp, String destination) {

  /** Kinds that must each have owed something, or the run shows nothing of them. */
  enum Kind {
    INTERVAL,
    SUB_SECOND,
    ONCE,
    CRON,
    RECURRENCE,
    UNION
  }

  /** All missed times of an hour. */
  static final CatchUp CATCH_UP_ALL = CatchUp.all(3_600_000_000L);
}
