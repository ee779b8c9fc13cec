package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Announce;
import io.carillon.master.core.MasterCommand.Answer;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.Denial;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Clock nodes and their sessions: who is there, who is lost.
 *
 * <p>A node's id is for life, an incarnation for one start. A session is one connection of an
 * incarnation; a new one takes the place of the one before. A node whose heartbeat stream broke, or
 * of which three heartbeats are missing, is SUSPECT: its partitions stay its own, and a heartbeat
 * brings it back. It is lost, and DEAD, when the stream did not come back within the grace, or when
 * heartbeats were missing for the session timeout. Time in which the leader itself was away counts
 * for neither ({@link #forgive}).
 */
final class Membership {

  /** More than there can be partitions to own in most clusters. */
  static final int MOST_NODES = 1_000;

  private final CoreSettings settings;
  private final Counters counters;
  private final NodeHolds holds;
  private final TreeMap<String, Node> nodes = new TreeMap<>();
  private final TreeMap<Long, Node> sessions = new TreeMap<>();
  private long graceEnds;

  Membership(CoreSettings settings, Counters counters) {
    this.settings = settings;
    this.counters = counters;
    this.holds = new NodeHolds(settings, counters);
  }

  Map<String, Node> nodes() {
    return nodes;
  }

  /** The node of a session that is in force, else null. */
  Node bySession(long session) {
    return sessions.get(session);
  }

  /** A node from the store. One that was alive has until {@link #graceEnds} to come back. */
  void restore(MasterCommand.NodeRow row) {
    Node node = new Node(row.id());
    node.incarnation = row.incarnation();
    node.instance = row.instance();
    node.weight = row.weight();
    node.location = row.location();
    node.programVersion = row.programVersion();
    node.stateTime = row.stateTime();
    node.secretHash = row.secretHash();
    node.state = row.state();
    if (!node.isGone()) {
      node.state = NodeState.SUSPECT;
    }
    nodes.put(row.id(), node);
    graceEnds = Occurrences.NEVER;
  }

  /**
   * Nodes are answered from now on: no earlier does the time begin that they have to come back.
   * Until it ends none is given up, not even one that was here for a moment: while a new leader
   * warms up, and all nodes come to it at once, first calls and streams break.
   */
  void answers(long now) {
    graceEnds = graceEnds == Occurrences.NEVER ? now + settings.startGrace() : graceEnds;
  }

  /** Until then no node is given up; {@link Occurrences#NEVER} while none is answered. */
  long graceEnds() {
    return graceEnds;
  }

  /**
   * Registers an incarnation, or a new session of one.
   *
   * @param drawn names the session: nobody can guess it
   * @return the node if this is a new incarnation, else null
   */
  Node register(
      Candidate candidate,
      long drawn,
      Reply<Registration> reply,
      long now,
      List<MasterCommand> out) {
    Node known = nodes.get(candidate.id());
    boolean reconnects = known != null && known.instance.equals(candidate.instance());
    Registration refusal = refusal(candidate, known, reconnects);
    if (refusal != null) {
      out.add(new Answer<>(reply, refusal));
      return null;
    }
    Node node = nodes.computeIfAbsent(candidate.id(), Node::new);
    endSession(node, !reconnects, reconnects ? "reconnected" : "a newer incarnation began", out);
    if (!reconnects) {
      if (node.isAlive()) {
        counters.add(Counter.NODES_FENCED);
        out.add(new Announce(new CoreEvent.NodeFenced(now, node.id, node.incarnation)));
        holds.lost(node, now);
      }
      node.incarnation++;
      node.instance = candidate.instance();
      node.draining = false;
      node.resting = false;
      node.badClocks = 0;
      node.clockIsOff = false;
      node.lagHold = 0;
      node.lagHeldUntil = 0;
      node.untrusted = false;
      node.unwritten = true;
      enter(node, NodeState.REGISTERED, now);
    }
    node.weight = candidate.weight();
    node.location = candidate.location();
    node.programVersion = candidate.programVersion();
    boolean binds = node.secretHash.isEmpty();
    node.secretHash = candidate.secretHash();
    node.unwritten |= binds;
    if (node.state == NodeState.SUSPECT) {
      // It is back, and only has to open its streams.
      node.deadline = Math.max(node.deadline, now + settings.lossGrace());
    }
    node.session = drawn;
    while (node.session == 0 || sessions.containsKey(node.session)) {
      node.session++;
    }
    node.lastHeartbeat = now;
    sessions.put(node.session, node);
    Answer<Registration> answer = new Answer<>(reply, Registration.accepted(node));
    if (node.unwritten) {
      node.waiting.add(answer);
    } else {
      out.add(answer);
    }
    if (!reconnects || binds) {
      out.add(new MasterCommand.WriteNode(node.row()));
    }
    return reconnects ? null : node;
  }

  /** Null if there is none. */
  private Registration refusal(Candidate candidate, Node known, boolean reconnects) {
    if (known != null
        && !known.secretHash.isEmpty()
        && !known.secretHash.equals(candidate.secretHash())) {
      counters.add(Counter.REFUSED_NODE_ID);
      return Registration.refused(
          Denial.ID_TAKEN,
          "the id "
              + known.id
              + " belongs to a node with another secret: give this one an id and a data folder of"
              + " its own, or, if its folder was lost, delete the node once it is DEAD"
              + " (`carillon cluster delete-node`)");
    }
    if (!reconnects && candidate.knownIncarnation() != 0) {
      counters.add(Counter.NODES_FENCED);
      return Registration.refused(
          Denial.FENCED,
          known == null
              ? "node " + candidate.id() + " has an incarnation that this cluster never gave"
              : "node "
                  + known.id
                  + " was started again elsewhere (incarnation "
                  + known.incarnation
                  + ")");
    }
    if (known == null && nodes.size() >= MOST_NODES) {
      return Registration.refused(
          Denial.TOO_MANY_NODES,
          "the cluster knows "
              + nodes.size()
              + " nodes already, and no more are taken: delete those that are gone for good"
              + " (`carillon cluster delete-node`)");
    }
    return null;
  }

  /** The row of an incarnation is durable: those who wait for it are answered. */
  void written(MasterCommand.NodeRow row, List<MasterCommand> out) {
    Node node = nodes.get(row.id());
    if (node != null
        && node.incarnation == row.incarnation()
        && node.secretHash.equals(row.secretHash())
        && node.unwritten) {
      node.unwritten = false;
      out.addAll(node.waiting);
      node.waiting.clear();
    }
  }

  /** The store does not take a row: it is as if its node had not registered. */
  void notWritten(MasterCommand.NodeRow row, String why, long now, List<MasterCommand> out) {
    Node node = nodes.get(row.id());
    if (node == null || node.incarnation != row.incarnation() || !node.unwritten) {
      return;
    }
    Registration refusal =
        Registration.refused(Denial.NOT_STORED, "the store refuses node " + row.id() + ": " + why);
    node.waiting.forEach(answer -> out.add(new Answer<>(answer.reply(), refusal)));
    node.waiting.clear();
    node.unwritten = false;
    endSession(node, false, refusal.refusal(), out);
    enter(node, NodeState.DEAD, now);
    if (node.incarnation == 1) {
      nodes.remove(node.id);
    }
  }

  /**
   * A heartbeat of a session in force.
   *
   * @return whether the members changed
   */
  boolean heartbeat(Node node, NodeReport report, long now, List<MasterCommand> out) {
    node.lastHeartbeat = now;
    node.report = report;
    node.beating = true;
    holds.judgeClock(node, report, now);
    boolean changed = false;
    if (report.draining() && !node.draining) {
      node.draining = true;
      changed = true;
    }
    NodeState healthy = node.draining ? NodeState.DRAINING : NodeState.ACTIVE;
    if (node.state != healthy) {
      if (!node.isAlive()) {
        out.add(new Announce(new CoreEvent.NodeJoined(now, node.id, node.incarnation)));
      }
      changed = true;
      boolean wasGone = node.isGone();
      enter(node, healthy, now);
      holds.isBack(node, now);
      if (wasGone) {
        // Else the next leader would not wait for it.
        out.add(new MasterCommand.WriteNode(node.row()));
      }
    }
    return changed;
  }

  /**
   * The heartbeat stream of a session broke: the node is SUSPECT, or STOPPED if it had nothing
   * left.
   */
  void lost(Node node, boolean ownsNothing, long now, List<MasterCommand> out) {
    endSession(node, false, "heartbeat stream ended", out);
    if (node.draining && ownsNothing) {
      leave(node, NodeState.STOPPED, "drained", now, out);
    } else if (node.state == NodeState.REGISTERED) {
      leave(node, NodeState.DEAD, "broke before its first heartbeat", now, out);
    } else if (node.isAlive()) {
      suspect(node, now + settings.lossGrace(), "heartbeat stream ended", now, out);
    }
  }

  private void suspect(Node node, long deadline, String reason, long now, List<MasterCommand> out) {
    if (node.state != NodeState.SUSPECT) {
      counters.add(Counter.NODES_SUSPECTED);
      out.add(new Announce(new CoreEvent.NodeSuspected(now, node.id, node.incarnation, reason)));
      enter(node, NodeState.SUSPECT, now);
    }
    node.deadline = deadline;
  }

  /**
   * Declares a node lost though it may live. It can come back with the same instance, and is not
   * blamed for the loss.
   *
   * @return whether it was alive
   */
  boolean lose(String id, String reason, long now, List<MasterCommand> out) {
    Node node = nodes.get(id);
    if (node == null || !node.isAlive()) {
      return false;
    }
    endSession(node, false, reason, out);
    leave(node, NodeState.DEAD, reason, now, out);
    return true;
  }

  /** A node left out what it owed; no effect if there is none of that id. */
  void distrust(String id) {
    Node node = nodes.get(id);
    if (node != null) {
      node.untrusted = true;
    }
  }

  /** Which nodes leave partitions standing still now. */
  void lag(Set<String> laggards, long now) {
    for (Node node : nodes.values()) {
      holds.judgeLag(node, laggards.contains(node.id), now);
    }
  }

  /** Decides which nodes are given no partitions; whether that changed. */
  boolean reviewHolds(long now, List<MasterCommand> out) {
    return holds.review(nodes.values(), now, out);
  }

  /** Time that no node is to blame for: it does not count for silence or grace. */
  void forgive(long micros, long now) {
    for (Node node : nodes.values()) {
      node.lastHeartbeat += micros;
      node.deadline += micros;
    }
    graceEnds += now < graceEnds && graceEnds != Occurrences.NEVER ? micros : 0;
  }

  /**
   * Finds who is lost by now.
   *
   * @return whether the members changed
   */
  boolean expire(long now, List<MasterCommand> out) {
    boolean changed = false;
    boolean grace = now < graceEnds;
    for (Node node : nodes.values()) {
      long silence = now - node.lastHeartbeat;
      if (!grace && node.session != 0 && silence >= settings.sessionTimeout()) {
        boolean wasThere = node.isAlive() || node.state == NodeState.REGISTERED;
        endSession(node, false, "no heartbeat", out);
        if (wasThere) {
          giveUp(node, "no heartbeat", now, out);
          changed = true;
        }
      } else if (!grace && node.state == NodeState.SUSPECT && now >= node.deadline) {
        giveUp(node, "did not come back", now, out);
        changed = true;
      } else if (node.beating && node.isAlive() && silence >= settings.suspectAfter()) {
        long deadline = node.lastHeartbeat + settings.sessionTimeout();
        suspect(node, deadline, "heartbeats are missing", now, out);
      }
    }
    return changed;
  }

  /** Whether another node could take partitions. */
  boolean hasOther(String id) {
    for (Node other : nodes.values()) {
      if (!other.draining
          && !other.resting
          && !other.id.equals(id)
          && other.state == NodeState.ACTIVE) {
        return true;
      }
    }
    return false;
  }

  private void giveUp(Node node, String reason, long now, List<MasterCommand> out) {
    holds.lost(node, now);
    leave(node, NodeState.DEAD, reason, now, out);
  }

  private void leave(Node node, NodeState state, String reason, long now, List<MasterCommand> out) {
    enter(node, state, now);
    if (state == NodeState.DEAD) {
      counters.add(Counter.NODES_LOST);
    }
    out.add(new Announce(new CoreEvent.NodeLeft(now, node.id, node.incarnation, state, reason)));
    out.add(new MasterCommand.WriteNode(node.row()));
  }

  private void endSession(Node node, boolean fenced, String reason, List<MasterCommand> out) {
    if (node.session != 0) {
      out.add(new MasterCommand.EndSession(node.session, fenced, reason));
      sessions.remove(node.session);
      node.session = 0;
      node.beating = false;
      node.batches.clear();
    }
  }

  private static void enter(Node node, NodeState state, long now) {
    node.state = state;
    node.stateTime = now;
  }
}
