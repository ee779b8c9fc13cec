package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL dies under the load, stays away for a while, and recovers. */
@Tag("cluster")
class DatabaseLossTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  /** {@code -Dcarillon.outage=120} keeps PostgreSQL away for two minutes. */
  private static final long OUTAGE = Long.getLong("carillon.outage", 3) * SECOND;

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
      // Awaited one by one, as one wait has a limit.
      for (long second = 1; second <= OUTAGE / SECOND; second++) {
        long until = away + second * SECOND;
        cluster.await("seconds are missed", () -> Intervals.now() > until);
      }
      cluster.restartDatabase();
      cluster.await("the master says SERVING", cluster::isServing);

      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);
      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      List<String> faults = Intervals.faults(ledger, intervals, begin, end);
      assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      long worst = ledger.worstLateness(begin, end);
      assertTrue(worst > OUTAGE - SECOND, "the outage was felt: fires were late");
      System.out.printf(
          "PostgreSQL away for %d s: %d fires, at worst %d ms late; heap of the master %d MB%n",
          OUTAGE / SECOND, ledger.all().size(), worst / 1_000, cluster.masterHeap() >> 20);
      cluster.await("both nodes are there", () -> cluster.cluster().getActiveNodeCount() == 2);
    }
  }

  @Test
  void through_a_crash_of_postgresql_under_load_what_was_acknowledged_stays() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);

      cluster.killDatabase();
      cluster.restartDatabase();
      long restarted = Intervals.now();
      cluster.awaitWatermark(restarted + SECOND);
      // Created after it, by any master: the cluster is whole again.
      intervals = both(intervals, Intervals.createMore(cluster.client(), 100));
      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);

      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      assertNoFaults(cluster, ledger, intervals, begin, end);
      System.out.printf(
          "PostgreSQL crashed: at worst %d ms late%n", ledger.worstLateness(begin, end) / 1_000);
    }
  }

  @Test
  void writes_whose_sessions_are_ended_happen_once_whether_they_had_happened_or_not()
      throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);
      long epoch = cluster.cluster().getLeaderEpoch();

      // Of the fire path; the leader keeps its lease, so its counters stay, too.
      int[] ended = new int[1];
      cluster.await(
          "more than 20 sessions were ended",
          () -> {
            ended[0] += endSessions(cluster);
            return ended[0] > 20;
          });
      cluster.await(
          "commits were tried again",
          () ->
              cluster.cluster().getLeaderEpoch() > epoch
                  || cluster.cluster().getCountersOrThrow("commits_retried") > 0);
      // Now all of them, that of the leader's lock too: somebody leads in the end.
      cluster.endSessions("carillon%");
      long end = Intervals.now() + 2 * SECOND;
      cluster.awaitWatermark(end);
      assertNoFaults(cluster, Ledger.read(cluster.connection(), begin, end), intervals, begin, end);
    }
  }

  @Test
  void tables_that_others_lock_make_fires_late_and_lose_none() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + 2 * SECOND);
      for (String table : List.of("partition_state", "leader_epoch", "fire", "leader_heartbeat")) {
        long locked = Intervals.now();
        try (Connection connection = cluster.connection()) {
          connection.setAutoCommit(false);
          connection.createStatement().execute("lock table " + table + " in access exclusive mode");
          cluster.await("it is held a while", () -> Intervals.now() > locked + 3 * SECOND / 2);
          connection.rollback();
        }
        cluster.awaitWatermark(Intervals.now());
      }
      long end = Intervals.now() + SECOND;
      cluster.awaitWatermark(end);
      Ledger ledger = Ledger.read(cluster.connection(), begin, end);
      assertNoFaults(cluster, ledger, intervals, begin, end);
      assertTrue(ledger.worstLateness(begin, end) > SECOND, "the locks were felt");
    }
  }

  private static int endSessions(ProcessCluster cluster) {
    try {
      return cluster.endSessions("carillon-core");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Interval> both(List<Interval> one, List<Interval> other) {
    List<Interval> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  private static void assertNoFaults(
      ProcessCluster cluster, Ledger ledger, List<Interval> intervals, long begin, long end) {
    List<String> faults = Intervals.faults(ledger, intervals, begin, end);
    assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
    assertTrue(ledger.all().size() >= intervals.size() * 2L, "fires of several seconds");
  }
}
