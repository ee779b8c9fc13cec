package io.carillon.master.api.cluster;

import com.google.protobuf.Empty;
import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.MasterReport;
import io.carillon.master.core.MasterReport.NodeReportRow;
import io.carillon.master.core.MasterReport.PartitionRow;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.StoredPartition;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.cluster.StoredPartitions;
import io.carillon.master.verification.FailoverDrill;
import io.carillon.master.verification.Reconciler;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.DeleteNodeRequest;
import io.carillon.v1.DrainNodeRequest;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetPartitionRequest;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.ListNodesResponse;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.ListPartitionsResponse;
import io.carillon.v1.Node;
import io.carillon.v1.Partition;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.carillon.v1.RepairPartitionRequest;
import io.carillon.v1.RepairPartitionResponse;
import io.carillon.v1.WatchEventsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** ClusterService. */
public final class ClusterRpc extends ClusterServiceGrpc.ClusterServiceImplBase {

  /**
   * What does not change while this master leads.
   *
   * @param address where its API is reached
   * @param since cluster time at which it began to lead
   */
  public record Lead(
      String clusterUid,
      long epoch,
      String leader,
      String address,
      long since,
      String programVersion) {}

  private final LeaderLoop loop;
  private final Lead lead;
  private final BooleanSupplier storeAvailable;
  private final EventFeed events;
  private final Reconciler reconciler;
  private final FailoverDrill drill;
  private final StoredPartitions stored;

  public ClusterRpc(
      LeaderLoop loop,
      Lead lead,
      BooleanSupplier storeAvailable,
      EventFeed events,
      Reconciler reconciler,
      FailoverDrill drill,
      StoredPartitions stored) {
    this.loop = loop;
    this.lead = lead;
    this.storeAvailable = storeAvailable;
    this.events = events;
    this.reconciler = reconciler;
    this.drill = drill;
    this.stored = stored;
  }

  private MasterReport report() {
    return Calls.await(loop.ask((core, now) -> core.report(now)));
  }

  @Override
  public void getCluster(GetClusterRequest request, StreamObserver<Cluster> caller) {
    Calls.answer(
        caller,
        () -> {
          MasterReport report = report();
          int assigned = 0;
          int quarantined = 0;
          for (PartitionRow partition : report.partitions()) {
            assigned += partition.owner() == null ? 0 : 1;
            quarantined += partition.quarantine().isEmpty() ? 0 : 1;
          }
          int active = 0;
          for (NodeReportRow node : report.nodes()) {
            active += node.node().state() == NodeState.ACTIVE ? 1 : 0;
          }
          Cluster.Builder cluster = Cluster.newBuilder();
          if (reconciler.verifiedTime() > 0) {
            cluster.setVerifiedTime(Timestamps.of(reconciler.verifiedTime()));
          }
          return cluster
              .setClusterUid(lead.clusterUid())
              .setLeaderEpoch(lead.epoch())
              .setLeader(lead.leader())
              .setLeaderAddress(lead.address())
              .setLeaderTime(Timestamps.of(lead.since()))
              .setClusterTime(Timestamps.of(report.time()))
              .setPartitionCount(report.partitions().size())
              .setAssignedPartitionCount(assigned)
              .setQuarantinedPartitionCount(quarantined)
              .setActiveNodeCount(active)
              .setScheduleCount(report.schedules())
              .setLogEnd(report.logEnd())
              .setStoreAvailable(storeAvailable.getAsBoolean())
              .putAllCounters(report.counters())
              .putCounters("clock_disagreements", events.clockDisagreements())
              .putAllCounters(reconciler.counters())
              .setProgramVersion(lead.programVersion())
              .build();
        });
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> caller) {
    Calls.answer(
        caller,
        () -> {
          ListNodesResponse.Builder response = ListNodesResponse.newBuilder();
          for (NodeReportRow row : report().nodes()) {
            response.addNodes(node(row));
          }
          return response.build();
        });
  }

