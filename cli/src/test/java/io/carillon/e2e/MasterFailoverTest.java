package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.client.Subscription;
import io.carillon.e2e.Intervals.Interval;
import io.carillon.v1.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two masters: whichever leads is killed, stopped, or stands still, and the other goes on. */
@Tag("cluster")
class MasterFailoverTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  /** That nothing hangs. How long a fail-over really takes is for the benchmark to say. */
  private static final long LIMIT = 30 * SECOND;

  @TempDir Path folder;

  @Test
  void leaders_are_killed_in_turn_and_nothing_is_lost_recorded_twice_or_undelivered()
      throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      Set<String> delivered = ConcurrentHashMap.newKeySet();
      try (Subscription subscription =
          cluster
              .client()
              .subscribe(
                  "tenants/default/destinations/default",
                  delivery -> {
                    delivered.add(delivery.fire().getFireId());
                    delivery.ack();
                  })) {
        List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
        long begin = Intervals.now();
        cluster.awaitWatermark(begin + 2 * SECOND);
        List<String> leaders = new ArrayList<>();
        List<Long> kills = new ArrayList<>();
        // The third reign is the second one of the first leader.
        for (int round = 0; round < 3; round++) {
          Cluster before = cluster.cluster();
          String leader = cluster.leader();
          leaders.add(leader);
          kills.add(Intervals.now());
          cluster.killMaster(leader);
          cluster.awaitLeaderAfter(before.getLeaderEpoch());
          assertNotEquals(leader, cluster.leader(), "another one leads");
          cluster.awaitWatermark(Intervals.now() + SECOND);
          cluster.startMaster(leader);
          cluster.awaitBalanced(2);
        }
        assertEquals(leaders.get(0), leaders.get(2), "elected twice");
        long end = Intervals.now() + 2 * SECOND;
        cluster.awaitWatermark(end);

        Ledger ledger = Ledger.read(cluster.connection(), begin, end);
        assertNoFaults(cluster, ledger, intervals, begin, end);
        for (long killed : kills) {
          long worst = ledger.worstLateness(killed - SECOND, killed + 4 * SECOND);
          System.out.printf("leader killed: at worst %d ms late%n", worst / 1_000);
          assertTrue(worst <= LIMIT, () -> "late by " + worst + " µs" + cluster.logs());
        }
        List<String> recorded = new ArrayList<>();
        for (Interval interval : intervals) {
          for (Ledger.Row row : ledger.of(interval.uid())) {
            recorded.add(interval.uid() + "-" + row.nominal() + "-s");
          }
        }
        cluster.await("every fire is delivered", () -> delivered.containsAll(recorded));
      }
    }
  }

  @Test
  void a_leader_that_stands_still_beyond_its_lease_is_replaced_and_writes_nothing_as_it_wakes()
      throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);
      Cluster before = cluster.cluster();
      String zombie = cluster.leader();

      long paused = Intervals.now();
      cluster.pauseMaster(zombie);
      cluster.awaitLeaderAfter(before.getLeaderEpoch());
      cluster.awaitBalanced(2);
      cluster.awaitWatermark(Intervals.now() + SECOND);
      long epoch = cluster.cluster().getLeaderEpoch();
      cluster.unpauseMaster(zombie);
      long end = Intervals.now() + 3 * SECOND;
      cluster.awaitWatermark(end);

      assertEquals(epoch, cluster.cluster().getLeaderEpoch(), "the one that woke only follows");
      assertNotEquals(zombie, cluster.leader());
      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      assertNoFaults(cluster, ledger, intervals, begin, end);
      long worst = ledger.worstLateness(paused - SECOND, end);
      System.out.printf("leader paused: at worst %d ms late%n", worst / 1_000);
      assertTrue(worst <= LIMIT, () -> "late by " + worst + " µs" + cluster.logs());
    }
  }

  @Test
  void a_rolling_restart_under_load_costs_no_fire_and_hardly_any_time() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 3 * SECOND);
      for (int round = 0; round < 2; round++) {
        Cluster before = cluster.cluster();
        String leader = cluster.leader();
        long stopped = Intervals.now();
        assertEquals(143, cluster.terminateMaster(leader), "exit code of a master that stopped");
        cluster.awaitLeaderAfter(before.getLeaderEpoch());
        cluster.awaitWatermark(Intervals.now() + SECOND);
        long worst =
            Ledger.read(cluster.connection(), stopped - SECOND, Intervals.now() - SECOND / 2)
                .worstLateness(0, Long.MAX_VALUE);
        System.out.printf("leader stopped in order: at worst %d ms late%n", worst / 1_000);
        assertTrue(worst <= LIMIT, () -> "late by " + worst + " µs" + cluster.logs());
        cluster.startMaster(leader);
        cluster.awaitWatermark(Intervals.now() + SECOND);
      }
      for (String node : List.of("node-1", "node-2")) {
        assertEquals(143, cluster.terminate(node), "exit code of a node that was drained");
        cluster.startNode(node);
        cluster.awaitBalanced(2);
      }
      long end = Intervals.now() + SECOND;
      cluster.awaitWatermark(end);
      assertNoFaults(cluster, Ledger.read(cluster.connection(), begin, end), intervals, begin, end);
    }
  }

  @Test
  void with_all_masters_away_for_a_hundred_periods_every_time_is_made_up_for() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), 100, 50_000);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + SECOND);

      String leader = cluster.leader();
      String other = leader.equals("master-1") ? "master-2" : "master-1";
      long killed = Intervals.now();
      cluster.killMaster(other);
      cluster.killMaster(leader);
      cluster.await("a hundred periods pass", () -> Intervals.now() > killed + 100 * 50_000);
      cluster.startMaster(other);
      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);

      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      assertNoFaults(cluster, ledger, intervals, begin, end);
      assertTrue(ledger.worstLateness(begin, end) >= 100 * 50_000, "the outage was felt");
    }
  }

  private static void assertNoFaults(
      ProcessCluster cluster, Ledger ledger, List<Interval> intervals, long begin, long end) {
    List<String> faults = Intervals.faults(ledger, intervals, begin, end);
    assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
    assertTrue(ledger.all().size() >= intervals.size() * 4L, "fires of several seconds");
  }
}
