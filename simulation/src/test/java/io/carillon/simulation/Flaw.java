package io.carillon.simulation;

import io.carillon.simulation.fault.Fault.Kind;

/** Deliberate faults of actors, and under what they show. */
enum Flaw {
  /** Writes of a deposed leader are not refused. */
  FENCE_REMOVED(Kind.MASTER_FREEZE, Kind.MASTER_PAUSE, Kind.STORE_SLOW),
  /** They are, if it was deposed before they began: a takeover does not wait for them. */
  FENCE_IS_A_PLAIN_EXISTS(Kind.STORE_SLOW, Kind.MASTER_RESIGN, Kind.MASTER_CRASH),
  WATERMARK_MOVED_BEFORE_THE_COMMIT(Kind.STORE_UNKNOWN, Kind.STORE_RESTART),
  /** What is pushed counts for the owner of its partition, whoever it was under which epoch. */
  EPOCH_NOT_CHECKED_ON_PUSH(Kind.NODE_PAUSE, Kind.CUT_NODE),
  /** A new leader takes closed revisions for open ones. */
  STALE_REVISION_ACCEPTED(Kind.MASTER_CRASH, Kind.MASTER_RESIGN),
  /** No compare-and-set, no key: a commit that is tried again happens again. */
  COMMIT_ACCEPTED_TWICE(Kind.STORE_UNKNOWN),
  /** Nodes tick 200 ms early, and leaders take what they push. */
  EARLY_TICK(Kind.NODE_CRASH),
  EVENT_DROPPED_ON_RECONNECT(Kind.BREAK_CONNECTION, Kind.STORE_SLOW, Kind.MASTER_CRASH),
  CURSOR_PASSES_WHAT_IS_NOT_ACKNOWLEDGED(Kind.BAD_SUBSCRIBERS, Kind.MASTER_CRASH),
  DELIVERED_BEFORE_THE_COMMIT(Kind.STORE_SLOW),
  /** A new leader reads the cursor, and not what was settled above it. */
  SETTLED_ABOVE_THE_CURSOR_FORGOTTEN(Kind.BAD_SUBSCRIBERS, Kind.MASTER_CRASH),
  /** A new leader takes what was out with subscribers for never delivered. */
  ATTEMPTS_BEGIN_ANEW(Kind.BAD_SUBSCRIBERS, Kind.MASTER_CRASH),
  /** One of several acknowledgements is taken and not heeded. */
  ACK_IGNORED(Kind.BAD_SUBSCRIBERS),
  /** Some are: those that come while what came before is written. */
  ACK_LOST_WHILE_SETTLING(Kind.BAD_SUBSCRIBERS, Kind.STORE_SLOW),
  /** Commits that found no room on their way to delivery are not read back. */
  GAP_OF_THE_TAIL_UNTOLD(Kind.SUBSCRIBER_CRASH, Kind.STORE_SLOW),
  /** The memory of the last commits answers for some that it never had, or has no more. */
  MEMORY_ANSWERS_FOR_WHAT_IT_LOST(Kind.SUBSCRIBER_CRASH, Kind.STORE_SLOW),
  /** What is missing is found, and not made up for. */
  NOTHING_IS_REPAIRED(Kind.NODE_LIES),
  /** What was made up for is made up for again, as nobody looked at the ledger between. */
  REPAIRED_BY_AN_OLD_LOOK(Kind.NODE_LIES),
  /** A commit that nobody answered counts as recorded, and is not tried again. */
  UNANSWERED_COMMIT_TAKEN_FOR_DONE(Kind.STORE_UNKNOWN, Kind.STORE_RESTART),
  /** A commit that is found by reading back counts as refused. */
  FOUND_COMMIT_TAKEN_FOR_REFUSED(Kind.STORE_UNKNOWN);

  private final Kind[] faults;

  Flaw(Kind... faults) {
    this.faults = faults;
  }

  /** A simulation in which it may show. */
  Setup setup(long seed) {
    return Setup.of(seed, 3, faults);
  }
}
