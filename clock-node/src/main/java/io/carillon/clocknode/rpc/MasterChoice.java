package io.carillon.clocknode.rpc;

import io.grpc.Status;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
   * Doubles each time, as it may as well be the network that is slow. While others answer, it is
   * not, and rises by a half of this: an election takes seconds, and whoever wins it is among them.
   */
  private static final long FIRST_TIMEOUT_MICROS = 300_000;

  private final List<String> masters;
  private final Backoff backoff;
  private int next;

  /** Attempts since the last good one to which nobody answered. */
  private int hangs;

  /** Others said since the last good attempt that they do not lead. */
  private boolean othersAnswer;

  /** Who has not answered in this round: others may still believe that it leads. */
  private final Set<String> still = new HashSet<>();

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
    if (masters.size() == 1 || told) {
      return TIMEOUT_MICROS;
    }
    long patience =
        othersAnswer
            ? FIRST_TIMEOUT_MICROS + hangs * FIRST_TIMEOUT_MICROS / 2
            : FIRST_TIMEOUT_MICROS << Math.min(hangs, 4);
    return Math.min(TIMEOUT_MICROS, patience);
  }

  void onRegistered() {
    hangs = 0;
    othersAnswer = false;
    still.clear();
  }

  /**
   * A session that was worth something is over: begin anew.
   *
   * @param silent the master stands still, perhaps, and another one is the better guess
   */
  void onProvenSession(boolean silent) {
    backoff.reset();
    if (silent) {
      still.add(current);
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
    if (code == Status.Code.DEADLINE_EXCEEDED) {
      hangs++;
      still.add(current);
    }
    if (Failures.hasReason(cause, "NOT_LEADER")) {
      backoff.onNotLeader();
      othersAnswer = true;
      String leader = Failures.leader(cause);
      if (!hinted && !leader.isEmpty() && !leader.equals(current) && !still.contains(leader)) {
        // One step out of turn: two that point at each other must not hold the node.
        hint = leader;
        return 0;
      }
    }
    turn();
    long pause = backoff.nextMicros();
    if (pause > 0) {
      still.clear();
    }
    return pause;
  }
}
