package io.carillon.master.access;

/**
 * What a caller has to be allowed, in the scope of the method. Only a name so far: nothing is
 * refused for it, and whoever reaches a port may make every call on it.
 */
public enum Role {
  /** Reads. */
  READER,
  /** Makes, changes and deletes schedules, calendars and destinations. */
  WRITER,
  /** Receives fires, and acknowledges them. */
  SUBSCRIBER,
  /** Interferes with what runs: pauses, triggers, backfills; drains, repairs. */
  OPERATOR,
  /** Does what cannot be undone. */
  ADMIN,
  /** Is a clock node. */
  NODE
}
