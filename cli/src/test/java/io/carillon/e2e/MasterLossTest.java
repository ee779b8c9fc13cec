package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.client.Subscription;
import io.carillon.e2e.Intervals.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The master is killed and started again, under nodes that go on ticking and a subscriber that goes
 * on reading.
 */
@Tag("cluster")
class MasterLossTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void through_a_kill_of_the_master_nothing_is_lost_or_recorded_twice() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
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
        long epoch = cluster.cluster().getLeaderEpoch();
        cluster.awaitWatermark(begin + 2 * SECOND);

        cluster.killMaster("master-1");
        cluster.startMaster();
        cluster.awaitBalanced(2);
        long end = Intervals.now() + 2 * SECOND;
        cluster.awaitWatermark(end);

        Ledger ledger = Ledger.read(cluster.connection(), begin, end);
        List<String> faults = Intervals.faults(ledger, intervals, begin, end);
        assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
        assertEquals(epoch + 1, cluster.cluster().getLeaderEpoch());
        assertTrue(ledger.all().size() >= SCHEDULES * 4, "fires of several seconds");

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
}
