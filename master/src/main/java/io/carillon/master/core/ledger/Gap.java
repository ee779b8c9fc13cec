package io.carillon.master.core.ledger;

import io.carillon.master.core.Revision;

/**
 * A difference between what is owed and what is recorded: nominal times of one schedule, in one
 * kind, without anything right between them.
 *
 * @param version the revision that owes them; of an unexpected row the one that it names; 0 for
 *     triggers
 * @param fireKind code of {@code FireKind}
 * @param detail what is wrong with the first, where the kind does not say it; else empty
 * @param owing of times of a spec that are missing: the revision that owes them; else null
 */
public record Gap(
    Kind kind,
    long schedule,
    int partition,
    long version,
    long first,
    long last,
    long count,
    int fireKind,
    String detail,
    Revision owing) {

  /** What is wrong. */
  public enum Kind {
    /** Owed, or told to a client, and there is no row. */
    MISSING,
    /** A row for a time that no revision owes, or that says what cannot be. */
    UNEXPECTED,
    /** A time that more than one row stands for. */
    DUPLICATE,
    /** Recorded before it was due. */
    EARLY,
    /** The row of a time that is owed, which says what cannot be of where it belongs. */
    ALTERED
  }

  boolean goesOnWith(Gap next) {
    return version == next.version && fireKind == next.fireKind;
  }

  /**
   * Both as one; {@code next} {@link #goesOnWith goes on}, is of the same kind, and comes later.
   */
  Gap with(Gap next) {
    return new Gap(
        kind,
        schedule,
        partition,
        version,
        Math.min(first, next.first),
        Math.max(last, next.last),
        count + next.count,
        fireKind,
        detail,
        owing);
  }
}
