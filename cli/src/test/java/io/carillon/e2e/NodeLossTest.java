package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 10 000 schedules a second on three nodes: one is killed, one comes back, one is stopped in order.
 */
@Tag("cluster")
@Tag("alone")
class NodeLossTest {

  private static final int SCHEDULES = 10_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void through_kill_and_stop_every_nominal_time_is_recorded_once_and_soon() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 3)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      // Past the commotion of creating: all nodes have loaded, and are warm.
      long begin = Intervals.now() + 3 * SECOND;
      cluster.awaitWatermark(begin + 2 * SECOND);

      long killed = Intervals.now();
      cluster.kill("node-2");
      cluster.awaitWatermark(killed + 4 * SECOND);
      cluster.startNode("node-2");
      cluster.awaitBalanced(3);
      cluster.awaitWatermark(Intervals.now() + 2 * SECOND);

      long stopped = Intervals.now();
      // 143: what a JVM answers that a SIGTERM ended, once its shutdown hooks are through.
      assertEquals(143, cluster.terminate("node-3"), "exit code of a node that was drained");
      long end = Intervals.now() + SECOND;
      cluster.awaitWatermark(end);

      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      List<String> faults = Intervals.faults(ledger, intervals, begin, end);
      assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      long afterKill = ledger.worstLateness(killed - SECOND, stopped - 1);
      long afterStop = ledger.worstLateness(stopped, end);
      System.out.printf(
          "%d fires; worst lateness %d ms around the kill, %d ms around the stop%n",
          ledger.all().size(), afterKill / 1_000, afterStop / 1_000);
      assertTrue(afterKill <= 3 * SECOND, () -> "late by " + afterKill + " µs" + cluster.logs());
      assertTrue(afterStop <= SECOND / 4, () -> "late by " + afterStop + " µs" + cluster.logs());
      assertTrue(
          ledger.all().stream().anyMatch(row -> row.epoch() > 1), "partitions have changed hands");
    }
  }
}
