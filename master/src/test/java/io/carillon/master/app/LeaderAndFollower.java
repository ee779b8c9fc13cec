package io.carillon.master.app;

import io.carillon.master.TestDatabase;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.StatusRuntimeException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A follower that passes calls on, and what it takes for the leader. */
@Timeout(120)
abstract class LeaderAndFollower {

  final FollowerFixture follower = follower();
  final FakeLeader leader = new FakeLeader();

  static FollowerFixture follower() {
    return follower(LeaderProxy.PATIENCE);
  }

  static FollowerFixture follower(Duration patience) {
    var config = TestDatabase.config();
    io.carillon.master.store.sql.Database.open(config, 16).close();
    return new FollowerFixture(config, patience);
  }

  @AfterEach
  void stop() {
    follower.close();
    leader.close();
  }

  static final int BATCH = 200;
  static final int STORM = 5 * BATCH;
  static final UpdateScheduleRequest UPDATE =
      UpdateScheduleRequest.newBuilder()
          .setSchedule(Schedule.newBuilder().setDisplayName("new"))
          .build();

  ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules() {
    return schedules(follower);
  }

  static ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules(FollowerFixture at) {
    return ScheduleServiceGrpc.newBlockingStub(at.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  CompletableFuture<String> update() {
    return update(follower);
  }

  static CompletableFuture<String> update(FollowerFixture at) {
    return CompletableFuture.supplyAsync(
        () -> schedules(at).updateSchedule(UPDATE).getDisplayName());
  }

  static String refused(CompletableFuture<?> call) throws Exception {
    try {
      return "answered " + call.get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      Throwable cause =
          e.getCause() instanceof CompletionException nested ? nested.getCause() : e.getCause();
      return MasterFixture.text((StatusRuntimeException) cause);
    }
  }

  static int closedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
