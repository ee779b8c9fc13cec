package io.carillon.master.core;

import io.carillon.master.core.MasterCommand.Answer;
import io.carillon.master.core.MasterCommand.NodeRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A clock node as the leader knows it. */
public final class Node {

  final String id;
  long incarnation;
  String instance = "";
  NodeState state = NodeState.REGISTERED;
  long stateTime;
  int weight;
  String location = "";
  String programVersion = "";

  /** Of the secret that proves that a process is this node; empty: none is known yet. */
  String secretHash = "";

  /** 0: none. */
  long session;

  /** The session has an open heartbeat stream. */
  boolean beating;

  long lastHeartbeat;

  /** While SUSPECT: when it is given up. */
  long deadline;

  boolean draining;

  /** Is given no partitions for a while, and lives on. */
  boolean resting;

  NodeReport report = NodeReport.NONE;

  /** Its row is not durable yet; who waits for that. */
  boolean unwritten;

  final List<Answer<Registration>> waiting = new ArrayList<>();

  /** Batches of the session that are not settled, oldest first. */
  final ArrayDeque<PushedBatch> batches = new ArrayDeque<>();

  /** Partitions that it has been asked to release. */
  int releasing;

  /** Why it is given no partitions though it lives; empty if it is given some. */
  String hold = "";

  /** When it was lost lately, the earliest first. */
  final ArrayDeque<Long> losses = new ArrayDeque<>();

  /** For how long it has to stay before it is given partitions; 0: it is welcome. */
  long holdTime;

  /** When it will have stayed that long. */
  long heldUntil;

  /** How long it was held last for partitions that stood still; 0: it was not. */
  long lagHold;

  /** Until when it is held for that. */
  long lagHeldUntil;

  /** Heartbeats in a row whose clock was beyond the bound, and within it. */
  int badClocks;

  int goodClocks;
  boolean clockIsOff;

  /** This incarnation left out what it owed. */
  boolean untrusted;

  /**
   * What a node says of itself with a heartbeat.
   *
   * @param clusterTime as it estimates it; 0 while it knows none
   */
  public record NodeReport(
      boolean draining,
      long clockOffset,
      long clockError,
      long schedules,
      long unacknowledged,
      long clusterTime) {
    static final NodeReport NONE = new NodeReport(false, 0, 0, 0, 0);

    /** From a node that knows no cluster time yet. */
    public NodeReport(
        boolean draining, long clockOffset, long clockError, long schedules, long unacknowledged) {
      this(draining, clockOffset, clockError, schedules, unacknowledged, 0);
    }
  }

  /**
   * Who registers.
   *
   * @param knownIncarnation 0 if this instance has none yet
   * @param secretHash never empty
   */
  public record Candidate(
      String id,
      String instance,
      long knownIncarnation,
      int weight,
      String location,
      String programVersion,
      String secretHash) {}

  /** Why a registration is refused. */
  public enum Denial {
    NONE,
    /** A younger instance runs under the id. */
    FENCED,
    /** The id is another's: the secret is not the one that it was bound to. */
    ID_TAKEN,
    TOO_MANY_NODES,
    /** The store did not take the node's row. */
    NOT_STORED
  }

  /** The answer to a registration; a session of 0: refused, and why. */
  public record Registration(long session, long incarnation, Denial denial, String refusal) {
    static Registration accepted(Node node) {
      return new Registration(node.session, node.incarnation, Denial.NONE, "");
    }

    static Registration refused(Denial denial, String why) {
      return new Registration(0, 0, denial, why);
    }
  }

  Node(String id) {
    this.id = id;
  }

  /** Acknowledges the batches that are settled. */
  void acknowledge(List<MasterCommand> out) {
    long settled = 0;
    List<Refusal> refusals = new ArrayList<>();
    for (PushedBatch batch; (batch = batches.peek()) != null && batch.isSettled(); ) {
      batches.poll();
      settled = batch.number;
      refusals.addAll(batch.refusals);
    }
    if (settled != 0) {
      out.add(new MasterCommand.Acknowledge(session, settled, refusals));
    }
  }

  boolean isAlive() {
    return state == NodeState.ACTIVE || state == NodeState.SUSPECT || state == NodeState.DRAINING;
  }

  /** Whether the ring gives it partitions. */
  boolean isMember() {
    return !draining
        && !resting
        && hold.isEmpty()
        && (state == NodeState.ACTIVE || state == NodeState.SUSPECT);
  }

  boolean isGone() {
    return state == NodeState.DEAD || state == NodeState.STOPPED;
  }

  NodeRow row() {
    return row(state);
  }

  NodeRow row(NodeState as) {
    return new NodeRow(
        id, incarnation, instance, as, stateTime, weight, location, programVersion, secretHash);
  }
}
