package io.carillon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several masters, of which some die, are stopped, or cannot serve. */
@Timeout(90)
class MasterChannelTest {

  private static final String DESTINATION = "tenants/default/destinations/d";

  private final FakeDelivery delivery = new FakeDelivery();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    opened.add(resource);
    return resource;
  }

  private LoopbackServer master(BindableService... more) throws Exception {
    BindableService[] services = java.util.Arrays.copyOf(more, more.length + 1);
    services[more.length] = delivery;
    return keep(new LoopbackServer(0, services));
  }

  private CarillonClient client(String... masters) {
    return keep(
        CarillonClient.builder()
            .addresses(List.of(masters))
            .deadline(Duration.ofSeconds(60))
            .build());
  }

  /** Reads are answered with its name, if it has one. */
  private static final class Named extends ScheduleServiceGrpc.ScheduleServiceImplBase {
    private final String name;
    final CountDownLatch held = new CountDownLatch(1);

    Named(String name) {
      this.name = name;
    }

    @Override
    public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> caller) {
      held.countDown();
      if (!name.isEmpty()) {
        caller.onNext(Schedule.newBuilder().setName(name).build());
        caller.onCompleted();
      }
    }
  }

  /** Never answers. */
  private static final class Drill extends ClusterServiceGrpc.ClusterServiceImplBase {
    final CountDownLatch held = new CountDownLatch(1);

    @Override
    public void rehearseFailover(
        RehearseFailoverRequest request, StreamObserver<RehearseFailoverResponse> caller) {
      held.countDown();
    }
  }

  /** Says what it is told to, as the health service of gRPC does. */
  private static BindableService health(AtomicBoolean serving) {
    return () ->
        ServerServiceDefinition.builder("grpc.health.v1.Health")
            .addMethod(
                MasterChannel.HEALTH,
                ServerCalls.asyncUnaryCall(
                    (Empty request, StreamObserver<Empty> caller) -> {
                      UnknownFieldSet.Field status =
                          UnknownFieldSet.Field.newBuilder()
                              .addVarint(serving.get() ? 1 : 2)
                              .build();
                      caller.onNext(
                          Empty.newBuilder()
                              .setUnknownFields(
                                  UnknownFieldSet.newBuilder().addField(1, status).build())
                              .build());
                      caller.onCompleted();
                    }))
            .build();
  }

  private static String answerOf(CarillonClient client) {
    return client.schedules().getSchedule(GetScheduleRequest.getDefaultInstance()).getName();
  }

  private Subscription consume(CarillonClient client, Set<Long> handled) {
    return keep(
        client.subscribe(
            DESTINATION,
            fire -> {
              handled.add(fire.fire().getSeq());
              fire.ack();
            }));
  }

  @Test
  void a_subscription_goes_on_at_another_master_when_its_own_dies() throws Exception {
    LoopbackServer first = master();
    LoopbackServer second = master();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    consume(client(first.address(), second.address()), handled);
    delivery.record(1, 1_000);
    delivery.awaitAcked(1_000);
    first.close();
    delivery.record(1_001, 2_000);
    delivery.awaitAcked(2_000);
    assertEquals(2_000, handled.size());
    assertEquals(List.of(), delivery.faults());
  }

  @Test
  void a_subscription_leaves_a_master_that_has_fallen_silent() throws Exception {
    SilentProxy stopped = keep(new SilentProxy(master().port()));
    LoopbackServer second = master();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    consume(client(stopped.address(), second.address()), handled);
    delivery.record(1, 100);
    delivery.awaitAcked(100);
    long silent = System.nanoTime();
    stopped.silence();
    delivery.record(101, 200);
    // What the silent master has sent is lost with the stream, and comes again by the other.
    delivery.dropStreams();
    delivery.awaitAcked(200);
    assertEquals(200, handled.size());
    // gRPC alone would need 13 s.
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - silent);
    assertTrue(millis < 12_000, "took " + millis + " ms");
    assertEquals(List.of(), delivery.faults());
  }

  @Test
  void a_silent_master_is_passed_by_when_connecting() throws Exception {
    Named named = new Named("second");
    SilentProxy stopped = keep(new SilentProxy(master().port()));
    stopped.silence();
    CarillonClient client = client(stopped.address(), master(named).address());
    assertEquals("second", answerOf(client));
  }

  @Test
  void a_read_that_a_silent_master_has_is_answered_by_the_next() throws Exception {
    Named silent = new Named("");
    SilentProxy stopped = keep(new SilentProxy(master(silent).port()));
    CarillonClient client = client(stopped.address(), master(new Named("second")).address());
    CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> answerOf(client));
    silent.held.await();
    stopped.silence();
    assertEquals("second", read.get());
  }

  @Test
  void a_call_that_a_silent_master_has_ends_as_unavailable_and_is_not_repeated() throws Exception {
    Named held = new Named("first");
    Named other = new Named("second");
    Drill drill = new Drill();
    Drill otherDrill = new Drill();
    SilentProxy stopped = keep(new SilentProxy(master(held, drill).port()));
    CarillonClient client = client(stopped.address(), master(other, otherDrill).address());
    CompletableFuture<Throwable> end =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    Exception.class,
                    () ->
                        client
                            .cluster()
                            .rehearseFailover(RehearseFailoverRequest.getDefaultInstance())));
    drill.held.await();
    stopped.silence();
    assertEquals(Status.Code.UNAVAILABLE, Status.fromThrowable(end.get()).getCode());
    assertEquals("second", answerOf(client));
    assertEquals(1, otherDrill.held.getCount());
  }

  @Test
  void a_master_that_cannot_serve_is_left_and_calls_that_it_has_go_on() throws Exception {
    AtomicBoolean serving = new AtomicBoolean(true);
    Named other = new Named("second");
    LoopbackServer first = master(health(serving), new Named("first"));
    CarillonClient client = client(first.address(), master(other).address());
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    Subscription subscription = consume(client, handled);
    delivery.record(1, 10);
    delivery.awaitAcked(10);
    assertEquals("first", answerOf(client));
    serving.set(false);
    while (!answerOf(client).equals("second")) {
      Thread.onSpinWait();
    }
    delivery.record(11, 20);
    delivery.awaitAcked(20);
    assertEquals(1, delivery.opened());
    assertTrue(!subscription.whenEnded().isDone());
  }
}
