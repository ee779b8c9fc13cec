package io.carillon.master.api.cluster;

import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.CoreEvent;
import io.carillon.v1.ClockDisagreement;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.FiresRepaired;
import io.carillon.v1.LeaderElected;
import io.carillon.v1.LedgerGap;
import io.carillon.v1.Node;
import io.carillon.v1.NodeFenced;
import io.carillon.v1.NodeHeld;
import io.carillon.v1.NodeJoined;
import io.carillon.v1.NodeLeft;
import io.carillon.v1.NodeSuspected;
import io.carillon.v1.PartitionQuarantined;
import io.carillon.v1.PartitionsMoved;

/** Events as those who watch the cluster get them. */
final class EventMessages implements CoreEvent.Handler<ClusterEvent> {

  private static ClusterEvent.Builder at(CoreEvent event) {
    return ClusterEvent.newBuilder().setTime(Timestamps.of(event.time()));
  }

  /** Empty for nobody. */
  private static String node(String id) {
    return id == null || id.isEmpty() ? "" : ResourceName.node(id);
  }

  @Override
  public ClusterEvent on(CoreEvent.NodeJoined event) {
    return at(event)
        .setNodeJoined(
            NodeJoined.newBuilder().setNode(node(event.node())).setIncarnation(event.incarnation()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.NodeLeft event) {
    return at(event)
        .setNodeLeft(
            NodeLeft.newBuilder()
                .setNode(node(event.node()))
                .setIncarnation(event.incarnation())
                .setState(Node.State.forNumber(event.state().code()))
                .setReason(event.reason()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.PartitionsMoved event) {
    return at(event)
        .setPartitionsMoved(
            PartitionsMoved.newBuilder()
                .setFromNode(node(event.fromNode()))
                .setToNode(node(event.toNode()))
                .addAllPartitions(event.partitions())
                .setReason(event.reason()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.NodeSuspected event) {
    return at(event)
        .setNodeSuspected(
            NodeSuspected.newBuilder()
                .setNode(node(event.node()))
                .setIncarnation(event.incarnation())
                .setReason(event.reason()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.NodeHeld event) {
    return at(event)
        .setNodeHeld(NodeHeld.newBuilder().setNode(node(event.node())).setReason(event.reason()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.NodeFenced event) {
    return at(event)
        .setNodeFenced(
            NodeFenced.newBuilder().setNode(node(event.node())).setIncarnation(event.incarnation()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.PartitionQuarantined event) {
    return at(event)
        .setPartitionQuarantined(
            PartitionQuarantined.newBuilder()
                .setPartition(event.partition())
                .setReason(event.reason()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.LeaderElected event) {
    return at(event)
        .setLeaderElected(
            LeaderElected.newBuilder().setLeader(event.leader()).setLeaderEpoch(event.epoch()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.ClockDisagreement event) {
    return at(event)
        .setClockDisagreement(
            ClockDisagreement.newBuilder()
                .setWallOffset(Timestamps.duration(event.wallOffset()))
                .setDatabaseOffset(Timestamps.duration(event.databaseOffset())))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.LedgerGap event) {
    return at(event)
        .setLedgerGap(
            LedgerGap.newBuilder()
                .setPartition(event.partition())
                .setSchedule(ResourceName.schedule(event.tenant(), event.schedule()))
                .setNominalTime(Timestamps.of(event.nominal()))
                .setKind(event.kind())
                .setCount(event.count()))
        .build();
  }

  @Override
  public ClusterEvent on(CoreEvent.FiresRepaired event) {
    return at(event)
        .setFiresRepaired(
            FiresRepaired.newBuilder()
                .setPartition(event.partition())
                .setSchedule(ResourceName.schedule(event.tenant(), event.schedule()))
                .setNominalTime(Timestamps.of(event.first()))
                .setLastNominalTime(Timestamps.of(event.last()))
                .setCount(event.count())
                .setNode(node(event.node())))
        .build();
  }
}
