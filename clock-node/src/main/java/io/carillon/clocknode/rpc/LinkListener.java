package io.carillon.clocknode.rpc;

import io.carillon.clocknode.core.AssignedPartition;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.Refusal;
import java.util.List;

/** What a {@link MasterLink} hears. Always called on the loop thread. */
public interface LinkListener {

  /** What the next heartbeat is to say. */
  Pulse pulse(long monotonicMicros);

  /** Whether the node may serve this cluster; if not, it ends. Before {@link #onRegistered}. */
  boolean isHome(String clusterUid);

  void onRegistered(boolean newLeader);

  void onSessionLost();

  void onClockExchange(long nodeSend, long masterReceive, long masterSend, long nodeReceive);

  void onAssignment(List<AssignedPartition> partitions);

  void onReleased();

  void onPartitionUpdate(PartitionUpdate update);

  void onAcknowledged(long upTo, List<Refusal> refusals);

  /** Another instance runs under this node's id: stop for good. */
  void onFenced(String message);

  /** The id of this node belongs to another one: stop for good. */
  void onIdTaken(String message);

  /**
   * The node's part of a heartbeat.
   *
   * @param clusterTime at the moment for which it was asked; 0 if it is not known
   */
  record Pulse(
      boolean draining,
      long clockOffset,
      long clockError,
      long schedules,
      long pendingEvents,
      long clusterTime) {}
}
