package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.OnceRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many schedules that are due in the same microsecond. {@code -Dcarillon.herd=1000000} says
 * how many; so many want {@code -Dcarillon.e2e.heap=2g}.
 */
@Tag("cluster")
class HerdTest {

  private static final int SCHEDULES = Integer.getInteger("carillon.herd", 50_000);
  private static final int BATCH = 1_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void all_of_a_herd_are_recorded_and_the_master_holds_no_more_than_before() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 0)) {
      // No node is there yet: whatever time it takes to create them, all are due as one comes.
      long due = Intervals.now() / SECOND * SECOND;
      create(cluster.client(), due);
      long heapBefore = cluster.masterHeap();

      long begun = Intervals.now();
      cluster.startNode("node-1");
      cluster.startNode("node-2");
      cluster.awaitWatermark(begun);
      long done = Intervals.now();

      try (Connection connection = cluster.connection()) {
        assertEquals(SCHEDULES, count(connection, due, "count(distinct schedule_num)"));
        assertEquals(SCHEDULES, count(connection, due, "count(*)"));
        assertEquals(
            0, count(connection, due, "count(*) filter (where recorded_at < nominal_time)"));
        System.out.printf(
            "%d schedules due at once: all recorded within %d ms, seen %d ms after the nodes were"
                + " started; heap %d MB before, %d MB after%n",
            SCHEDULES,
            count(connection, due, "max(recorded_at) - min(recorded_at)") / 1_000,
            (done - begun) / 1_000,
            heapBefore >> 20,
            cluster.masterHeap() >> 20);
      }
      assertTrue(cluster.masterHeap() < heapBefore + (64 << 20), "nothing of the herd stays");
    }
  }

  private static void create(CarillonClient client, long due) {
    ScheduleSpec once =
        ScheduleSpec.newBuilder()
            .setOnce(OnceRule.newBuilder().setAt(Timestamp.newBuilder().setSeconds(due / SECOND)))
            .build();
    for (int first = 0; first < SCHEDULES; first += BATCH) {
      BatchCreateSchedulesRequest.Builder batch =
          BatchCreateSchedulesRequest.newBuilder().setParent("tenants/default");
      for (int i = first; i < first + BATCH; i++) {
        batch.addRequests(
            CreateScheduleRequest.newBuilder()
                .setScheduleId("herd-" + i)
                .setSchedule(
                    Schedule.newBuilder()
                        .setDestination("tenants/default/destinations/default")
                        .setSpec(once)));
      }
      client.schedules().batchCreateSchedules(batch.build());
    }
  }

  private static long count(Connection connection, long due, String what) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select " + what + " from fire where nominal_time = ?")) {
      query.setLong(1, due);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
