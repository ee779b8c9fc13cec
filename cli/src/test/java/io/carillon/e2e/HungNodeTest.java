package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.time.Micros;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.transport.Channels;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Node;
import io.carillon.v1.Partition;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose heartbeats go on and that does nothing else, beside one that works. */
@Tag("cluster")
class HungNodeTest {

  private static final int PARTITIONS = 8;

  @TempDir private Path folder;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private ManagedChannel nodes;
  private ClusterServiceGrpc.ClusterServiceBlockingStub cluster;

  @AfterEach
  void close() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  private ManagedChannel channel(int port) {
    ManagedChannel channel = Channels.to("127.0.0.1:" + port).build();
    started.push(channel::shutdownNow);
    return channel;
  }

  private MasterServer startMaster() throws Exception {
    EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
    started.push(database);
    DatabaseConfig target = DatabaseConfig.of(database.jdbcUrl(), "postgres", database.password());
    MasterServer master =
        MasterServer.start(
            Records.with(
                MasterConfig.of(target),
                Map.of("listen", Listen.ANYWHERE, "partitions", PARTITIONS)));
    started.push(master);
    nodes = channel(master.nodePort());
    cluster = ClusterServiceGrpc.newBlockingStub(channel(master.port()));
    return master;
  }

  private void hang(String id) {
    long session =
        NodeServiceGrpc.newBlockingStub(nodes)
            .register(
                RegisterRequest.newBuilder()
                    .setNodeId(id)
                    .setInstance("i")
                    .setProtocolVersion(1)
                    .setWeight(100)
                    .setSecret(ByteString.copyFrom(new byte[32]))
                    .setTzdbVersion(ScheduleSpec.tzdbVersion())
                    .build())
            .getSession();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER),
        Long.toString(session));
    StreamObserver<HeartbeatRequest> heart =
        NodeServiceGrpc.newStub(nodes)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .heartbeat(
                new StreamObserver<>() {
                  @Override
                  public void onNext(HeartbeatResponse response) {}

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
    started.push(beats::shutdownNow);
    var unused =
        beats.scheduleAtFixedRate(
            () -> heart.onNext(HeartbeatRequest.newBuilder().setNodeSendMicros(1).build()),
            0,
            100,
            TimeUnit.MILLISECONDS);
  }

  private long owned(String id) {
    return partitions().stream().filter(p -> p.getOwner().equals("nodes/" + id)).count();
  }

  private List<Partition> partitions() {
    return cluster.listPartitions(ListPartitionsRequest.getDefaultInstance()).getPartitionsList();
  }

  private boolean allMove() {
    long behind = Micros.of(Instant.now()) - 3_000_000;
    return partitions().stream()
        .allMatch(
            p -> Micros.of(p.getWatermark().getSeconds(), p.getWatermark().getNanos()) > behind);
  }

  private static void await(String what, BooleanSupplier holds) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not within a minute: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void it_loses_its_partitions_to_the_one_that_works_and_is_held() throws Exception {
    MasterServer master = startMaster();
    hang("hung");
    await("the hung node owns all", () -> owned("hung") == PARTITIONS);
    ClockNode good =
        new ClockNode(
            NodeConfig.of(folder.resolve("good"), List.of("127.0.0.1:" + master.nodePort())));
    good.start();
    started.push(good);
    await("the good node owns all", () -> owned(good.nodeId()) == PARTITIONS);
    await("every partition moves", this::allMove);
    Node hung =
        cluster.listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
            .filter(node -> node.getName().equals("nodes/hung"))
            .findFirst()
            .orElseThrow();
    assertEquals(Node.State.ACTIVE, hung.getState());
    assertEquals("LAGGING", hung.getHoldReason());
  }
}
