package io.carillon.master.app;

import static io.carillon.master.app.CountingSubscriber.await;
import static io.carillon.master.app.MasterFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.access.Services;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is passed on to leaders that come, go, hang and flood. */
@Timeout(120)
class LeaderProxyTest extends LeaderAndFollower {

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
}
