package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.common.time.TimeSource;
import io.carillon.master.SystemTime;
import io.carillon.master.TestDatabase;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Error on any thread of a leadership ends it, and this master leads anew. */
class LeadershipErrorTest {

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** A clock that throws, once, on the thread that is named next. */
  private static final class Trap implements TimeSource {
    private final TimeSource clock = new SystemTime();
    final AtomicReference<String> next = new AtomicReference<>("");

    private void spring() {
      String armed = next.get();
      if (!armed.isEmpty()
          && Thread.currentThread().getName().startsWith(armed)
          && next.compareAndSet(armed, "")) {
        throw new NoClassDefFoundError("injected on " + armed);
      }
    }

    @Override
    public long nowMicros() {
      spring();
      return clock.nowMicros();
    }

    @Override
    public long monotonicMicros() {
      spring();
      return clock.monotonicMicros();
    }
  }

  private final Trap trap = new Trap();

  private static long epoch(ManagedChannel channel) {
    try {
      return ClusterServiceGrpc.newBlockingStub(channel)
          .getCluster(GetClusterRequest.getDefaultInstance())
          .getLeaderEpoch();
    } catch (StatusRuntimeException e) {
      return 0;
    }
  }

  private static void awaitEpoch(ManagedChannel channel, long least) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (epoch(channel) < least) {
      assertTrue(System.nanoTime() < end, "nobody leads with epoch " + least);
      Thread.sleep(20);
    }
  }

  /** Its answer may be lost with the leadership that the work ends. */
  private static void beginWork(
      ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules, String schedule) {
    long now = System.currentTimeMillis() / 1_000;
    try {
      var unused =
          schedules.backfillSchedule(
              BackfillScheduleRequest.newBuilder()
                  .setName(schedule)
                  .setStartTime(Timestamp.newBuilder().setSeconds(now - 7_200))
                  .setEndTime(Timestamp.newBuilder().setSeconds(now - 60))
                  .build());
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.UNAVAILABLE, e.getStatus().getCode(), e::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "carillon-core",
        "carillon-delivery",
        "carillon-reconciler",
        "carillon-election",
        "carillon-operation"
      })
  void on_a_thread_of_a_leadership_it_ends_that_leadership(String thread) throws Exception {
    MasterServer master = MasterServer.start(MasterFixture.config(TestDatabase.config()), trap);
    ManagedChannel channel = MasterFixture.channel(master.port());
    try {
      awaitEpoch(channel, 1);
      ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules =
          ScheduleServiceGrpc.newBlockingStub(channel);
      var schedule =
          schedules.createSchedule(MasterFixture.request("some", MasterFixture.every(60)));
      trap.next.set(thread);
      if (thread.equals("carillon-operation")) {
        beginWork(schedules, schedule.getName());
      }
      awaitEpoch(channel, 2);
    } finally {
      channel.shutdownNow();
      master.close();
    }
  }

  @Test
  void as_a_leadership_begins_it_is_given_up_and_tried_anew() throws Exception {
    trap.next.set("carillon-leadership");
    MasterServer master = MasterServer.start(MasterFixture.config(TestDatabase.config()), trap);
    ManagedChannel channel = MasterFixture.channel(master.port());
    try {
      awaitEpoch(channel, 2);
    } finally {
      channel.shutdownNow();
      master.close();
    }
  }
}
