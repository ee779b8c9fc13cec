package io.carillon.master.core;

/**
 * Times and bounds of the core, in microseconds.
 *
 * @param heartbeatInterval how often nodes are asked to send a heartbeat
 * @param sessionTimeout without a heartbeat for this long a node is dead
 * @param lossGrace how long a node may take to come back after its stream broke
 * @param startGrace how long nodes may take to come back after a master started
 * @param joinDelay how long a change of members waits for others, so that many joining at once move
 *     partitions once
 * @param releaseTimeout how long a node may take to release a partition before it is taken
 * @param movesAtOnce partitions that one node hands over at the same time
 * @param maxCommitEvents after how many events a commit is full
 */
public record CoreSettings(
    long heartbeatInterval,
    long sessionTimeout,
    long lossGrace,
    long startGrace,
    long joinDelay,
    long releaseTimeout,
    int movesAtOnce,
    int maxCommitEvents) {

  public CoreSettings {
    if (sessionTimeout < 3 * heartbeatInterval) {
      throw new IllegalArgumentException(
          "session timeout must be at least 3 heartbeat intervals, but is "
              + sessionTimeout
              + " µs for heartbeats every "
              + heartbeatInterval
              + " µs");
    }
    if (startGrace < sessionTimeout) {
      throw new IllegalArgumentException(
          "start grace must not be shorter than the session timeout");
    }
  }

  public static CoreSettings defaults() {
    return new CoreSettings(250_000, 2_000_000, 300_000, 3_000_000, 150_000, 2_000_000, 32, 20_000);
  }
}
