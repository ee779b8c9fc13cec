package io.carillon.master.app;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.AssignedPartition;
import io.carillon.cluster.v1.Assignment;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.OpenPartition;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.PartitionUpdate;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.Revision;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.node.NodeRpc;
import io.carillon.master.store.cluster.ClusterStore.KnownNode;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What a clock node does at a new leader, done once at a leadership that is rehearsed, in the name
 * of a node that the store knows: registers, asks for its partitions, and pushes what is due.
 */
final class RehearsedNode {

  private static final long PATIENCE_SECONDS = 10;

  /** So that what an ordinary push runs through is not only loaded but has run some times. */
  private static final int PUSHES = 30;

  private final Channel channel;
  private final KnownNode node;
  private final Function<String, Occurrences> specs;
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

  RehearsedNode(Channel channel, KnownNode node, Function<String, Occurrences> specs) {
    this.channel = channel;
    this.node = node;
    this.specs = specs;
  }

  /**
   * Comes to its end when the last push is on its way. Its streams stay open: a push that comes
   * after the end of its node's session is not looked at. They end with the channel.
   *
   * @param now cluster time
   */
  void run(long now) throws InterruptedException {
    long session =
        NodeServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .register(
                RegisterRequest.newBuilder()
                    .setNodeId(node.id())
                    .setInstance(node.instance())
                    .setIncarnation(node.incarnation())
                    .setProtocolVersion(NodeRpc.PROTOCOL_VERSION)
                    .setWeight(1)
                    .setTzdbVersion(ScheduleSpec.tzdbVersion())
                    .setSecret(ByteString.copyFromUtf8(node.secretHash()))
                    .build())
            .getSession();
    Metadata headers = new Metadata();
    headers.put(NodeRpc.SESSION, Long.toString(session));
    NodeServiceGrpc.NodeServiceStub stub =
        NodeServiceGrpc.newStub(channel)
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    StreamObserver<HeartbeatRequest> heartbeats =
        stub.heartbeat(this.<HeartbeatResponse>listener());
    heartbeats.onNext(HeartbeatRequest.newBuilder().setNodeSendMicros(1).build());
    Assignment assignment = null;
    while (assignment == null || assignment.getPartitionsCount() == 0) {
      HeartbeatResponse beat = next(HeartbeatResponse.class);
      assignment = beat.hasAssignment() ? beat.getAssignment() : assignment;
    }
    push(stub, assignment, now);
  }

  private void push(NodeServiceGrpc.NodeServiceStub stub, Assignment assignment, long now)
      throws InterruptedException {
    StreamObserver<WatchPartitionsRequest> watches =
        stub.watchPartitions(this.<WatchPartitionsResponse>listener());
    StreamObserver<PushFiresRequest> pushes = stub.pushFires(this.<PushFiresResponse>listener());
    AssignedPartition wanted = assignment.getPartitions(0);
    watches.onNext(
        WatchPartitionsRequest.newBuilder()
            .addOpen(
                OpenPartition.newBuilder()
                    .setPartition(wanted.getPartition())
                    .setEpoch(wanted.getEpoch()))
            .build());
    PartitionBatch.Builder due = batch(wanted, now);
    for (boolean listed = false; !listed; ) {
      for (PartitionUpdate update : next(WatchPartitionsResponse.class).getUpdatesList()) {
        update.getRevisionsList().forEach(revision -> add(revision, due));
        listed |= update.getMarkVersion() > 0 || update.getRefused();
      }
    }
    for (int i = 0; i < PUSHES; i++) {
      pushes.onNext(PushFiresRequest.newBuilder().setBatch(i + 1).addPartitions(due).build());
    }
  }

  private static PartitionBatch.Builder batch(AssignedPartition partition, long now) {
    return PartitionBatch.newBuilder()
        .setPartition(partition.getPartition())
        .setEpoch(partition.getEpoch())
        .setPreviousWatermarkMicros(partition.getWatermarkMicros())
        .setPreviousAppliedVersion(partition.getAppliedVersion())
        .setNewWatermarkMicros(Math.max(now, partition.getWatermarkMicros() + 1))
        .setAppliedVersion(partition.getAppliedVersion());
  }

  /** The first time that the revision owes, if it is due, and one schedule alone. */
  private void add(Revision revision, PartitionBatch.Builder due) {
    long after = Math.max(due.getPreviousWatermarkMicros(), revision.getValidFromMicros());
    long first = specs.apply(revision.getSpec()).nextDueAfter(revision.getSchedule(), after);
    if (due.getScheduleCount() == 0 && first <= due.getNewWatermarkMicros()) {
      due.addSchedule(revision.getSchedule());
      due.addDueDeltaMicros(first);
      due.addVersion(revision.getVersion());
    }
  }

  /** What is heard that is of this type. */
  private <T> T next(Class<T> type) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      Object message = heard.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (message == null || message instanceof Throwable) {
        throw new IllegalStateException("heard no " + type.getSimpleName() + ", but " + message);
      }
      if (type.isInstance(message)) {
        return type.cast(message);
      }
    }
  }

  private <T> StreamObserver<T> listener() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        heard.add(message);
      }

      @Override
      public void onError(Throwable failure) {
        heard.add(failure);
      }

      @Override
      public void onCompleted() {
        // What is awaited from another stream may still come.
      }
    };
  }
}
