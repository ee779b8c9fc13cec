package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import io.carillon.v1.Cluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that stand still for longer than their lease, and then go on as if nothing had been.
 */
@Tag("cluster")
class PauseTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void a_paused_node_and_a_paused_master_cost_lateness_and_nothing_else() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);

      cluster.pause("node-1");
      cluster.await(
          "the paused node is given up", () -> cluster.cluster().getActiveNodeCount() == 1);
      cluster.awaitWatermark(Intervals.now() + SECOND);
      cluster.unpause("node-1");
      cluster.awaitBalanced(2);
      cluster.awaitWatermark(Intervals.now() + SECOND);
      Cluster afterNode = cluster.cluster();
      assertEquals(1, afterNode.getCountersOrThrow("nodes_lost"));

      cluster.pauseMaster("master-1");
      long paused = Intervals.now();
      cluster.await("five seconds pass", () -> Intervals.now() > paused + 5 * SECOND);
      cluster.unpauseMaster("master-1");
      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);

      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      List<String> faults = Intervals.faults(ledger, intervals, begin, end);
      assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      assertTrue(ledger.worstLateness(begin, end) > 4 * SECOND, "the pause was felt");
      assertEquals(
          afterNode.getLeaderEpoch() + 1,
          cluster.cluster().getLeaderEpoch(),
          "it stepped down, and took the lead anew as nobody else did");
    }
  }
}
