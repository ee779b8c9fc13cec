package io.carillon.clocknode.core;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;

/**
 * What the catch-up of a revision leaves out of the times that it owes: those due up to a time, for
 * one reason.
 */
record Omission(long upTo, SkipReason reason) {

  /** So many steps back cost less than to search by counting. */
  private static final int FEW = 8;

  /**
   * What is left out at a step, beginning with the time that is owed next; null if that one fires.
   *
   * @param due when that time is due; not after {@code validTo}
   * @param validTo no later time is owed
   */
  static Omission at(
      long now, CatchUp catchUp, Occurrences times, long schedule, long due, long validTo) {
    long oldest = now - catchUp.windowMicros();
    if (due < oldest) {
      return new Omission(Math.min(oldest - 1, validTo), SkipReason.CATCHUP_WINDOW);
    }
    long missedUpTo = Math.min(now - catchUp.graceMicros() - 1, validTo);
    if (catchUp.limit() == CatchUp.NO_LIMIT || due > missedUpTo) {
      return null;
    }
    if (catchUp.limit() == 0) {
      return new Omission(missedUpTo, SkipReason.CATCHUP_NONE);
    }
    long first = times.nominalDueBy(schedule, due);
    long last = times.nominalDueBy(schedule, missedUpTo);
    if (times.count(first - 1, last) <= catchUp.limit()) {
      return null;
    }
    long left = before(times, first, last, catchUp.limit());
    return new Omission(times.dueOf(schedule, left), SkipReason.CATCHUP_LIMIT);
  }

  /** The nominal time with {@code n} nominal times in {@code (it, last]}; not before the first. */
  private static long before(Occurrences times, long first, long last, int n) {
    if (n <= FEW) {
      long at = last;
      for (int i = 0; i < n; i++) {
        at = times.previousBefore(at);
      }
      return at;
    }
    long low = first - 1;
    long high = last;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (times.count(middle, last) > n) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
