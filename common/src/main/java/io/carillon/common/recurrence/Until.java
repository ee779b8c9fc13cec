package io.carillon.common.recurrence;

/**
 * What UNTIL allows: both hold.
 *
 * @param local the last local second; {@link Long#MAX_VALUE} for all
 * @param instant the last second since 1970; {@link Long#MAX_VALUE} for all
 */
record Until(long local, long instant) {

  static final Until NEVER = new Until(Long.MAX_VALUE, Long.MAX_VALUE);
}
