package io.carillon.master.core.ledger;

/**
 * A difference between what is owed and what is recorded: nominal times of one schedule, in one
 * kind, without anything right between them.
 *
 * @param version the revision that owes them; of an unexpected row the one that it names
 */
public record Gap(
    Kind kind, long schedule, int partition, long version, long first, long last, long count) {

  /** What is wrong. */
  public enum Kind {
    /** Owed, and there is no row. */
    MISSING,
    /** A row for a time that no revision owes, or that says what cannot be. */
    UNEXPECTED,
    /** A time that more than one row stands for. */
    DUPLICATE,
    /** Recorded before it was due. */
    EARLY
  }

  /** Both as one; {@code next} is of the same kind, schedule and version, and comes later. */
  Gap with(Gap next) {
    return new Gap(
        kind,
        schedule,
        partition,
        version,
        Math.min(first, next.first),
        Math.max(last, next.last),
        count + next.count);
  }
}
