package io.carillon.bench.peers;

import java.util.Map;

/**
 * One line from the harness to a process of a peer.
 *
 * @param series for all but START and PAUSE
 * @param threads that create at once
 * @param batch whether by calls for many
 * @param seconds when to stop creating, if it has not come to the end of the series
 */
record Order(Verb verb, Series series, int threads, boolean batch, double seconds) {

  static final int BATCH = 1000;

  /** What to do. */
  enum Verb {
    /** Another process creates them, but this one may execute them. */
    DECLARE,
    CREATE,
    START,
    PAUSE
  }

  static Order of(Verb verb) {
    return new Order(verb, null, 0, false, 0);
  }

  static Order declare(Series series) {
    return new Order(Verb.DECLARE, series, 0, false, 0);
  }

  /** All of them, the quickest way there is. */
  static Order createAll(Series series) {
    return new Order(Verb.CREATE, series, 2, true, Double.MAX_VALUE);
  }

  /**
   * The answer.
   *
   * @param error why it was not done, or null
   * @param created how many
   * @param seconds how long that took
   * @param settings of the peer, in the answer to {@link Setup}
   */
  record Reply(String error, int created, double seconds, Map<String, String> settings) {}
}
