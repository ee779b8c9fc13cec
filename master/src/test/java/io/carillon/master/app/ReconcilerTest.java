package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.v1.GetPartitionRequest;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** A master whose ledger was written, and damaged, behind its back. */
class ReconcilerTest extends DamagedLedger {

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
}
