package io.carillon.master.election;

import io.carillon.common.config.LeaseTerm;
import io.carillon.common.time.Micros;

/**
 * Times of the election, in microseconds.
 *
 * @param ttl a leader whose lease does not move for this long, seen by another master on its own
 *     monotonic clock, is given up
 * @param stepDownAfter a leader that could not renew for this long, from the beginning of the last
 *     renewal that went through, leads no more. Shorter than the ttl, by more than clocks of two
 *     machines drift apart in it and a step-down takes
 * @param renewEvery how often the leader renews
 * @param readEvery how often the others look
 * @param retryAfter how soon a call of the store that failed is tried again
 * @param answerTimeout a call of the store without an answer for this long has failed
 * @param resignPause how long a master that gave up the lead lets others take it
 */
public record ElectionSettings(
    long ttl,
    long stepDownAfter,
    long renewEvery,
    long readEvery,
    long retryAfter,
    long answerTimeout,
    long resignPause) {

  public ElectionSettings {
    if (stepDownAfter >= ttl || 3 * renewEvery > stepDownAfter || readEvery > ttl / 3) {
      throw new IllegalArgumentException(
          "the lease must be longer than step-down, step-down at least 3 renewals, and a look at"
              + " most a third of the lease: lease "
              + ttl
              + " µs, step-down "
              + stepDownAfter
              + " µs, renewal "
              + renewEvery
              + " µs, look "
              + readEvery
              + " µs");
    }
  }

  public static ElectionSettings defaults() {
    return of(LeaseTerm.DEFAULTS);
  }

  /**
   * All times in proportion to the ttl. A renewal without an answer leaves time for a second one
   * before the step-down.
   */
  public static ElectionSettings of(LeaseTerm lease) {
    long ttl = Micros.of(lease.leaseTtl());
    return new ElectionSettings(
        ttl, ttl * 2 / 3, ttl / 6, ttl / 12, ttl / 30, ttl * 3 / 10, ttl / 3);
  }
}
