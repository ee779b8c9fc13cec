package io.carillon.bench.peers;

import io.carillon.bench.peers.Timetable.Series;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What harness and process of a peer say to each other: first a {@link Setup}, then orders, a line
 * of JSON each, and a {@link Reply} to each.
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

  /**
   * What a process of a peer gets first.
   *
   * @param jdbcUrl of the database that is the peer's alone
   * @param addresses of Carillon's masters; empty for peers inside the process
   * @param arrivals file of its executions
   * @param capacity how many of them at most
   */
  record Setup(
      Peer.Kind kind,
      String jdbcUrl,
      List<String> addresses,
      String arrivals,
      int capacity,
      Tuning tuning) {

    static Setup of(Peer.Kind kind, String jdbcUrl, List<String> addresses, Tuning tuning) {
      return new Setup(kind, jdbcUrl, addresses, null, 0, tuning);
    }

    Setup keeping(Path file, int executions) {
      return new Setup(kind, jdbcUrl, addresses, file.toString(), executions, tuning);
    }
  }

  /**
   * What differs from work to work.
   *
   * @param processes of a peer that execute; a cluster of Carillon has as many nodes and consumers
   * @param jobMillis how long an execution takes
   * @param pollMillis how often db-scheduler looks what is due
   * @param quickDetection as short a time as the peer allows until it takes another one for dead
   */
  record Tuning(int processes, int jobMillis, int pollMillis, boolean quickDetection) {}
}
