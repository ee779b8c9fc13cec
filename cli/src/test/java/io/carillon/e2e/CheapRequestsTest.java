package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.MessageLite;
import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.common.time.Micros;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.transport.Channels;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListFiresResponse;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleSpec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that cost their sender nothing make no fire late, over real sockets. */
@Tag("cluster")
@Timeout(300)
class CheapRequestsTest {

  private static final String TENANT = "tenants/default";

  /** The aim is 250; a machine that does other things beside needs more. */
  private static final long MOST_LATE_MILLIS = Long.getLong("carillon.most.late.millis", 2_000);

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Map<Status.Code, AtomicInteger> ends = new ConcurrentHashMap<>();
  private MasterServer master;
  private ManagedChannel channel;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
    started.push(database);
    DatabaseConfig target = DatabaseConfig.of(database.jdbcUrl(), "postgres", database.password());
    master = MasterServer.start(Records.with(MasterConfig.of(target), "listen", Listen.ANYWHERE));
    started.push(master);
    ClockNode node =
        new ClockNode(
            NodeConfig.of(folder.resolve("node"), List.of("127.0.0.1:" + master.nodePort())));
    node.start();
    started.push(node);
    channel = client();
    ScheduleServiceGrpc.newBlockingStub(channel)
        .createSchedule(
            CreateScheduleRequest.newBuilder()
                .setParent(TENANT)
                .setScheduleId("control")
                .setSchedule(
                    Schedule.newBuilder()
                        .setSpec(
                            ScheduleSpec.newBuilder()
                                .setInterval(
                                    IntervalRule.newBuilder()
                                        .setPeriod(Duration.newBuilder().setNanos(100_000_000)))))
                .build());
    awaitFires(20);
  }

  @AfterEach
  void stop() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  private ManagedChannel client() {
    ManagedChannel made = Channels.to("127.0.0.1:" + master.port()).build();
    started.push(made::shutdownNow);
    return made;
  }

  // ---- attacks

  @Test
  void twenty_connections_of_a_thousand_previews_that_nobody_reads() throws Exception {
    PreviewScheduleRequest preview =
        PreviewScheduleRequest.newBuilder()
            .setSpec(
                ScheduleSpec.newBuilder()
                    .setCron(CronRule.newBuilder().setExpression("* * * * *"))
                    .setTimeZone("Europe/Berlin"))
            .setCount(1_000)
            .build();
    long begin = now();
    for (int i = 0; i < 20; i++) {
      ManagedChannel client = client();
      for (int n = 0; n < 1_000; n++) {
        send(client, ScheduleServiceGrpc.getPreviewScheduleMethod(), preview, false);
      }
    }
    awaitFires(100);

    assertControlIsInTime("previews", begin);
    assertTrue(ended(Status.Code.RESOURCE_EXHAUSTED) > 10_000, ends::toString);
  }

  @Test
  void requests_with_names_of_fifteen_mebibytes() throws Exception {
    GetScheduleRequest get = GetScheduleRequest.newBuilder().setName("x".repeat(15 << 20)).build();
    long begin = now();
    for (int sent = 1; sent <= 48; sent++) {
      send(client(), ScheduleServiceGrpc.getGetScheduleMethod(), get, true);
      // What they hold to send is in this process too.
      awaitEnds(sent - 7);
    }
    awaitEnds(48);
    awaitFires(20);

    assertControlIsInTime("large names", begin);
    assertEquals(48, ended(Status.Code.RESOURCE_EXHAUSTED), ends::toString);
  }

  @Test
  void calls_by_the_thousand_that_are_refused() throws Exception {
    DeleteScheduleRequest delete =
        DeleteScheduleRequest.newBuilder().setName(TENANT + "/schedules/nobody").build();
    long begin = now();
    for (int i = 0; i < 20; i++) {
      ManagedChannel client = client();
      for (int n = 0; n < 1_000; n++) {
        send(client, ScheduleServiceGrpc.getDeleteScheduleMethod(), delete, true);
      }
    }
    awaitEnds(20_000);
    awaitFires(20);

    assertControlIsInTime("refused calls", begin);
  }

  private <Q extends MessageLite, R> void send(
      ManagedChannel client, MethodDescriptor<Q, R> method, Q request, boolean reads) {
    ClientCall<Q, R> call = client.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ends.computeIfAbsent(status.getCode(), code -> new AtomicInteger()).incrementAndGet();
          }
        },
        new Metadata());
    if (reads) {
      call.request(2);
    }
    call.sendMessage(request);
    call.halfClose();
  }

  // ---- what is to hold

  private int ended(Status.Code code) {
    return ends.getOrDefault(code, new AtomicInteger()).get();
  }

  private void awaitEnds(int count) throws InterruptedException {
    while (ends.values().stream().mapToInt(AtomicInteger::get).sum() < count) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static long now() {
    return Micros.of(java.time.Instant.now());
  }

  private static long micros(com.google.protobuf.Timestamp time) {
    return Micros.of(time.getSeconds(), time.getNanos());
  }

  private List<Fire> fires(long since) {
    List<Fire> fires = new ArrayList<>();
    String token = "";
    do {
      ListFiresResponse page =
          FireServiceGrpc.newBlockingStub(channel)
              .listFires(
                  ListFiresRequest.newBuilder()
                      .setParent(TENANT + "/schedules/control")
                      .setStartTime(
                          com.google.protobuf.Timestamp.newBuilder()
                              .setSeconds(since / Micros.PER_SECOND))
                      .setPageSize(1_000)
                      .setPageToken(token)
                      .build());
      fires.addAll(page.getFiresList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return fires;
  }

  /** Waits for so many more fires of the control schedule. */
  private void awaitFires(int count) throws InterruptedException {
    long since = now();
    while (fires(since).size() < count) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private void assertControlIsInTime(String what, long begin) {
    long worst = 0;
    int count = 0;
    for (Fire fire : fires(begin)) {
      worst = Math.max(worst, micros(fire.getRecordTime()) - micros(fire.getNominalTime()));
      count++;
    }
    System.out.printf(
        "%s: %d fires, at most %d ms late; calls ended %s%n", what, count, worst / 1_000, ends);
    assertTrue(worst <= MOST_LATE_MILLIS * 1_000, worst + " microseconds late");
    for (Node node :
        ClusterServiceGrpc.newBlockingStub(channel)
            .listNodes(ListNodesRequest.getDefaultInstance())
            .getNodesList()) {
      assertEquals(Node.State.ACTIVE, node.getState(), node::toString);
    }
  }
}
