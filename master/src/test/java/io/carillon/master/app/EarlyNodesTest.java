package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.RegisterResponse;
import io.carillon.master.TestDatabase;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that come to a master which does not lead yet. */
@Timeout(120)
class EarlyNodesTest {

  /** Takes every node. */
  private static final List<ServerServiceDefinition> LEADER =
      List.of(
          new NodeServiceGrpc.NodeServiceImplBase() {
            @Override
            public void register(RegisterRequest request, StreamObserver<RegisterResponse> caller) {
              caller.onNext(RegisterResponse.newBuilder().setSession(7).build());
              caller.onCompleted();
            }
          }.bindService());

  private final FollowerFixture follower = follower();

  private static FollowerFixture follower() {
    DatabaseConfig config = TestDatabase.config();
    Database.open(config, 16).close();
    return new FollowerFixture(config);
  }

  @AfterEach
  void close() {
    follower.close();
  }

  private RegisterResponse register(long millis) {
    return NodeServiceGrpc.newBlockingStub(follower.nodeChannel)
        .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
        .register(RegisterRequest.newBuilder().setNodeId("a").build());
  }

  @Test
  void who_comes_while_the_master_is_about_to_lead_waits_and_is_taken() {
    follower.comesHere.set(true);
    CompletableFuture<RegisterResponse> early =
        CompletableFuture.supplyAsync(() -> register(60_000));
    CountingSubscriber.await("the node waits", () -> follower.early.waiting() == 1);
    follower.early.take(LEADER);
    assertEquals(7, early.join().getSession());
    // One that was on its way as the services changed.
    assertEquals(7, register(60_000).getSession());
    assertEquals(0, follower.early.waiting());
  }

  @Test
  void who_waits_in_vain_is_sent_away_before_it_gives_up() {
    follower.comesHere.set(true);
    assertEquals("UNAVAILABLE NOT_LEADER", MasterFixture.refusal(() -> register(20_000)));
    assertEquals(0, follower.early.waiting());
    follower.early.take(LEADER);
    follower.early.follow();
    assertEquals("UNAVAILABLE NOT_LEADER", MasterFixture.refusal(() -> register(20_000)));
  }

  @Test
  void who_comes_to_a_follower_is_sent_away() {
    follower.early.take(LEADER);
    assertEquals("UNAVAILABLE NOT_LEADER", MasterFixture.refusal(() -> register(20_000)));
  }
}
