package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.SystemTime;
import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.node.NodeRpc;
import io.carillon.master.store.cluster.ClusterStore;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A follower plays the leader while another leads. */
@Timeout(120)
class RehearsalTest {

  private final ExecutorService executor = Executors.newCachedThreadPool();

  @Test
  void it_goes_as_far_as_the_fence_and_nothing_is_changed_by_it() throws Exception {
    try (MasterFixture leader = new MasterFixture();
        FollowerFixture follower = new FollowerFixture(leader.database)) {
      leader.schedules.createSchedule(MasterFixture.request("each-second", MasterFixture.every(1)));
      assertFalse(rehearsal(leader, follower).run(false), "there is no node yet");
      StreamObserver<HeartbeatRequest> heart = own(leader);
      List<Long> before = state(leader);

      Rehearsal rehearsal = rehearsal(leader, follower);
      assertTrue(rehearsal.run(true));

      assertTrue(rehearsal.wasRefused(), "it came to a write");
      assertEquals(before, state(leader));
      assertTrue(leader.master.isLeading());
      heart.onCompleted();
    } finally {
      executor.shutdownNow();
    }
  }

  private Rehearsal rehearsal(MasterFixture leader, FollowerFixture follower) throws Exception {
    SystemTime time = new SystemTime();
    Leadership.Process process =
        new Leadership.Process(
            follower.database,
            new ClusterStore(follower.database).identity(),
            CoreSettings.defaults(),
            new SpecInterner(),
            time,
            executor,
            null);
    ClusterRpc.Lead lead =
        new ClusterRpc.Lead("uid", Rehearsal.EPOCH, "me", "here", time.nowMicros(), "1");
    MasterPorts ports = new MasterPorts(MasterFixture.config(leader.database), executor, () -> 0);
    ports.follow(follower.services);
    return new Rehearsal(process, lead, ports);
  }

  /** A node that owns partitions, and pushes nothing. */
  private static StreamObserver<HeartbeatRequest> own(MasterFixture leader) throws Exception {
    long session =
        leader
            .nodes
            .register(
                RegisterRequest.newBuilder()
                    .setNodeId("a")
                    .setInstance("i")
                    .setProtocolVersion(NodeRpc.PROTOCOL_VERSION)
                    .setWeight(100)
                    .setTzdbVersion(ScheduleSpec.tzdbVersion())
                    .setSecret(ByteString.copyFrom(new byte[32]))
                    .build())
            .getSession();
    Metadata headers = new Metadata();
    headers.put(NodeRpc.SESSION, Long.toString(session));
    BlockingQueue<HeartbeatResponse> beats = new LinkedBlockingQueue<>();
    StreamObserver<HeartbeatRequest> heart =
        NodeServiceGrpc.newStub(leader.nodeChannel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .heartbeat(
                new StreamObserver<>() {
                  @Override
                  public void onNext(HeartbeatResponse response) {
                    beats.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    HeartbeatResponse beat;
    do {
      heart.onNext(HeartbeatRequest.newBuilder().setNodeSendMicros(5).build());
      beat = beats.poll(30, TimeUnit.SECONDS);
    } while (beat.getAssignment().getPartitionsCount() == 0);
    return heart;
  }

  /** All that a leader writes of nodes and fires. */
  private static List<Long> state(MasterFixture leader) {
    return List.of(
        leader.value("select epoch from leader_epoch"),
        leader.value("select sum(watermark) from partition_state"),
        leader.value("select sum(epoch) from partition_state"),
        leader.value("select sum(incarnation) from node"),
        leader.value("select count(*) from fire"));
  }
}
