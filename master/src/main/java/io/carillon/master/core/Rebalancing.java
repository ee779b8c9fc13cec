package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.MasterCommand.Answer;
import java.util.List;

/** When partitions are dealt out anew, and what operators and drills want of nodes. */
final class Rebalancing {

  private final Membership membership;
  private final Assignments assignments;
  private final Standstill standstill;
  private long at = Occurrences.NEVER;

  Rebalancing(Membership membership, Assignments assignments, Standstill standstill) {
    this.standstill = standstill;
    this.membership = membership;
    this.assignments = assignments;
  }

  /** When it comes next if nothing happens before; {@link Occurrences#NEVER} if it does not. */
  long at() {
    return at;
  }

  /** Nodes are answered from now on; those of the store have a while to come. */
  void begin(long now) {
    membership.answers(now);
    if (!membership.nodes().isEmpty()) {
      at = Math.min(at, membership.graceEnds());
    }
  }

  void schedule(long now, long delay, List<MasterCommand> out) {
    at = Math.min(at, now + delay);
    if (delay == 0) {
      rebalance(now, out);
    }
  }

  private void rebalance(long now, List<MasterCommand> out) {
    at = Occurrences.NEVER;
    membership.reviewHolds(now, out);
    assignments.rebalance(out);
  }

  /** Looks who is lost, and whose hold is over. */
  void tick(long now, List<MasterCommand> out) {
    membership.lag(standstill.laggards(), now);
    if (membership.expire(now, out) || membership.reviewHolds(now, out)) {
      at = now;
    }
    if (now >= at) {
      rebalance(now, out);
    } else {
      assignments.proceed(out);
    }
  }

  void drain(String id, Reply<String> reply, long now, List<MasterCommand> out) {
    Node node = membership.nodes().get(id);
    String refusal = refusal(node, id);
    if (refusal.isEmpty()) {
      node.draining = true;
      schedule(now, 0, out);
    }
    out.add(new Answer<>(reply, refusal));
  }

  void lose(String id, Reply<String> reply, long now, List<MasterCommand> out) {
    boolean wasAlive = membership.lose(id, "drill", now, out);
    if (wasAlive) {
      schedule(now, 0, out);
    }
    out.add(new Answer<>(reply, wasAlive ? "" : "NODE_NOT_ALIVE"));
  }

  void rest(String id, boolean resting, Reply<String> reply, long now, List<MasterCommand> out) {
    Node node = membership.nodes().get(id);
    String refusal = refusal(node, id);
    if (!resting && refusal.equals("NO_OTHER_NODE")) {
      refusal = "";
    }
    if (refusal.isEmpty()) {
      node.resting = resting;
      schedule(now, 0, out);
    }
    out.add(new Answer<>(reply, refusal));
  }

  /** Why its partitions cannot be taken from a node; empty if they can. */
  private String refusal(Node node, String id) {
    if (node == null || !node.isAlive()) {
      return "NODE_NOT_ALIVE";
    }
    return membership.hasOther(id) ? "" : "NO_OTHER_NODE";
  }
}
