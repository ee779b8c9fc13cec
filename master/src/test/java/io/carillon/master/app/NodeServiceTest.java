package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.PartitionRefusal;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** NodeService as a stranger meets it: what is wrong is refused, and counted. */
class NodeServiceTest {

  private static MasterFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static NodeServiceGrpc.NodeServiceStub stub(String session) {
    Metadata headers = new Metadata();
    if (session != null) {
      headers.put(Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER), session);
    }
    return NodeServiceGrpc.newStub(fixture.nodeChannel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** What comes back on a stream; its end as what it ended with. */
  private static final class Received<T> implements StreamObserver<T> {
    private final LinkedBlockingQueue<Object> all = new LinkedBlockingQueue<>();

    @Override
    public void onNext(T message) {
      all.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      all.add(MasterFixture.text((StatusRuntimeException) failure));
    }

    @Override
    public void onCompleted() {
      all.add("completed");
    }

    Object next() throws InterruptedException {
      Object next = all.poll(10, TimeUnit.SECONDS);
      assertNotNull(next, "nothing came within 10 s");
      return next;
    }
  }

  @Test
  void a_stream_of_no_session_or_an_unknown_one_is_told_to_register() throws Exception {
    for (String session : new String[] {null, "nonsense", "12345"}) {
      Received<PushFiresResponse> push = new Received<>();
      stub(session).pushFires(push).onNext(PushFiresRequest.newBuilder().setBatch(1).build());
      assertEquals("UNAVAILABLE SESSION_UNKNOWN", push.next());
    }
  }

  private static String reason(Object response) {
    PushFiresResponse push = (PushFiresResponse) response;
    return push.getAcknowledgedBatch()
        + " "
        + push.getRefusalsList().stream().map(PartitionRefusal::getReason).toList();
  }

  @Test
  void what_a_node_must_not_push_is_refused_and_counted() throws Exception {
    String session =
        Long.toString(
            fixture
                .nodes
                .register(
                    RegisterRequest.newBuilder()
                        .setNodeId("a")
                        .setInstance("i")
                        .setProtocolVersion(1)
                        .setWeight(100)
                        .setTzdbVersion(ScheduleSpec.tzdbVersion())
                        .setSecret(ByteString.copyFrom(new byte[32]))
                        .build())
                .getSession());
    Received<HeartbeatResponse> beats = new Received<>();
    StreamObserver<HeartbeatRequest> heart = stub(session).heartbeat(beats);
    HeartbeatResponse response;
    do {
      heart.onNext(HeartbeatRequest.newBuilder().setNodeSendMicros(5).build());
      response = (HeartbeatResponse) beats.next();
      assertTrue(response.getMasterSendMicros() >= response.getMasterReceiveMicros());
    } while (response.getAssignment().getPartitionsCount() == 0);
    Received<PushFiresResponse> answers = new Received<>();
    StreamObserver<PushFiresRequest> push = stub(session).pushFires(answers);
    PartitionBatch stale = PartitionBatch.newBuilder().setPartition(0).setEpoch(99).build();
    PartitionBatch nowhere = PartitionBatch.newBuilder().setPartition(-5).setEpoch(1).build();
    PartitionBatch ragged =
        PartitionBatch.newBuilder().setPartition(0).setEpoch(1).addSchedule(1).build();
    PartitionBatch gap = PartitionBatch.newBuilder().setPartition(0).setEpoch(1).build();
    int number = 0;
    for (PartitionBatch batch : new PartitionBatch[] {stale, nowhere, ragged, gap}) {
      push.onNext(PushFiresRequest.newBuilder().setBatch(++number).addPartitions(batch).build());
    }
    StringBuilder all = new StringBuilder();
    while (!all.toString().contains("4 ")) {
      all.append(reason(answers.next())).append(' ');
    }
    String text = all.toString();
    assertTrue(text.contains("STALE_EPOCH"), text);
    assertTrue(text.contains("MALFORMED"), text);
    assertEquals(1, fixture.counter("refused_stale_epoch"));
    assertEquals(1, fixture.counter("refused_foreign_partition"));
    assertEquals(1, fixture.counter("refused_malformed"));
    assertEquals(0, fixture.value("select count(*) from fire"));
    heart.onCompleted();
    assertEquals("completed", last(beats));
  }

  private static Object last(Received<?> stream) throws InterruptedException {
    Object next = stream.next();
    while (!(next instanceof String)) {
      next = stream.next();
    }
    return next;
  }
}
