package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.OpenPartition;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.v1.DeleteNodeRequest;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import io.carillon.v1.PauseScheduleRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever a stranger says on the node port, the cluster goes on creating, pausing and joining. */
class HostileNodesTest {

  private static MasterFixture fixture;
  private static int created;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static ByteString secret(int of) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) of);
    return ByteString.copyFrom(bytes);
  }

  private static RegisterRequest.Builder node(String id) {
    return RegisterRequest.newBuilder()
        .setNodeId(id)
        .setInstance("i")
        .setProtocolVersion(1)
        .setWeight(100)
        .setSecret(secret(1))
        .setTzdbVersion(ScheduleSpec.tzdbVersion());
  }

  private static String registration(RegisterRequest.Builder request) {
    return MasterFixture.refusal(
        () -> fixture.nodes.withDeadlineAfter(20, TimeUnit.SECONDS).register(request.build()));
  }

  /** Creates and pauses a schedule, and takes a node. */
  private static void assertGoesOn() {
    String id = "s" + ++created;
    fixture.create(id);
    var schedules = fixture.schedules.withDeadlineAfter(20, TimeUnit.SECONDS);
    schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder().setName(MasterFixture.name(id)).build());
    fixture.nodes.withDeadlineAfter(20, TimeUnit.SECONDS).register(node("good-" + id).build());
  }

  @Test
  void no_text_of_a_registration_stops_the_cluster() {
    Map<String, BiFunction<RegisterRequest.Builder, String, RegisterRequest.Builder>> fields =
        new LinkedHashMap<>();
    fields.put("instance", RegisterRequest.Builder::setInstance);
    fields.put("program_version", RegisterRequest.Builder::setProgramVersion);
    fields.put("location", RegisterRequest.Builder::setLocation);
    fields.put("tzdb_version", RegisterRequest.Builder::setTzdbVersion);
    fields.forEach(
        (field, set) -> {
          for (String text :
              new String[] {
                "a\0", "\0", "a\nb", "\u001b[31m", "\u0085", "\u202e", "\u2028", "\u200b"
              }) {
            assertEquals(
                "INVALID_ARGUMENT FIELD_MALFORMED " + field,
                registration(set.apply(node("hostile"), text)));
          }
          for (int length : new int[] {201, 60_000}) {
            assertEquals(
                "INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + field,
                registration(set.apply(node("hostile"), "x".repeat(length))));
          }
          assertEquals(
              "RESOURCE_EXHAUSTED REQUEST_TOO_LARGE",
              registration(set.apply(node("hostile"), "x".repeat(100_000))));
        });
    assertEquals("INVALID_ARGUMENT FIELD_MALFORMED node_id", registration(node("a\0")), "ids, too");
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE incarnation",
        registration(node("hostile").setIncarnation(-1)));
    fixture.nodes.register(
        node("long")
            .setInstance("ü".repeat(200))
            .setLocation("😀".repeat(200))
            .setProgramVersion("x".repeat(200))
            .build());
    assertGoesOn();
  }

  @Test
  void who_knows_an_id_and_not_its_secret_is_refused_and_counted() {
    fixture.nodes.register(node("mine").build());
    long before = fixture.counter("refused_node_id");
    assertEquals(
        "PERMISSION_DENIED NODE_ID_TAKEN",
        registration(node("mine").setInstance("j").setSecret(secret(2))));
    assertEquals(before + 1, fixture.counter("refused_node_id"));
    assertEquals(0, fixture.counter("nodes_fenced"));
    assertGoesOn();
  }

  private static <Q, R> String end(
      long session,
      BiFunction<NodeServiceGrpc.NodeServiceStub, StreamObserver<R>, StreamObserver<Q>> call,
      Q message) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER),
        Long.toString(session));
    CompletableFuture<String> end = new CompletableFuture<>();
    StreamObserver<R> ear =
        new StreamObserver<>() {
          @Override
          public void onNext(R response) {}

          @Override
          public void onError(Throwable failure) {
            end.complete(MasterFixture.text((StatusRuntimeException) failure));
          }

          @Override
          public void onCompleted() {
            end.complete("completed");
          }
        };
    call.apply(
            NodeServiceGrpc.newStub(fixture.nodeChannel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)),
            ear)
        .onNext(message);
    return end.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void no_number_of_a_stream_is_taken_that_cannot_be_one() {
    long session = fixture.nodes.register(node("numbers").build()).getSession();
    Map<String, Function<HeartbeatRequest.Builder, HeartbeatRequest.Builder>> beats =
        new LinkedHashMap<>();
    beats.put("clock_offset_micros", beat -> beat.setClockOffsetMicros(Long.MIN_VALUE));
    beats.put("clock_error_micros", beat -> beat.setClockErrorMicros(-1));
    beats.put("schedule_count", beat -> beat.setScheduleCount(-1));
    beats.put("unacknowledged_events", beat -> beat.setUnacknowledgedEvents(Long.MIN_VALUE));
    beats.put("cluster_time_micros", beat -> beat.setClusterTimeMicros(Long.MIN_VALUE));
    beats.forEach(
        (field, set) ->
            assertEquals(
                "INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + field,
                HostileNodesTest.<HeartbeatRequest, HeartbeatResponse>end(
                    session,
                    NodeServiceGrpc.NodeServiceStub::heartbeat,
                    set.apply(HeartbeatRequest.newBuilder()).build())));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE batch",
        HostileNodesTest.<PushFiresRequest, PushFiresResponse>end(
            session,
            NodeServiceGrpc.NodeServiceStub::pushFires,
            PushFiresRequest.newBuilder().setBatch(-1).build()));
    WatchPartitionsRequest.Builder many = WatchPartitionsRequest.newBuilder();
    for (int i = 0; i < 257; i++) {
      many.addOpen(OpenPartition.newBuilder().setPartition(0).setEpoch(1));
    }
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE open",
        HostileNodesTest.<WatchPartitionsRequest, WatchPartitionsResponse>end(
            session, NodeServiceGrpc.NodeServiceStub::watchPartitions, many.build()));
    assertGoesOn();
  }

  private static Node find(String id) {
    return fixture.cluster.listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
        .filter(node -> node.getName().equals("nodes/" + id))
        .findFirst()
        .orElse(null);
  }

  private static String delete(String name) {
    return MasterFixture.refusal(
        () -> fixture.cluster.deleteNode(DeleteNodeRequest.newBuilder().setName(name).build()));
  }

  @Test
  void a_node_that_is_gone_can_be_deleted() {
    fixture.nodes.register(node("gone").build());
    assertEquals("FAILED_PRECONDITION NODE_ALIVE", delete("nodes/gone"));
    // It never sends a heartbeat.
    CountingSubscriber.await("the node is DEAD", () -> find("gone").getState() == Node.State.DEAD);
    assertEquals(1, fixture.value("select count(*) from node where id = 'gone'"));
    assertEquals(
        1,
        fixture.value("select count(*) from node where id = 'gone' and length(secret_hash) = 64"));
    assertNotNull(
        fixture.cluster.deleteNode(DeleteNodeRequest.newBuilder().setName("nodes/gone").build()));
    assertEquals(0, fixture.value("select count(*) from node where id = 'gone'"));
    assertEquals(null, find("gone"));
    assertEquals("NOT_FOUND NODE_NOT_FOUND", delete("nodes/gone"));
    assertTrue(delete("gone").startsWith("INVALID_ARGUMENT"));
    fixture.nodes.register(node("gone").setSecret(secret(3)).build());
    assertFalse(find("gone").getState() == Node.State.DEAD);
  }
}
