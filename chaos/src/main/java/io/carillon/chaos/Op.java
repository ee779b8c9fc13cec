package io.carillon.chaos;

import io.carillon.bench.load.WallClock;

/**
 * One call of a client, to its very end: what became of it is found out where that can be. Times
 * are microseconds since 1970; {@code invoked} and {@code ended} on the reference clock, the others
 * as they were answered.
 *
 * @param number counts all calls of the run, from 1 on
 * @param schedule id; one client at a time works on it
 * @param uid of the schedule, {@link #NONE} if it is not known
 * @param effective from when on it holds, {@link #NONE} if that was not answered
 * @param definition of CREATE and UPDATE, else null
 * @param until of PAUSE: when it ends by itself, {@link #NONE} for never
 * @param catchUp of RESUME
 * @param nominal of TRIGGER: as answered
 */
record Op(
    int number,
    Type type,
    String schedule,
    long invoked,
    long ended,
    Outcome outcome,
    long uid,
    long version,
    long effective,
    Definition definition,
    long until,
    boolean catchUp,
    long nominal,
    String said) {

  static final long NONE = Long.MIN_VALUE;

  /** What is requested. */
  enum Type {
    CREATE,
    UPDATE,
    PAUSE,
    RESUME,
    DELETE,
    TRIGGER
  }

  /** What became of it. */
  enum Outcome {
    OK,
    /** Refused: it has not happened, and never will. */
    FAILED,
    /** It may have happened, or may happen yet. */
    UNKNOWN
  }

  @Override
  public String toString() {
    return "op "
        + number
        + " "
        + type
        + (catchUp ? " with catch-up" : "")
        + " of "
        + schedule
        + " "
        + outcome
        + ", called "
        + WallClock.show(invoked)
        + ", ended "
        + WallClock.show(ended)
        + (effective == NONE ? "" : ", effective " + WallClock.show(effective))
        + (until == NONE ? "" : ", until " + WallClock.show(until))
        + (version <= 0 ? "" : ", version " + version)
        + (definition == null ? "" : ", " + definition)
        + (said.isEmpty() ? "" : ": " + said);
  }
}
