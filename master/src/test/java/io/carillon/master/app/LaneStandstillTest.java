package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.v1.GetClusterRequest;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lane that waits for ever while PostgreSQL answers the lease. */
@Tag("cluster")
class LaneStandstillTest {

  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private static long epoch(MasterFixture fixture) {
    try {
      return fixture.cluster.getCluster(GetClusterRequest.getDefaultInstance()).getLeaderEpoch();
    } catch (StatusRuntimeException e) {
      return 0;
    }
  }

  @Test
  void makes_its_leader_step_down() throws Exception {
    try (MasterFixture fixture = new MasterFixture();
        Connection connection = fixture.connect();
        Statement statement = connection.createStatement()) {
      assertEquals(1, epoch(fixture));
      connection.setAutoCommit(false);
      statement.execute("lock table node in access exclusive mode");
      CompletableFuture<Void> registration =
          CompletableFuture.runAsync(
              () -> {
                var unused =
                    fixture.nodes.register(
                        RegisterRequest.newBuilder()
                            .setNodeId("a")
                            .setInstance("first")
                            .setProtocolVersion(1)
                            .setTzdbVersion(ScheduleSpec.tzdbVersion())
                            .setWeight(100)
                            .setSecret(ByteString.copyFrom(new byte[32]))
                            .build());
              });
      long begun = System.nanoTime();
      while (!registration.isDone()) {
        assertTrue(System.nanoTime() - begun < PATIENCE_NANOS, "it stands still for ever");
        Thread.sleep(20);
      }
      assertTrue(registration.isCompletedExceptionally(), "nobody could store it");
      connection.rollback();
      while (epoch(fixture) < 2) {
        assertTrue(System.nanoTime() - begun < PATIENCE_NANOS, "nobody leads again");
        Thread.sleep(20);
      }
    }
  }
}
