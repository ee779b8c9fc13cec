package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes with one id, as when a container is cloned. */
@Tag("cluster")
class NodeIdentityTest {

  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void the_younger_of_two_nodes_with_one_id_fences_the_older_which_stops() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), 500);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);

      Process older = cluster.startTwin("node-1");
      assertEquals(4, cluster.awaitExit(older), () -> "exit code of the older" + cluster.logs());
      cluster.awaitBalanced(2);
      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);

      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      List<String> faults = Intervals.faults(ledger, intervals, begin, end);
      assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      assertTrue(
          cluster.cluster().getCountersOrThrow("nodes_fenced") >= 1, "the older one was fenced");
    }
  }
}
