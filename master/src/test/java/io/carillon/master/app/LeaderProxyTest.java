package io.carillon.master.app;

import static io.carillon.master.app.CountingSubscriber.await;
import static io.carillon.master.app.MasterFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import io.carillon.master.TestDatabase;
import io.carillon.master.access.Services;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is passed on to leaders that come, go, hang and flood. */
@Timeout(120)
class LeaderProxyTest {

  private final FollowerFixture follower = follower();
  private final FakeLeader leader = new FakeLeader();

  private static FollowerFixture follower() {
    return follower(LeaderProxy.PATIENCE);
  }

  private static FollowerFixture follower(Duration patience) {
    var config = TestDatabase.config();
    io.carillon.master.store.sql.Database.open(config, 16).close();
    return new FollowerFixture(config, patience);
  }

  @AfterEach
  void stop() {
    follower.close();
    leader.close();
  }

  private static final int BATCH = 200;
  private static final int STORM = 5 * BATCH;

  private static final UpdateScheduleRequest UPDATE =
      UpdateScheduleRequest.newBuilder()
          .setSchedule(Schedule.newBuilder().setDisplayName("new"))
          .build();

  private ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules() {
    return schedules(follower);
  }

  private static ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules(FollowerFixture at) {
    return ScheduleServiceGrpc.newBlockingStub(at.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private CompletableFuture<String> update() {
    return update(follower);
  }

  private static CompletableFuture<String> update(FollowerFixture at) {
    return CompletableFuture.supplyAsync(
        () -> schedules(at).updateSchedule(UPDATE).getDisplayName());
  }

  private static String refused(CompletableFuture<?> call) throws Exception {
    try {
      return "answered " + call.get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      Throwable cause =
          e.getCause() instanceof CompletionException nested ? nested.getCause() : e.getCause();
      return MasterFixture.text((StatusRuntimeException) cause);
    }
  }

  private static int closedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  // ---- leaders that come and go

  @Test
  void a_call_that_finds_no_leader_waits_for_one() throws Exception {
    CompletableFuture<String> call = update();
    await("the call waits", () -> follower.services.waiting() == 1);
    follower.follow(leader.port(), 1);
    assertEquals("new", call.get(60, TimeUnit.SECONDS));
    assertEquals(0, follower.services.waiting());
    assertEquals(1, leader.updates.get());
  }

  @Test
  void a_call_to_a_leader_that_cannot_be_reached_goes_to_the_next_one() throws Exception {
    follower.follow(closedPort(), 1);
    CompletableFuture<String> call = update();
    await("the call waits", () -> follower.services.waiting() == 1);
    follower.follow(leader.port(), 1);
    assertEquals("new", call.get(60, TimeUnit.SECONDS));
    assertEquals(1, leader.updates.get());
  }

  @Test
  void a_call_stuck_at_a_leader_that_does_not_answer_at_all_goes_to_the_next_one()
      throws Exception {
    // Connects, as the kernel does that for a process that is stopped, and says nothing.
    try (ServerSocket stopped = new ServerSocket(0)) {
      follower.follow(stopped.getLocalPort(), 1);
      CompletableFuture<String> call = update();
      await("the call waits", () -> follower.services.waiting() == 1);
      follower.follow(leader.port(), 1);
      assertEquals("new", call.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void without_a_leader_a_call_is_refused_after_a_while() throws Exception {
    long began = System.nanoTime();
    assertEquals("UNAVAILABLE NO_LEADER", refusal(() -> schedules().updateSchedule(UPDATE)));
    assertTrue(System.nanoTime() - began >= TimeUnit.MILLISECONDS.toNanos(1_900));
    follower.follow(closedPort(), 1);
    assertEquals("UNAVAILABLE NO_LEADER", refusal(() -> schedules().updateSchedule(UPDATE)));
    assertEquals(0, follower.services.waiting());
  }

  @Test
  void a_call_that_waits_is_let_go_when_this_master_leads_itself() throws Exception {
    // Longer than any of these calls may take: it ends for the lead and for nothing else.
    try (FollowerFixture patient = follower(Duration.ofHours(1))) {
      CompletableFuture<String> call = update(patient);
      await("the call waits", () -> patient.services.waiting() == 1);
      patient.leadsHere.set(true);
      await("it is let go, to begin again here", () -> patient.services.waiting() == 0);
      assertEquals("UNAVAILABLE NO_LEADER", refused(call));
      assertEquals(
          "UNAVAILABLE NO_LEADER",
          refusal(() -> schedules(patient).updateSchedule(UPDATE)),
          "nor does another begin to wait");
    }
  }

  @Test
  void a_call_waits_no_longer_than_its_deadline() {
    assertEquals(
        "DEADLINE_EXCEEDED",
        refusal(
                () ->
                    schedules()
                        .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                        .updateSchedule(UPDATE))
            .replaceFirst(" .*", ""));
    await("nothing waits any more", () -> follower.services.waiting() == 0);
  }

  @Test
  void a_leader_that_dies_during_a_call_leaves_its_outcome_open_and_it_is_not_sent_again()
      throws Exception {
    leader.answering = false;
    follower.follow(leader.port(), 1);
    CompletableFuture<String> call = update();
    await("the leader has it", () -> leader.updates.get() == 1);
    int port = leader.port();
    leader.close();
    assertEquals("UNAVAILABLE LEADER_LOST", refused(call));
    try (FakeLeader again = new FakeLeader(port)) {
      assertEquals("new", update().get(60, TimeUnit.SECONDS));
      assertEquals(1, again.updates.get());
    }
  }

  @Test
  void a_call_to_a_leader_that_was_followed_by_another_ends_soon() throws Exception {
    leader.answering = false;
    follower.follow(leader.port(), 1);
    CompletableFuture<String> call = update();
    await("the leader has it", () -> leader.updates.get() == 1);
    try (FakeLeader next = new FakeLeader()) {
      follower.follow(next.port(), 1);
      assertEquals("UNAVAILABLE LEADER_LOST", refused(call));
      assertEquals(0, next.updates.get());
    }
  }

  @Test
  void followers_that_take_each_other_for_the_leader_do_not_pass_calls_round() {
    try (FollowerFixture other = follower()) {
      follower.follow(other.api.port(), 1);
      other.follow(follower.api.port(), 1);
      assertEquals("UNAVAILABLE NO_LEADER", refusal(() -> schedules().updateSchedule(UPDATE)));
      other.follow(leader.port(), 1);
      Metadata passedOn = new Metadata();
      passedOn.put(Metadata.Key.of("carillon-forwarded", Metadata.ASCII_STRING_MARSHALLER), "1");
      var stub =
          ScheduleServiceGrpc.newBlockingStub(other.channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(passedOn));
      assertEquals("UNAVAILABLE NOT_LEADER", refusal(() -> stub.updateSchedule(UPDATE)));
      assertEquals(0, leader.updates.get());
    }
  }

  @Test
  void a_call_that_the_other_master_did_not_take_is_tried_again_with_the_next() throws Exception {
    try (FollowerFixture other = follower()) {
      follower.follow(other.api.port(), 1);
      CompletableFuture<String> call = update();
      await("the call waits", () -> follower.services.waiting() == 1);
      follower.follow(leader.port(), 1);
      assertEquals("new", call.get(60, TimeUnit.SECONDS));
      assertEquals(1, leader.updates.get());
    }
  }

  @Test
  void deadlines_and_cancellations_are_passed_on() {
    leader.answering = false;
    follower.follow(leader.port(), 1);
    CompletableFuture<String> call =
        CompletableFuture.supplyAsync(
            () ->
                refusal(
                    () ->
                        schedules().withDeadlineAfter(1, TimeUnit.SECONDS).updateSchedule(UPDATE)));
    await("the leader has it", () -> leader.updates.get() == 1);
    long left = leader.deadlineMillis.get();
    assertTrue(left > -1_000 && left <= 1_000, "left " + left);
    await("the leader's call ends with it", leader.cancelled::get);
    assertTrue(call.join().startsWith("DEADLINE_EXCEEDED"), call.join());
  }

  // ---- streams

  /** Reads when it is told to. */
  private static final class SlowReader
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    final AtomicInteger read = new AtomicInteger();
    final AtomicBoolean over = new AtomicBoolean();
    volatile boolean all;
    ClientCallStreamObserver<SubscribeRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> observer) {
      call = observer;
      observer.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(SubscribeResponse response) {
      read.incrementAndGet();
      if (all) {
        call.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      over.set(true);
    }

    @Override
    public void onCompleted() {
      over.set(true);
    }
  }

  private SlowReader subscribe() {
    SlowReader reader = new SlowReader();
    var unused = DeliveryServiceGrpc.newStub(follower.channel).subscribe(reader);
    reader.call.onNext(
        SubscribeRequest.newBuilder().setStart(SubscribeStart.getDefaultInstance()).build());
    return reader;
  }

  /** The count when it has not moved for a second. */
  private static int standstill(AtomicInteger count) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int before = -1;
    int quiet = 0;
    while (quiet < 20) {
      assertTrue(System.nanoTime() < limit, "does not come to rest: " + count);
      quiet = count.get() == before ? quiet + 1 : 0;
      before = count.get();
      LockSupport.parkNanos(50_000_000);
    }
    return before;
  }

  @Test
  void a_subscriber_that_does_not_read_holds_up_the_leader_and_not_the_follower() {
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    await("the first message", () -> reader.read.get() == 1);
    int sent = standstill(leader.flooded);
    // What is under way are the windows and buffers of two connections: a few MiB of 250.
    assertTrue(sent < FakeLeader.FLOOD_MESSAGES / 4, "sent " + sent);
    reader.all = true;
    reader.call.request(1);
    await("all messages", () -> reader.read.get() == FakeLeader.FLOOD_MESSAGES);
    assertFalse(leader.cancelled.get());
    reader.call.cancel("enough", null);
    await("the leader hears of the cancellation", leader.cancelled::get);
  }

  @Test
  void a_leader_that_does_not_read_holds_up_the_subscriber() {
    leader.reading = false;
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    SubscribeRequest large =
        SubscribeRequest.newBuilder()
            .setStart(SubscribeStart.newBuilder().setSubscriber("x".repeat(64 << 10)))
            .build();
    await("the leader has the call", () -> leader.flooded.get() > 0);
    AtomicInteger written = new AtomicInteger();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              while (written.get() < FakeLeader.FLOOD_MESSAGES && !reader.over.get()) {
                if (reader.call.isReady()) {
                  reader.call.onNext(large);
                  written.incrementAndGet();
                } else {
                  LockSupport.parkNanos(1_000_000);
                }
              }
            });
    int sent = standstill(written);
    assertTrue(sent < FakeLeader.FLOOD_MESSAGES / 4, "sent " + sent);
    leader.close();
    reader.all = true;
    reader.call.request(1);
    await("the stream ends with the leader", reader.over::get);
    writer.join();
  }

  @Test
  void a_stream_ends_when_the_leader_dies() {
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    await("the first message", () -> reader.read.get() == 1);
    reader.all = true;
    reader.call.request(1);
    leader.close();
    await("the end", reader.over::get);
  }

  // ---- the ports

  private static ServingStatus health(io.grpc.Channel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  @Test
  void clock_nodes_are_sent_to_the_leader() {
    follower.follow(leader.port(), 4711);
    RefusedNode refused = RefusedNode.at(follower.nodeChannel);
    assertEquals("UNAVAILABLE NOT_LEADER", refused.registration());
    assertEquals("127.0.0.1:4711", refused.leader());
    assertEquals("UNAVAILABLE NOT_LEADER", refused.heartbeat());
    follower.lease.set(null);
    RefusedNode again = RefusedNode.at(follower.nodeChannel);
    assertEquals("UNAVAILABLE NOT_LEADER", again.registration());
    assertEquals("", again.leader());
  }

  @Test
  void health_and_reflection_tell_what_is_offered_at_the_moment() {
    String api = "carillon.v1.ScheduleService";
    String node = "carillon.cluster.v1.NodeService";
    assertEquals(ServingStatus.SERVING, health(follower.channel, ""));
    assertEquals(ServingStatus.SERVING, health(follower.channel, api));
    assertEquals(ServingStatus.NOT_SERVING, health(follower.nodeChannel, ""));
    assertEquals(ServingStatus.NOT_SERVING, health(follower.nodeChannel, node));
    assertEquals(Set.of(node), OfferedServices.at(follower.nodeChannel));
    assertEquals(Services.API.size(), OfferedServices.at(follower.channel).size());
    follower.api.serving(false);
    assertEquals(ServingStatus.NOT_SERVING, health(follower.channel, api));
    var only =
        follower.services.api().stream()
            .filter(service -> service.getServiceDescriptor().getName().equals(api))
            .toList();
    follower.api.offer(only, true);
    assertEquals(Set.of(api), OfferedServices.at(follower.channel));
    assertEquals(ServingStatus.SERVING, health(follower.channel, api));
    assertEquals(
        "NOT_FOUND",
        refusal(() -> health(follower.channel, "carillon.v1.FireService")).replaceFirst(" .*", ""));
    follower.nodes.offer(List.of(), false);
    assertEquals(Set.of(), OfferedServices.at(follower.nodeChannel));
    follower.nodes.offer(follower.services.nodes(), false);
    assertEquals("UNAVAILABLE NOT_LEADER", RefusedNode.at(follower.nodeChannel).registration());
  }

  // ---- callers that give up

  @Test
  void a_storm_of_callers_that_give_up_breaks_no_stream_and_no_call() throws Exception {
    follower.follow(leader.port(), 1);
    leader.answering = false;
    StatusRuntimeException[] broken = new StatusRuntimeException[1];
    CompletableFuture<Void> opened = new CompletableFuture<>();
    StreamObserver<SubscribeRequest> subscriber =
        DeliveryServiceGrpc.newStub(follower.channel)
            .subscribe(
                new StreamObserver<>() {
                  @Override
                  public void onNext(SubscribeResponse response) {
                    opened.complete(null);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    broken[0] = (StatusRuntimeException) failure;
                  }

                  @Override
                  public void onCompleted() {}
                });
    subscriber.onNext(SubscribeRequest.getDefaultInstance());
    opened.get(60, TimeUnit.SECONDS);

    // Far more than any server takes from one connection; from several of clients, as they would.
    for (int i = 0; i < STORM; i += BATCH) {
      ManagedChannel client = MasterFixture.channel(follower.api.port());
      int before = leader.updates.get();
      List<ListenableFuture<Schedule>> calls = new ArrayList<>();
      for (int n = 0; n < BATCH; n++) {
        calls.add(ScheduleServiceGrpc.newFutureStub(client).updateSchedule(UPDATE));
      }
      await("they are at the leader", () -> leader.updates.get() >= before + BATCH);
      calls.forEach(call -> call.cancel(true));
      client.shutdown();
    }
    leader.answering = true;

    assertEquals("new", update().get(60, TimeUnit.SECONDS));
    int taken = leader.taken.get();
    subscriber.onNext(SubscribeRequest.getDefaultInstance());
    await("the stream goes on", () -> leader.taken.get() > taken);
    assertNull(broken[0]);
    subscriber.onCompleted();
  }
}
