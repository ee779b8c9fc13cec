package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.SystemTime;
import io.carillon.master.TestDatabase;
import io.carillon.master.TestSpecs;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.FiresRepaired;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.GetPartitionRequest;
import io.carillon.v1.LedgerGap;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.WatchEventsRequest;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master whose ledger was written, and damaged, behind its back. */
class ReconcilerTest {

  private static final long SECOND = 1_000_000;
  private static final long PLAIN = 5000;
  private static final long JITTERED = 5001;
  private static final int PARTITIONS = 4;

  private final DatabaseConfig config = TestDatabase.config();
  private final Database database = Database.open(config, PARTITIONS);
  private final long base = (new SystemTime().nowMicros() / SECOND - 1_000) / 10 * 10 * SECOND;

  /** Two schedules of every second since the base, one with jitter, recorded for 100 seconds. */
  @BeforeEach
  void record() {
    TestDatabase.makeDay(database.core(), base);
    TestDatabase.makeDay(database.core(), base + 2_000 * SECOND);
    ScheduleSpec plain =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));
    schedule(PLAIN, 0, plain.canonical());
    schedule(JITTERED, 1, jittered().canonical());
    sql("update revision set nominal_after = valid_from where schedule_num = " + JITTERED);
    fires(PLAIN, 0, 1, 1, 100);
    fires(JITTERED, 1, 1, 1, 100);
    recordedUpTo(100);
  }

  private static ScheduleSpec jittered() {
    ScheduleSpec plain =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));
    return TestSpecs.withJitter(plain, SECOND / 2);
  }

  private void schedule(long num, int partition, String spec) {
    sql(
        "insert into schedule values (%d, 'default', 's%d', %d, '', '{}', 1, '', 1, 1, 0, 0, 0, 0)"
            .formatted(num, num, partition));
    revision(num, partition, 1, base, spec);
  }

  private void revision(long num, int partition, int version, long from, String spec) {
    sql(
        "insert into revision values (%d, %d, %d, %d, null, null, '%s', 100000000, 1, '', 'text/plain')"
            .formatted(num, version, partition, from, spec));
  }

  private void sql(String text) {
    database.core().execute(text);
  }

  private void fires(long schedule, int partition, int version, int first, int last) {
    sql(
        ("insert into fire select n, %d, 1, n + 500009, %d, 1, n, 0, 1, %d, 0, 0 from (select %d +"
                + " i::bigint * 1000000 as n from generate_series(%d, %d) as i) t")
            .formatted(schedule, version, partition, base, first, last));
  }

  /** Half a second after: all that was nominal by then is due. */
  private void recordedUpTo(int second) {
    recordedUpTo(second, 9);
  }

  private void recordedUpTo(int second, int applied) {
    sql(
        "update partition_state set applied_version = %d, watermark = %d"
            .formatted(applied, at(second) + SECOND / 2));
  }

  private static Cluster cluster(MasterFixture master) {
    return master.cluster.getCluster(GetClusterRequest.getDefaultInstance());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "not within 30 s: " + what);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void awaitVerified(MasterFixture master, int second) throws InterruptedException {
    long wanted = base / SECOND + second;
    await(
        "verified up to " + second, () -> cluster(master).getVerifiedTime().getSeconds() >= wanted);
  }

  @Test
  void a_whole_ledger_is_verified_up_to_where_it_is_recorded() throws Exception {
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      assertEquals(0, master.counter("ledger_gaps"));
      assertEquals(200, master.counter("ledger_verified"));
      assertEquals(
          cluster(master).getVerifiedTime(),
          master
              .cluster
              .getPartition(GetPartitionRequest.newBuilder().setName("partitions/1").build())
              .getVerifiedTime());
      // In steps that cut the jitter of every time.
      for (int second = 101; second <= 105; second++) {
        fires(PLAIN, 0, 1, second, second);
        if (second > 101) {
          fires(JITTERED, 1, 1, second - 1, second - 1);
        }
        sql("update partition_state set watermark = " + (base + second * SECOND));
        awaitVerified(master, second);
      }
      assertEquals(0, master.counter("ledger_gaps"));
      assertEquals(209, master.counter("ledger_verified"));
    }
  }

  private void delete(long schedule, int first, int last) {
    sql(
        "delete from fire where schedule_num = %d and nominal_time between %d and %d"
            .formatted(schedule, at(first), at(last)));
  }

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

  private LedgerGap gap(long schedule, int partition, int second, int count) {
    return LedgerGap.newBuilder()
        .setPartition(partition)
        .setSchedule("tenants/default/schedules/s" + schedule)
        .setNominalTime(
            com.google.protobuf.Timestamp.newBuilder().setSeconds(base / SECOND + second))
        .setKind("MISSING")
        .setCount(count)
        .build();
  }

  private static LedgerGap next(Iterator<ClusterEvent> events) {
    while (true) {
      ClusterEvent event = events.next();
      if (event.hasLedgerGap()) {
        return event.getLedgerGap();
      }
    }
  }

  @Test
  void what_a_resume_makes_up_for_is_checked_though_it_lies_before_what_was_verified()
      throws Exception {
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      sql(
          "insert into schedule values (6000, 'default', 'late', 0, '', '{}', 1, '', 20, 20, 0, 0, 0, 0)");
      String spec =
          ScheduleSpec.of(new ScheduleSpec.IntervalRule(10_000, 0), ZoneId.of("UTC")).canonical();
      revision(6000, 0, 20, base, spec);
      // Each hundredth of a second of 100 seconds, but one in the middle and the last.
      sql(
          ("insert into fire select n, 6000, 1, n + 9, 20, 1, n, 0, 1, 0, 0, 0 from (select %d +"
                  + " i::bigint * 10000 as n from generate_series(1, 9999) as i where i <> 5000) t")
              .formatted(base));
      fires(PLAIN, 0, 1, 101, 101);
      fires(JITTERED, 1, 1, 101, 101);
      sql(
          "insert into fire select n, 6000, 1, n + 9, 20, 1, n, 0, 1, 0, 0, 0 from (select %d + i::bigint * 10000 as n from generate_series(10001, 10150) as i) t"
              .formatted(base));
      sql(
          "update partition_state set applied_version = 20, watermark = "
              + (base + 101 * SECOND + SECOND / 2));
      awaitVerified(master, 101);
      assertEquals(2, master.counter("ledger_gaps"));
      assertEquals(200 + 2 + 10_150, master.counter("ledger_verified"));
    }
  }

  @Test
  void what_was_not_due_for_long_is_found_missing_when_its_time_has_come() throws Exception {
    String never = once(100_000);
    schedule(7001, 0, once(108));
    schedule(7002, 1, once(109));
    for (int i = 0; i < 40; i++) {
      schedule(7100 + i, i % PARTITIONS, never);
    }
    try (MasterFixture master = new MasterFixture(config)) {
      awaitVerified(master, 100);
      // A row of a schedule that owes nothing here, and a new revision that is due at once.
      fires(7100, 0, 1, 104, 104);
      sql("update revision set valid_to = %d where schedule_num = 7101".formatted(at(101)));
      revision(7101, 1, 12, at(101), once(105));
      fires(PLAIN, 0, 1, 101, 106);
      fires(JITTERED, 1, 1, 101, 106);
      recordedUpTo(106, 12);
      awaitVerified(master, 106);
      assertEquals(2, master.counter("ledger_gaps"), "one that is strange, one that is missing");
      // One ends before it is due, and one just then.
      sql("update revision set valid_to = %d where schedule_num = 7001".formatted(at(108) - 1));
      sql("update revision set valid_to = %d where schedule_num = 7002".formatted(at(109)));
      fires(PLAIN, 0, 1, 107, 112);
      fires(JITTERED, 1, 1, 107, 112);
      recordedUpTo(112, 14);
      awaitVerified(master, 112);
      assertEquals(3, master.counter("ledger_gaps"));
      assertEquals(200 + 24 + 2, master.counter("ledger_verified"));
    }
  }

  private long at(int second) {
    return base + second * SECOND;
  }

  private String once(int second) {
    return ScheduleSpec.of(new ScheduleSpec.OnceRule(at(second)), ZoneId.of("UTC")).canonical();
  }

  @Test
  void a_partition_that_is_stuck_does_not_hold_up_the_others_and_is_checked_when_it_goes_on()
      throws Exception {
    sql("update partition_state set watermark = " + (base + 40 * SECOND) + " where id = 1");
    sql(
        "delete from fire where schedule_num = "
            + JITTERED
            + " and nominal_time > "
            + (base + 39 * SECOND));
    try (MasterFixture master = new MasterFixture(config)) {
      await(
          "the others are verified",
          () ->
              master
                      .cluster
                      .getPartition(
                          GetPartitionRequest.newBuilder().setName("partitions/0").build())
                      .getVerifiedTime()
                      .getSeconds()
                  >= base / SECOND + 100);
      awaitVerified(master, 40);
      assertEquals(base / SECOND + 40, cluster(master).getVerifiedTime().getSeconds());
      fires(JITTERED, 1, 1, 40, 98);
      recordedUpTo(100);
      awaitVerified(master, 100);
      assertEquals(2, master.counter("ledger_gaps"));
      assertEquals(200, master.counter("ledger_verified"));
    }
  }

  @AfterEach
  void close() {
    database.close();
  }
}
