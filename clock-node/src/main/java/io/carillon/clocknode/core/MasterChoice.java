package io.carillon.clocknode.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Which master is tried next, for how long, and after what wait: those of the list in turn. One
 * that does not lead may say who does: that is tried next, whether it is in the list or not.
 */
public final class MasterChoice {

  /** Why an attempt came to nothing, or a session to its end. */
  public enum Ending {
    /** Nothing was heard for the timeout. */
    UNANSWERED,
    /** The master says that it does not lead. */
    NOT_LEADER,
    OTHER
  }

  /**
   * The same, with what the master said of it.
   *
   * @param leader where the leader is to be found; empty if the master did not say
   */
  public record Failure(Ending ending, String leader) {}

  /** A session that was lost earlier than this is not a recovery. */
  private static final long PROVEN_MICROS = 1_000_000;

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
  private final Set<String> unanswering = new HashSet<>();

  /** Whom to try out of turn, or null. */
  private String hint;

  private boolean hinted;

  /** The hint is of a leader that has just ceased to be one, and knows. */
  private boolean named;

  private String current;

  /**
   * @param masters in the order in which they are tried; not empty
   * @param chance draws a number from 0 to below the one that it is given
   */
  public MasterChoice(List<String> masters, LongUnaryOperator chance) {
    this.masters = List.copyOf(masters);
    this.backoff = new Backoff(masters.size(), chance);
    this.current = masters.get(0);
  }

  /** Turns to the master to try now. */
  public String choose() {
    hinted = hint != null;
    named &= hinted;
    current = hinted ? hint : masters.get(next);
    hint = null;
    return current;
  }

  /** The one that {@link #choose} answered last. */
  public String current() {
    return current;
  }

  /** How long to wait for its answer. */
  public long timeoutMicros() {
    if (masters.size() == 1 || named) {
      return TIMEOUT_MICROS;
    }
    long patience =
        othersAnswer
            ? FIRST_TIMEOUT_MICROS + hangs * FIRST_TIMEOUT_MICROS / 2
            : FIRST_TIMEOUT_MICROS << Math.min(hangs, 4);
    return Math.min(TIMEOUT_MICROS, patience);
  }

  /** It took the node: a session begins. */
  public void onRegistered() {
    hangs = 0;
    othersAnswer = false;
    unanswering.clear();
  }

  /**
   * A session is over. If the master said who leads now, as one does that has just ceased to, that
   * one is tried at once. So is the next after a session that was worth something.
   *
   * @param answeredMicros how long it lasted; 0 if no heartbeat was answered in it
   * @param silent the master stands still, perhaps, and another one is the better guess
   * @return how long to wait before the next attempt, in microseconds
   */
  public long onLost(long answeredMicros, boolean silent, Failure why) {
    named = !why.leader().isEmpty() && !why.leader().equals(current);
    if (named) {
      hint = why.leader();
      backoff.reset();
      return 0;
    }
    if (answeredMicros <= PROVEN_MICROS) {
      return onFailure(why);
    }
    backoff.reset();
    if (silent) {
      unanswering.add(current);
      turn();
    }
    return 0;
  }

  private void turn() {
    next = (next + 1) % masters.size();
  }

  /**
   * An attempt failed, or a session that was worth nothing.
   *
   * @return how long to wait before the next attempt, in microseconds
   */
  public long onFailure(Failure why) {
    if (why.ending() == Ending.UNANSWERED) {
      hangs++;
      unanswering.add(current);
    }
    if (why.ending() == Ending.NOT_LEADER) {
      backoff.onNotLeader();
      othersAnswer = true;
      String leader = why.leader();
      if (!hinted
          && !leader.isEmpty()
          && !leader.equals(current)
          && !unanswering.contains(leader)) {
        // One step out of turn: two that point at each other must not hold the node.
        hint = leader;
        return 0;
      }
    }
    turn();
    long pause = backoff.nextMicros();
    if (pause > 0) {
      unanswering.clear();
    }
    return pause;
  }
}
