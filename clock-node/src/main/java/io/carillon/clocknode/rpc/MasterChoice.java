package io.carillon.clocknode.rpc;

import io.grpc.Status;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which master is tried next, for how long, and after what wait: those of the list in turn. One
 * that does not lead may say who does: that is tried next, whether it is in the list or not. Used
 * by the loop thread alone.
 */
final class MasterChoice {

  private static final long TIMEOUT_MICROS = 2_000_000;

  /**
   * The same while there are other masters to try: one that stands still must not cost more.
   * Doubles each time, as it may as well be the network that is slow.
   */
  private static final long FIRST_TIMEOUT_MICROS = 300_000;

  private final List<String> masters;
  private final Backoff backoff;
  private int next;

  /** Attempts since the last good one to which nobody answered. */
  private int hangs;

  /** Whom to try out of turn, or null. */
  private String hint;

  private boolean hinted;

  /** The hint is of a leader that has just ceased to be one, and knows. */
  private boolean told;

  private String current;

  MasterChoice(List<String> masters, SplittableRandom random) {
    this.masters = masters;
    this.backoff = new Backoff(masters.size(), random);
    this.current = masters.get(0);
  }

  /** Turns to the master to try now. */
  String choose() {
    hinted = hint != null;
    told &= hinted;
    current = hinted ? hint : masters.get(next);
    hint = null;
    return current;
  }

  String current() {
    return current;
  }

  long timeoutMicros() {
    return masters.size() == 1 || told
        ? TIMEOUT_MICROS
        : Math.min(TIMEOUT_MICROS, FIRST_TIMEOUT_MICROS << Math.min(hangs, 4));
  }

  void onRegistered() {
    hangs = 0;
  }

  /**
   * A session that was worth something is over: begin anew.
   *
   * @param silent the master stands still, perhaps, and another one is the better guess
   */
  void onProvenSession(boolean silent) {
    backoff.reset();
    if (silent) {
      turn();
    }
  }

  /**
   * A session is over; whether the master said who leads now, as one does that has just ceased to.
   */
  boolean isTold(Throwable cause) {
    String leader = Failures.leader(cause);
    told = !leader.isEmpty() && !leader.equals(current);
    if (told) {
      hint = leader;
      backoff.reset();
    }
    return told;
  }

  private void turn() {
    next = (next + 1) % masters.size();
  }

  /** An attempt failed, or a session that was worth nothing; answers how long to wait. */
  long onFailure(Throwable cause) {
    Status.Code code = cause == null ? Status.Code.UNKNOWN : Status.fromThrowable(cause).getCode();
    hangs += code == Status.Code.DEADLINE_EXCEEDED ? 1 : 0;
    if (Failures.hasReason(cause, "NOT_LEADER")) {
      backoff.onNotLeader();
      String leader = Failures.leader(cause);
      if (!hinted && !leader.isEmpty() && !leader.equals(current)) {
        // One step out of turn: two that point at each other must not hold the node.
        hint = leader;
        return 0;
      }
    }
    turn();
    return backoff.nextMicros();
  }
}