  private static Node node(NodeReportRow row) {
    Node.Builder node =
        Node.newBuilder()
            .setName(ResourceName.node(row.node().id()))
            .setState(Node.State.forNumber(row.node().state().code()))
            .setIncarnation(row.node().incarnation())
            .setPartitionCount(row.partitions())
            .setScheduleCount(row.partitions() == 0 ? 0 : row.said().schedules())
            .setWeight(row.node().weight())
            .setStateTime(Timestamps.of(row.node().stateTime()))
            .setClockOffset(Timestamps.duration(row.said().clockOffset()))
            .setClockError(Timestamps.duration(row.said().clockError()))
            .setProgramVersion(row.node().programVersion())
            .setLocation(row.node().location())
            .setHoldReason(row.hold())
            .setStandbyPartitionCount(row.standbys());
    if (row.lastHeartbeat() != 0) {
      node.setLastHeartbeatTime(Timestamps.of(row.lastHeartbeat()));
    }
    return node.build();
  }

  @Override
  public void listPartitions(
      ListPartitionsRequest request, StreamObserver<ListPartitionsResponse> caller) {
    Calls.answer(
        caller,
        () -> {
          String owner =
              request.getOwner().isEmpty()
                  ? ""
                  : ResourceName.parse("owner", request.getOwner(), "nodes").get(0);
          MasterReport report = report();
          ListPartitionsResponse.Builder response = ListPartitionsResponse.newBuilder();
          for (PartitionRow row : report.partitions()) {
            if (owner.isEmpty() || owner.equals(row.owner())) {
              response.addPartitions(partition(row, report.time()));
            }
          }
          return response.build();
        });
  }

  private Partition partition(PartitionRow row, long now) {
    Partition.Builder partition = Partition.newBuilder();
    if (reconciler.verifiedTime(row.id()) > 0) {
      partition.setVerifiedTime(Timestamps.of(reconciler.verifiedTime(row.id())));
    }
    if (!row.quarantine().isEmpty()) {
      partition
          .setState(Partition.State.QUARANTINED)
          .setQuarantineReason(row.quarantine())
          .setQuarantineTime(Timestamps.of(row.quarantinedAt()));
    } else {
      partition.setState(row.owner() == null ? Partition.State.UNOWNED : Partition.State.OWNED);
    }
    return partition
        .setName("partitions/" + row.id())
        .setOwner(row.owner() == null ? "" : ResourceName.node(row.owner()))
        .setEpoch(row.epoch())
        .setWatermark(Timestamps.of(row.watermark()))
        .setAppliedVersion(row.applied())
        .setVersion(row.version())
        .setLag(Timestamps.duration(Math.max(0, now - row.watermark())))
        .setScheduleCount(row.schedules())
        .setStandby(row.standby() == null ? "" : ResourceName.node(row.standby()))
        .build();
  }

  @Override
  public void getPartition(GetPartitionRequest request, StreamObserver<Partition> caller) {
    Calls.answer(
        caller,
        () -> {
          MasterReport report = report();
          return partition(find(request.getName(), report), report.time());
        });
  }

  private static PartitionRow find(String name, MasterReport report) {
    String id = ResourceName.parse("name", name, "partitions").get(0);
    return report.partitions().stream()
        .filter(row -> Integer.toString(row.id()).equals(id))
        .findFirst()
        .orElseThrow(() -> ApiException.notFound("PARTITION", name));
  }

  @Override
  public void repairPartition(
      RepairPartitionRequest request, StreamObserver<RepairPartitionResponse> caller) {
    Calls.answer(
        caller,
        () -> {
          String name = request.getName();
          PartitionRow row = find(name, report());
          // Nothing writes it while it is set aside, so what is read stays true.
          StoredPartition found = row.quarantine().isEmpty() ? null : stored.read(row.id());
          if (found == null && !row.quarantine().isEmpty()) {
            throw notRepaired(
                name,
                "PARTITION_ROW_MISSING",
                "partition_state has no row for it: insert one, with the epoch and the watermark"
                    + " that ListPartitions shows");
          }
          if (found != null && found.standing().size() > StoredPartitions.MAX_STANDING) {
            throw notRepaired(
                name,
                "TOO_MANY_ROWS",
                "the log has more than "
                    + StoredPartitions.MAX_STANDING
                    + " rows of it beyond its watermark: set partition_state.watermark forward, to"
                    + " where the log is complete");
          }
          CompletableFuture<String> refusal = new CompletableFuture<>();
          loop.submit((core, now) -> core.repairPartition(row.id(), found, refusal::complete, now));
          String reason = Calls.await(refusal);
          if (!reason.isEmpty()) {
            throw notRepaired(name, reason, "it is not QUARANTINED, so there is nothing to repair");
          }
          MasterReport report = report();
          return RepairPartitionResponse.newBuilder()
              .setPartition(partition(find(name, report), report.time()))
              .setStandingRowCount(found.standing().size())
              .build();
        });
  }

