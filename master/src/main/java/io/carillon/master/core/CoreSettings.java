package io.carillon.master.core;

import io.carillon.common.config.Commits;
import io.carillon.common.config.Membership;
import io.carillon.common.time.Micros;

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
 * @param clockBound a node whose estimate of cluster time is ahead by more, or not known to within
 *     it, is given no partitions
 * @param firstHold for how long a node that was lost again and again has to stay before it is given
 *     partitions; doubles with each further loss
 * @param longestHold what that doubles up to
 * @param warmStandby whether each partition is kept loaded by the node that would get it next: it
 *     goes on at once then, and the nodes need twice the memory
 */
public record CoreSettings(
    long heartbeatInterval,
    long sessionTimeout,
    long lossGrace,
    long startGrace,
    long joinDelay,
    long releaseTimeout,
    int movesAtOnce,
    int maxCommitEvents,
    long clockBound,
    long firstHold,
    long longestHold,
    boolean warmStandby) {

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

  /** What an operator set, in microseconds. */
  public static CoreSettings of(Membership membership, Commits commits) {
    return new CoreSettings(
        Micros.of(membership.heartbeatInterval()),
        Micros.of(membership.sessionTimeout()),
        Micros.of(membership.lossGrace()),
        Micros.of(membership.startGrace()),
        Micros.of(membership.joinDelay()),
        Micros.of(membership.releaseTimeout()),
        membership.movesAtOnce(),
        commits.commitMaxEvents(),
        Micros.of(membership.clockBound()),
        Micros.of(membership.firstHold()),
        Micros.of(membership.longestHold()),
        membership.warmStandby());
  }

  public static CoreSettings defaults() {
    return of(Membership.DEFAULTS, Commits.DEFAULTS);
  }

  /** Silent for this long a node is SUSPECT. */
  long suspectAfter() {
    return 3 * heartbeatInterval;
  }
}
