package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL dies under the load, stays away for a while, and recovers. */
class DatabaseLossTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void while_postgresql_is_away_fires_are_late_and_none_is_lost() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);
      assertTrue(cluster.isServing());

      cluster.killDatabase();
      cluster.await("the master says NOT_SERVING", () -> !cluster.isServing());
      long away = Intervals.now();
      cluster.await("three seconds are missed", () -> Intervals.now() > away + 3 * SECOND);
      cluster.restartDatabase();
      cluster.await("the master says SERVING", cluster::isServing);

      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);
      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      List<String> faults = Intervals.faults(ledger, intervals, begin, end);
      assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      assertTrue(
          ledger.worstLateness(begin, end) > 2 * SECOND, "the outage was felt: fires were late");
      assertEquals(2, cluster.cluster().getActiveNodeCount(), "the nodes kept their sessions");
    }
  }
}