  private static ApiException notRepaired(String name, String reason, String why) {
    return ApiException.of(
        Code.FAILED_PRECONDITION, reason, name + ": " + why, Map.of("name", name));
  }

  @Override
  public void drainNode(DrainNodeRequest request, StreamObserver<Node> caller) {
    Calls.answer(
        caller,
        () -> {
          String id = ResourceName.parse("name", request.getName(), "nodes").get(0);
          if (find(id) == null) {
            throw ApiException.notFound("NODE", request.getName());
          }
          CompletableFuture<String> refusal = new CompletableFuture<>();
          loop.submit((core, now) -> core.drainNode(id, refusal::complete, now));
          String reason = Calls.await(refusal);
          if (!reason.isEmpty()) {
            throw ApiException.of(
                Code.FAILED_PRECONDITION,
                reason,
                reason.equals("NO_OTHER_NODE")
                    ? "no other node is active that could take the partitions: start one first"
                    : request.getName() + " is not alive, so it has nothing to hand over",
                Map.of("name", request.getName()));
          }
          return node(find(id));
        });
  }

  @Override
  public void deleteNode(DeleteNodeRequest request, StreamObserver<Empty> caller) {
    Calls.answer(
        caller,
        () -> {
          String id = ResourceName.parse("name", request.getName(), "nodes").get(0);
          CompletableFuture<String> refusal = new CompletableFuture<>();
          loop.submit((core, now) -> core.deleteNode(id, refusal::complete, now));
          String reason = Calls.await(refusal);
          if (reason.equals("NODE_NOT_FOUND")) {
            throw ApiException.notFound("NODE", request.getName());
          }
          if (!reason.isEmpty()) {
            throw ApiException.of(
                Code.FAILED_PRECONDITION,
                reason,
                request.getName() + " is not DEAD or STOPPED: stop it first",
                Map.of("name", request.getName()));
          }
          return Empty.getDefaultInstance();
        });
  }

  private NodeReportRow find(String id) {
    for (NodeReportRow row : report().nodes()) {
      if (row.node().id().equals(id)) {
        return row;
      }
    }
    return null;
  }

  @Override
  public void rehearseFailover(
      RehearseFailoverRequest request, StreamObserver<RehearseFailoverResponse> caller) {
    Calls.answer(caller, () -> DrillCall.run(drill, request));
  }

  @Override
  public void watchEvents(WatchEventsRequest request, StreamObserver<ClusterEvent> caller) {
    ServerCallStreamObserver<ClusterEvent> call = (ServerCallStreamObserver<ClusterEvent>) caller;
    EventFeed.Watcher watcher = watcher(call);
    call.setOnCancelHandler(() -> events.remove(watcher));
    events.add(watcher);
  }

  private static EventFeed.Watcher watcher(ServerCallStreamObserver<ClusterEvent> call) {
    EventMessages messages = new EventMessages();
    return new EventFeed.Watcher() {
      @Override
      public boolean isReady() {
        return call.isReady();
      }

      @Override
      public void show(CoreEvent event) {
        call.onNext(event.accept(messages));
      }

      @Override
      public void giveUp() {
        call.onError(
            ApiException.of(
                    Code.RESOURCE_EXHAUSTED,
                    "WATCH_TOO_SLOW",
                    "the watcher does not take its events: list nodes and partitions, and watch"
                        + " again",
                    Map.of())
                .toStatus());
      }
    };
  }
}
