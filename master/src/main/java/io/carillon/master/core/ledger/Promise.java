package io.carillon.master.core.ledger;

import io.carillon.common.schedule.Occurrences;

/** Fires beside the spec that a client was told of. */
public sealed interface Promise {

  long schedule();

  /** Of the schedule. */
  int partition();

  /** A trigger that was answered. */
  record Trigger(long schedule, int partition, long nominal) implements Promise {}

  /**
   * A backfill: every time of the rule in {@code (after, done]} has fired, and those up to {@code
   * end} may have.
   *
   * @param kind code of its fires
   * @param version the revision in whose name they fire
   */
  record Backfill(
      long schedule,
      int partition,
      int kind,
      long version,
      int destination,
      Occurrences times,
      long after,
      long done,
      long end)
      implements Promise {}
}
