package io.carillon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.DeleteScheduleResponse;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CarillonClientTest {

  private final Schedules schedules = new Schedules();
  private final ClusterStub cluster = new ClusterStub();
  private LoopbackServer server;
  private CarillonClient client;

  @BeforeEach
  void start() throws Exception {
    server = new LoopbackServer(0, schedules, cluster);
    client = CarillonClient.builder().address(server.address()).build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void creationsGetARequestIdAndKeepItWhenRepeated() {
    schedules.failures.set(2);
    client.schedules().createSchedule(CreateScheduleRequest.getDefaultInstance());
    assertEquals(3, schedules.requestIds.size());
    assertEquals(1, Set.copyOf(schedules.requestIds).size());
    assertFalse(schedules.requestIds.get(0).isEmpty());
  }

  @Test
  void aRequestIdOfTheCallersIsKept() {
    client
        .schedules()
        .createSchedule(CreateScheduleRequest.newBuilder().setRequestId("mine").build());
    assertEquals(List.of("mine"), schedules.requestIds);
  }

  private List<String> idsOfABatch(String... given) {
    BatchCreateSchedulesRequest.Builder batch = BatchCreateSchedulesRequest.newBuilder();
    for (String id : given) {
      batch.addRequests(CreateScheduleRequest.newBuilder().setRequestId(id));
    }
    client.schedules().batchCreateSchedules(batch.build());
    return List.copyOf(schedules.requestIds);
  }

  @Test
  void aBatchGetsARequestIdAsAWhole() {
    List<String> ids = idsOfABatch("", "");
    assertEquals(List.of("", ""), ids.subList(1, 3));
    assertFalse(ids.get(0).isEmpty());
  }

  @Test
  void everyMemberOfABatchHasARequestIdOfItsOwnIfTheCallerGaveOneToSome() {
    List<String> ids = idsOfABatch("", "mine", "");
    assertEquals(List.of("", "mine"), List.of(ids.get(0), ids.get(2)));
    assertEquals(3, Set.copyOf(ids.subList(1, 4)).size());
    assertFalse(ids.subList(1, 4).contains(""));
  }

  @Test
  void everyChangeGetsARequestIdAndKeepsItWhenRepeated() {
    schedules.failures.set(2);
    client.schedules().deleteSchedule(DeleteScheduleRequest.getDefaultInstance());
    assertEquals(3, schedules.requestIds.size());
    assertEquals(1, Set.copyOf(schedules.requestIds).size());
    assertFalse(schedules.requestIds.get(0).isEmpty());
  }

  @Test
  void whatIsNotSafeToRepeatIsNotRepeated() {
    CarillonException refused =
        assertThrows(
            CarillonException.class,
            () ->
                CarillonException.translated(
                    () ->
                        client
                            .cluster()
                            .rehearseFailover(RehearseFailoverRequest.getDefaultInstance())));
    assertEquals(Status.Code.UNAVAILABLE, refused.code());
    assertEquals(1, cluster.drills.get());
  }

  @Test
  void everyCallHasADeadlineCountedFromTheCall() throws Exception {
    ScheduleServiceGrpc.ScheduleServiceBlockingStub stub = client.schedules();
    for (int i = 0; i < 2; i++) {
      stub.getSchedule(GetScheduleRequest.getDefaultInstance());
      long millis = schedules.remainingMillis;
      assertTrue(millis > 5_000 && millis <= 10_000, "remaining " + millis);
    }
  }

  @Test
  void theNextAddressIsUsedWhenTheFirstIsDown() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    try (CarillonClient two =
        CarillonClient.builder()
            .addresses(List.of("127.0.0.1:" + closed, server.address()))
            .build()) {
      assertEquals(
          "s", two.schedules().getSchedule(GetScheduleRequest.getDefaultInstance()).getName());
    }
  }

  @Test
  void aPollerOfItsOwnEndsWithTheClient() throws Exception {
    try (CarillonClient own =
        CarillonClient.builder().address(server.address()).ownPoller().build()) {
      var unused = own.schedules().createSchedule(CreateScheduleRequest.getDefaultInstance());
      assertTrue(hasPoller(), "it polls");
    }
    while (hasPoller()) {
      Thread.sleep(1);
    }
  }

  private static boolean hasPoller() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("carillon-client-io"));
  }

  @Test
  void anUnreachableMasterIsSaidToBeUnavailableSoon() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    try (CarillonClient lonely =
        CarillonClient.builder()
            .address("localhost:" + closed)
            .deadline(Duration.ofSeconds(20))
            .build()) {
      CarillonException refused =
          assertThrows(
              CarillonException.class,
              () ->
                  CarillonException.translated(
                      () ->
                          lonely.schedules().getSchedule(GetScheduleRequest.getDefaultInstance())));
      assertEquals(Status.Code.UNAVAILABLE, refused.code());
    }
  }

  @Test
  void aRefusalCarriesReasonAndFields() {
    schedules.refusal =
        com.google.rpc.Status.newBuilder()
            .setCode(Code.INVALID_ARGUMENT_VALUE)
            .setMessage("bad cron")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason("CRON_SYNTAX")
                        .setDomain("carillon.io")
                        .putMetadata("position", "3")
                        .build()))
            .addDetails(
                Any.pack(
                    BadRequest.newBuilder()
                        .addFieldViolations(
                            BadRequest.FieldViolation.newBuilder()
                                .setField("schedule.spec.cron.expression")
                                .setDescription("61 is not a minute"))
                        .build()))
            .build();
    CarillonException refused =
        assertThrows(
            CarillonException.class,
            () ->
                CarillonException.translated(
                    () -> client.schedules().getSchedule(GetScheduleRequest.getDefaultInstance())));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.code());
    assertEquals("bad cron", refused.getMessage());
    assertEquals("CRON_SYNTAX", refused.reason());
    assertEquals("3", refused.metadata().get("position"));
    assertEquals("schedule.spec.cron.expression", refused.violations().get(0).getField());
  }

  @Test
  void addressesAreCheckedWhenGiven() {
    for (String wrong : List.of("", "a b", "host:99999999", "host:1/path", "u@host:1")) {
      assertThrows(
          IllegalArgumentException.class, () -> CarillonClient.builder().address(wrong), wrong);
    }
    for (String right : List.of("h", "my_host:7400", "[::1]", "[::1]:7401", " 10.0.0.1:1 ")) {
      CarillonClient.builder().address(right).build().close();
    }
  }

  /** Answers, after failing as often as it is told. */
  private static final class ClusterStub extends ClusterServiceGrpc.ClusterServiceImplBase {
    final AtomicInteger drills = new AtomicInteger();

    @Override
    public void rehearseFailover(
        RehearseFailoverRequest request, StreamObserver<RehearseFailoverResponse> observer) {
      drills.incrementAndGet();
      observer.onError(Status.UNAVAILABLE.asException());
    }
  }

  private static final class Schedules extends ScheduleServiceGrpc.ScheduleServiceImplBase {
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    final List<String> requestIds = new CopyOnWriteArrayList<>();
    volatile long remainingMillis;
    volatile com.google.rpc.Status refusal;

    private <T> void answer(StreamObserver<T> observer, T answer) {
      calls.incrementAndGet();
      if (refusal != null) {
        observer.onError(StatusProto.toStatusRuntimeException(refusal));
      } else if (failures.getAndDecrement() > 0) {
        observer.onError(Status.UNAVAILABLE.asException());
      } else {
        observer.onNext(answer);
        observer.onCompleted();
      }
    }

    @Override
    public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> observer) {
      requestIds.add(request.getRequestId());
      answer(observer, Schedule.getDefaultInstance());
    }

    @Override
    public void batchCreateSchedules(
        BatchCreateSchedulesRequest request,
        StreamObserver<BatchCreateSchedulesResponse> observer) {
      requestIds.add(request.getRequestId());
      request.getRequestsList().forEach(member -> requestIds.add(member.getRequestId()));
      answer(observer, BatchCreateSchedulesResponse.getDefaultInstance());
    }

    @Override
    public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> observer) {
      remainingMillis = Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS);
      answer(observer, Schedule.newBuilder().setName("s").build());
    }

    @Override
    public void deleteSchedule(
        DeleteScheduleRequest request, StreamObserver<DeleteScheduleResponse> observer) {
      requestIds.add(request.getRequestId());
      answer(observer, DeleteScheduleResponse.getDefaultInstance());
    }
  }
}
