package io.carillon.bench.peers;

import java.nio.file.Path;
import java.util.List;

/**
 * What a process of a peer is told first.
 *
 * @param jdbcUrl of the database that is the peer's alone
 * @param addresses of Carillon's masters; empty for peers inside the process
 * @param arrivals file of its executions
 * @param capacity how many of them at most
 * @param jobMillis how long an execution takes
 * @param pollMillis how often db-scheduler looks what is due
 * @param quickDetection as short a time as the peer allows until it takes another one for dead
 */
record Setup(
    Peer.Kind kind,
    String jdbcUrl,
    List<String> addresses,
    String arrivals,
    int capacity,
    int jobMillis,
    int pollMillis,
    boolean quickDetection) {

  static Setup of(Peer.Kind kind, String jdbcUrl, List<String> addresses, Tuning tuning) {
    return new Setup(
        kind,
        jdbcUrl,
        addresses,
        null,
        0,
        tuning.jobMillis(),
        tuning.pollMillis(),
        tuning.quickDetection());
  }

  Setup keeping(Path file, int executions) {
    return new Setup(
        kind,
        jdbcUrl,
        addresses,
        file.toString(),
        executions,
        jobMillis,
        pollMillis,
        quickDetection);
  }
}
