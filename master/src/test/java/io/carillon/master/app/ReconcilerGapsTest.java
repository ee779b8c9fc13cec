package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.FiresRepaired;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.LedgerGap;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.WatchEventsRequest;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the check of the ledger does about what is missing, or stands in the way. */
class ReconcilerGapsTest extends DamagedLedger {

  @Test
  void what_a_node_left_out_is_made_up_for_and_marked_and_not_made_up_for_again() throws Exception {
    sql("update revision set catch_up_window = 3600000000");
    sql("insert into partition_owner values (0, 7, 'liar', %d, 9, 0)".formatted(at(40)));
    sql("insert into partition_owner values (0, 8, 'other', %d, 9, 0)".formatted(at(60)));
    sql("update partition_state set epoch = 8 where id = 0");
    delete(PLAIN, 50, 52);
    delete(JITTERED, 100, 100);
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      assertEquals(0, master.counter("ledger_gaps"));
      assertEquals(4, master.counter("ledger_repaired"));
      assertEquals(4, master.counter("fires_repaired"));
      assertEquals(200, master.counter("ledger_verified"));
      FireServiceGrpc.FireServiceBlockingStub fires =
          FireServiceGrpc.newBlockingStub(master.channel);
      Fire fire =
          fires.getFire(
              GetFireRequest.newBuilder()
                  .setName("tenants/default/schedules/s5000/fires/5000-" + at(51) + "-s")
                  .build());
      assertTrue(fire.getRepaired());
      assertEquals(Fire.Disposition.FIRED, fire.getDisposition());
      assertEquals(8, fire.getPartitionEpoch());
      List<Fire> listed =
          fires
              .listFires(
                  ListFiresRequest.newBuilder()
                      .setParent("tenants/default/schedules/s5000")
                      .setPageSize(200)
                      .build())
              .getFiresList();
      assertEquals(3, listed.stream().filter(Fire::getRepaired).count());
      assertTrue(
          fires
              .explainFire(ExplainFireRequest.newBuilder().setFire(fire.getName()).build())
              .getSummary()
              .startsWith("A clock node left it out, and the leader made up for it. Fired"));
    }
    try (MasterFixture master = new MasterFixture(config)) {
      await("it looked", () -> cluster(master).hasVerifiedTime());
      assertEquals(4, master.counter("ledger_repaired"), "it is not forgotten");
      assertEquals(0, master.counter("fires_repaired"), "and not made up for again");
    }
    assertEquals(
        4, ((Number) database.core().fetchValue("select count(*) from fire_note")).intValue());
  }

  @Test
  void that_it_is_made_up_for_is_told_with_the_node_that_owned_the_partition_then()
      throws Exception {
    sql("insert into partition_owner values (0, 7, 'liar', %d, 9, 0)".formatted(at(40)));
    sql("insert into partition_owner values (0, 8, 'other', %d, 9, 0)".formatted(at(60)));
    sql("update partition_state set epoch = 8 where id = 0");
    delete(PLAIN, 50, 52);
    MasterFixture[] begun = new MasterFixture[1];
    try {
      Iterator<ClusterEvent> events = watchedFromTheBeginning(begun);
      LedgerGap gap = next(events);
      assertEquals(gap(PLAIN, 0, 50, 3), gap);
      ClusterEvent event = events.next();
      while (!event.hasFiresRepaired()) {
        event = events.next();
      }
      assertEquals(
          FiresRepaired.newBuilder()
              .setPartition(0)
              .setSchedule("tenants/default/schedules/s" + PLAIN)
              .setNominalTime(gap(PLAIN, 0, 50, 3).getNominalTime())
              .setLastNominalTime(gap(PLAIN, 0, 52, 3).getNominalTime())
              .setCount(3)
              .setNode("nodes/liar")
              .build(),
          event.getFiresRepaired());
    } finally {
      begun[0].close();
    }
  }

  /** Its reconciler can begin only when the watch has. */
  private Iterator<ClusterEvent> watchedFromTheBeginning(MasterFixture[] begun) {
    return database
        .core()
        .transactionResult(
            transaction -> {
              transaction.dsl().execute("lock table verification in access exclusive mode");
              begun[0] = new MasterFixture(config);
              Iterator<ClusterEvent> events =
                  begun[0]
                      .cluster
                      .withDeadlineAfter(60, TimeUnit.SECONDS)
                      .watchEvents(WatchEventsRequest.getDefaultInstance());
              assertTrue(events.next().hasLeaderElected());
              return events;
            });
  }

  @Test
  void a_row_that_stands_in_the_way_is_told_and_stays_and_the_check_goes_on() throws Exception {
    sql(
        "update fire set version = 77 where schedule_num = %d and nominal_time = %d"
            .formatted(PLAIN, at(50)));
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      assertEquals(2, master.counter("ledger_gaps"), "one is missing, and one is unexpected");
      assertEquals(0, master.counter("ledger_repaired"));
    }
  }

  @Test
  void a_deleted_row_is_found_and_told_and_the_next_master_goes_on() throws Exception {
    sql(
        "update fire set version = 77 where schedule_num = %d and nominal_time = %d"
            .formatted(PLAIN, at(50)));
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      assertEquals(2, master.counter("ledger_gaps"));
    }
    try (MasterFixture master = new MasterFixture(config)) {
      Iterator<ClusterEvent> events =
          master
              .cluster
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .watchEvents(WatchEventsRequest.getDefaultInstance());
      await("read where the last one ended", () -> cluster(master).hasVerifiedTime());
      assertEquals(2, master.counter("ledger_gaps"), "what was found is not forgotten");
      assertEquals(200, master.counter("ledger_verified"), "and not counted again");
      fires(PLAIN, 0, 1, 101, 107);
      fires(PLAIN, 0, 1, 110, 120);
      fires(JITTERED, 1, 1, 101, 119);
      recordedUpTo(120);
      assertEquals(gap(PLAIN, 0, 108, 2), next(events));
      assertEquals(gap(JITTERED, 1, 120, 1), next(events));
      awaitVerified(master, 120);
      assertEquals(5, master.counter("ledger_gaps"));
      assertEquals(240, master.counter("ledger_verified"));
    }
  }
}
