package io.carillon.master.core;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Announce;
import io.carillon.master.core.Node.NodeReport;
import java.util.Collection;
import java.util.List;

/**
 * Which nodes are given no partitions though they live: those that come and go, those whose clock
 * is not to be trusted, those that do not work ({@link Standstill}), and those that left out what
 * they owed. What they own moves away in order, but for what stands still.
 *
 * <p>Nobody is held while no other node could take the partitions: better a doubtful node than
 * none. It could make fires late, never early or twice, as the leader checks whatever it says, and
 * what it leaves out is made up for. A new leader knows of no losses and no omissions, and judges
 * clocks and work anew.
 */
final class NodeHolds {

  static final String CLOCK_SKEW = "CLOCK_SKEW";
  static final String FLAPPING = "FLAPPING";
  static final String LAGGING = "LAGGING";

  /** It said that all is recorded, and it was not. It stays so until the node is started anew. */
  static final String UNTRUSTED = "UNTRUSTED";

  /** So many losses within the memory are too many. */
  private static final int TOO_MANY_LOSSES = 3;

  private static final long LOSS_MEMORY = 120_000_000;

  /** Time alone rarely cures what hangs, and each trial makes fires late. A restart ends it. */
  private static final long FIRST_LAG_HOLD = 60_000_000;

  private static final long LONGEST_LAG_HOLD = 3_600_000_000L;

  /** One bad heartbeat may be an accident, and so may a good one of a bad clock. */
  private static final int BAD_IN_A_ROW = 2;

  private static final int GOOD_IN_A_ROW = 8;

  private final CoreSettings settings;
  private final Counters counters;

  NodeHolds(CoreSettings settings, Counters counters) {
    this.settings = settings;
    this.counters = counters;
  }

  /** A node was lost, or started anew without having left. */
  void lost(Node node, long now) {
    while (!node.losses.isEmpty() && node.losses.peek() <= now - LOSS_MEMORY) {
      node.losses.poll();
    }
    node.losses.add(now);
    int beyond = node.losses.size() - TOO_MANY_LOSSES;
    if (beyond >= 0) {
      long doubled = settings.firstHold() << Math.min(beyond, 20);
      node.holdTime = Math.min(settings.longestHold(), doubled);
      node.heldUntil = Long.MAX_VALUE;
    }
  }

  /** A node lives again: what it has to stay begins now. */
  void isBack(Node node, long now) {
    if (node.holdTime > 0) {
      node.heldUntil = now + node.holdTime;
    }
  }

  /**
   * Judges the clock of a node. What it said lay on its way for a while, so one that seems behind
   * may be right; one that seems ahead is, by that much at least.
   */
  void judgeClock(Node node, NodeReport report, long now) {
    if (report.clusterTime() == 0) {
      return;
    }
    boolean bad =
        report.clusterTime() - now > settings.clockBound()
            || report.clockError() > settings.clockBound();
    node.badClocks = bad ? node.badClocks + 1 : 0;
    node.goodClocks = bad ? 0 : node.goodClocks + 1;
    node.clockIsOff =
        node.clockIsOff ? node.goodClocks < GOOD_IN_A_ROW : node.badClocks >= BAD_IN_A_ROW;
  }

  /**
   * Judges whether a node works: one that left partitions standing still though it was its turn is
   * held for a while, unless it works again before anybody else could be given them.
   */
  void judgeLag(Node node, boolean lags, long now) {
    if (lags && now >= node.lagHeldUntil) {
      node.lagHold = Math.min(LONGEST_LAG_HOLD, Math.max(FIRST_LAG_HOLD, 2 * node.lagHold));
      node.lagHeldUntil = now + node.lagHold;
    } else if (!lags && node.hold.isEmpty()) {
      node.lagHeldUntil = 0;
    }
  }

  /**
   * Decides who is held from now on.
   *
   * @return whether anything changed
   */
  boolean review(Collection<Node> nodes, long now, List<MasterCommand> out) {
    boolean anyGood = false;
    for (Node node : nodes) {
      if (node.holdTime > 0 && now >= node.heldUntil) {
        node.holdTime = 0;
      }
      anyGood |= canTakePartitions(node) && reason(node, now).isEmpty();
    }
    boolean changed = false;
    for (Node node : nodes) {
      String hold = anyGood && node.isAlive() ? reason(node, now) : "";
      if (hold.equals(node.hold)) {
        continue;
      }
      node.hold = hold;
      changed = true;
      if (node.isAlive()) {
        counters.add(Counter.NODES_HELD, hold.isEmpty() ? 0 : 1);
        out.add(new Announce(new CoreEvent.NodeHeld(now, node.id, hold)));
      }
    }
    return changed;
  }

  private static boolean canTakePartitions(Node node) {
    return !node.draining && (node.state == NodeState.ACTIVE || node.state == NodeState.SUSPECT);
  }

  private static String reason(Node node, long now) {
    if (node.untrusted) {
      return UNTRUSTED;
    }
    if (node.clockIsOff) {
      return CLOCK_SKEW;
    }
    if (now < node.lagHeldUntil) {
      return LAGGING;
    }
    return node.holdTime > 0 ? FLAPPING : "";
  }
}
