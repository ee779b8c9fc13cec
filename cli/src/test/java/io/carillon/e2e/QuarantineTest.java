package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.e2e.Intervals.Interval;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Partition;
import io.carillon.v1.RepairPartitionRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hands do to the tables stops one partition, in words, and nothing else. */
@Tag("cluster")
class QuarantineTest {

  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  private static List<Partition> quarantined(ProcessCluster cluster) {
    return cluster
        .client()
        .cluster()
        .listPartitions(ListPartitionsRequest.getDefaultInstance())
        .getPartitionsList()
        .stream()
        .filter(partition -> partition.getState() == Partition.State.QUARANTINED)
        .toList();
  }

  @Test
  void a_row_in_the_way_stops_its_partition_until_it_is_repaired_and_no_other() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2, 2)) {
      List<Interval> intervals = Intervals.create(cluster.client(), 200);
      long begin = Intervals.now();
      cluster.awaitWatermark(begin + SECOND);
      long epoch = cluster.cluster().getLeaderEpoch();
      try (Connection connection = cluster.connection();
          Statement statement = connection.createStatement()) {
        // What has been recorded, once more, three seconds after the newest.
        ResultSet planted =
            statement.executeQuery(
                "insert into fire select nominal_time + 10 * (nominal_time - before), schedule_num,"
                    + " 0, nominal_time + 10 * (nominal_time - before), version, partition_epoch, nominal_time + 10 * (nominal_time"
                    + " - before), 0, destination_num, partition, 0, 0 from (select *,"
                    + " lag(nominal_time) over (partition by schedule_num order by nominal_time)"
                    + " as before from fire where kind = 0) f where before is not null order by"
                    + " nominal_time desc limit 1 returning partition, nominal_time, schedule_num");
        planted.next();
        int partition = planted.getInt(1);
        String key =
            "nominal_time = " + planted.getLong(2) + ", schedule_num = " + planted.getLong(3);
        cluster.await("the partition is set aside", () -> !quarantined(cluster).isEmpty());
        Partition aside = quarantined(cluster).get(0);
        assertEquals("partitions/" + partition, aside.getName());
        assertTrue(aside.getQuarantineReason().contains(key), aside.getQuarantineReason());
        assertEquals(1, quarantined(cluster).size());
        assertEquals(1, cluster.cluster().getQuarantinedPartitionCount());

        long since = Intervals.now();
        cluster.await(
            "the others go on",
            () ->
                cluster
                    .client()
                    .cluster()
                    .listPartitions(ListPartitionsRequest.getDefaultInstance())
                    .getPartitionsList()
                    .stream()
                    .filter(p -> p.getState() != Partition.State.QUARANTINED)
                    .allMatch(p -> p.getWatermark().getSeconds() * SECOND > since + 2 * SECOND));
        assertEquals(epoch, cluster.cluster().getLeaderEpoch(), "under the same leader");

        cluster
            .client()
            .cluster()
            .repairPartition(RepairPartitionRequest.newBuilder().setName(aside.getName()).build());
        long end = Intervals.now() + SECOND;
        cluster.awaitWatermark(end);
        assertEquals(List.of(), quarantined(cluster));
        Ledger ledger = Ledger.read(connection, begin, end);
        List<String> faults = Intervals.faults(ledger, intervals, begin, end);
        assertEquals(List.of(), faults.subList(0, Math.min(20, faults.size())), cluster::logs);
      }
    }
  }
}
