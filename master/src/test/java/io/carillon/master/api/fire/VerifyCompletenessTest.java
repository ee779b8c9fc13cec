package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.master.TestDatabase;
import io.carillon.master.api.call.Timestamps;
import io.carillon.v1.VerifyCompletenessResponse.Gap;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ledgers written by hand, damaged by hand; times are seconds after a base. */
class VerifyCompletenessTest extends WrittenLedger {

  @Test
  void a_whole_ledger_is_complete_with_a_pause_a_skipped_run_and_deleted_schedules() {
    Answer all = verify(request("tenants/-"));
    assertEquals(List.of(), all.gaps());
    assertTrue(all.verdict().getComplete());
    assertEquals(900 + 20 + 200, all.verdict().getOwedCount());
    assertEquals(110, all.verdict().getSkippedCount());
    assertEquals(3, all.verdict().getScheduleCount());
    assertEquals(4, all.verdict().getRevisionCount());
    assertEquals(time(0), all.verdict().getStartTime());
    assertEquals(Timestamps.of(base + 1_000 * SECOND + 1), all.verdict().getEndTime());
    assertTrue(all.progress() >= 1);
    assertEquals(920, verify(request("tenants/default")).verdict().getOwedCount());
    assertEquals(200, verify(request("tenants/acme")).verdict().getOwedCount());
    assertEquals(900, verify(request(PARENT)).verdict().getOwedCount());
    assertEquals(20, verify(request("tenants/default/schedules/gone")).verdict().getOwedCount());
  }

  @Test
  void a_row_that_was_deleted_is_missing() {
    sql("delete from fire where " + at(250));
    sql(
        "delete from fire where schedule_num = "
            + DELETED
            + " and nominal_time <= "
            + (base + 20 * SECOND));
    assertEquals(List.of("MISSING s 250-250 x1"), gaps(PARENT));
    assertEquals(List.of("MISSING gone 10-20 x2", "MISSING s 250-250 x1"), gaps("tenants/default"));
    assertEquals(List.of(), gaps("tenants/acme"));
    Gap gap = verify(request(PARENT)).gaps().get(0);
    assertEquals(1, gap.getVersion());
    assertEquals(0, gap.getPartition());
  }

  @Test
  void a_row_that_was_added_is_unexpected() {
    fires(PAUSED, 1, 350, 351, 1, 0);
    fires(PAUSED, 2, 1_100, 1_100, 1, 0);
    fires(DELETED, 1, 210, 210, 10, 0);
    fires(7_777, 1, 30, 30, 1, 0);
    sql(
        ("insert into fire values (%d, %d, " + SEQ + " + 1, %d, 2, 1, %d, 0, 1, 3, 0, 0)")
            .formatted(base + 1, FOREIGN, base + 9, base + 1));
    assertEquals(
        List.of(
            "UNEXPECTED 7777 30-30 x1",
            "UNEXPECTED f 0-0 x1",
            "UNEXPECTED gone 210-210 x1",
            "UNEXPECTED s 1100-1100 x1",
            "UNEXPECTED s 350-351 x2"),
        gaps("tenants/-"));
    assertEquals(List.of("UNEXPECTED s 1100-1100 x1", "UNEXPECTED s 350-351 x2"), gaps(PARENT));
  }

  @Test
  void a_time_that_is_recorded_twice_is_named() {
    fires(PAUSED, 2, 550, 551, 1, 0);
    assertEquals(List.of("DUPLICATE s 550-551 x2"), gaps(PARENT));
    sql("update fire set kind = -1 where " + at(551));
    assertEquals(List.of("DUPLICATE s 550-550 x1", "UNEXPECTED s 551-551 x1"), gaps(PARENT));
  }

  @Test
  void a_row_recorded_before_its_time_is_early() {
    sql("update fire set recorded_at = nominal_time - 1 where " + at(77));
    assertEquals(List.of("EARLY s 77-77 x1"), gaps(PARENT));
  }

  @Test
  void a_row_beyond_what_its_partition_has_recorded_is_unexpected_also_in_the_future() {
    long future = rig.clock.nowMicros() / SECOND + 40_000 - base / SECOND;
    TestDatabase.makeDay(rig.database.core(), base + future * SECOND);
    fires(PAUSED, 2, 1_001, 1_001, 1, 0);
    fires(PAUSED, 2, (int) future, (int) future, 1, 0);
    List<String> found = List.of("UNEXPECTED s 1001-" + future + " x2");
    assertEquals(found, gaps(PARENT));
    assertEquals(
        found, gaps("tenants/-"), "and what other partitions have recorded by then is right");
    Verdict verdict = verify(request(PARENT)).verdict();
    assertEquals(900, verdict.getOwedCount(), "no more is asked for than is settled");
    assertEquals(Timestamps.of(base + 1_000 * SECOND + 1), verdict.getEndTime());
    assertEquals(List.of(), verify(request(PARENT).setEndTime(time(1_001))).texts());
  }

  @Test
  void what_one_partition_has_recorded_beyond_another_is_right() {
    sql("update partition_state set watermark = " + (base + 1_200 * SECOND) + " where id = 3");
    fires(FOREIGN, 1, 1_005, 1_200, 5, 3);
    assertEquals(List.of(), gaps("tenants/-"));
  }

  @Test
  void a_row_with_another_destination_partition_or_epoch_than_it_must_have_is_altered() {
    isAltered("destination_num", "2", "destination number 2 where its revision has 1");
    isAltered("partition", "3", "partition 3 where its schedule has 0");
    isAltered("partition_epoch", "2", "partition epoch 2, which was not in force");
    isAltered("partition_epoch", "0", "partition epoch 0, which was not in force");
  }

  @Test
  void the_epoch_of_a_row_is_the_one_that_its_partition_was_at_when_it_was_recorded() {
    sql("update partition_state set epoch = 2");
    sql("insert into partition_owner select id, 2, 'b', 0, 0, 500 from partition_state");
    sql("update fire set partition_epoch = 2 where seq > 500");
    assertEquals(List.of(), gaps("tenants/-"));
    sql("update fire set partition_epoch = 2 where seq = 500");
    assertEquals(Gap.Kind.ALTERED, only("tenants/-").getKind());
    sql("update fire set partition_epoch = 1 where seq in (500, 501)");
    assertEquals(Gap.Kind.ALTERED, only("tenants/-").getKind());
  }

  @Test
  void a_place_in_the_log_that_two_rows_have_or_that_it_does_not_have_is_altered() {
    isAltered("seq", "12", "seq 12, which another row has");
    isAltered("seq", "0", "seq 0 where the log ends with");
    isAltered("seq", "1000000", "seq 1000000 where the log ends with");
    record();
    sql(
        "update fire set seq = 12 where nominal_time = "
            + (base + 995 * SECOND)
            + " and schedule_num = "
            + FOREIGN);
    assertEquals(Gap.Kind.ALTERED, only("tenants/-").getKind(), "of different schedules too");
  }

  @Test
  void a_skipped_run_that_was_changed_stands_for_nothing_or_for_less() {
    sql("delete from fire where " + at(501));
    run(501, 600, 100, 1);
    assertEquals(List.of("MISSING s 601-610 x10"), gaps(PARENT));
    sql("delete from fire where " + at(501));
    run(501, 610, 100, 1);
    assertEquals(List.of("MISSING s 501-610 x110", "UNEXPECTED s 501-610 x1"), gaps(PARENT));
    sql("delete from fire where " + at(501));
    run(501, 610, 110, 9);
    assertEquals(List.of("MISSING s 501-610 x110", "UNEXPECTED s 501-610 x1"), gaps(PARENT));
    sql("delete from fire where " + at(501));
    run(501, 610, 110, 3);
    assertEquals(
        List.of("MISSING s 501-610 x110", "UNEXPECTED s 501-610 x1"),
        gaps(PARENT),
        "the catch-up of the revision is not NONE");
  }

  @Test
  void a_range_has_its_first_and_not_its_last_time_and_ends_where_it_is_settled() {
    sql("delete from fire where " + at(100));
    sql("delete from fire where " + at(110));
    assertEquals(
        List.of("MISSING s 100-100 x1"),
        verify(request(PARENT).setStartTime(time(100)).setEndTime(time(110))).texts());
    assertEquals(
        List.of(), verify(request(PARENT).setStartTime(time(101)).setEndTime(time(110))).texts());
    assertEquals(
        List.of(), verify(request(PARENT).setStartTime(time(80)).setEndTime(time(100))).texts());
    Answer inRun = verify(request(PARENT).setStartTime(time(520)).setEndTime(time(530)));
    assertEquals(List.of(), inRun.texts());
    assertEquals(10, inRun.verdict().getSkippedCount());
    assertEquals(time(530), inRun.verdict().getEndTime());
    Answer empty = verify(request(PARENT).setStartTime(time(5_000)));
    assertTrue(empty.verdict().getComplete());
    assertEquals(0, empty.verdict().getOwedCount());
    assertEquals(time(5_000), empty.verdict().getEndTime());
    sql("update partition_state set watermark = " + (base + 50 * SECOND) + " where id = 0");
    assertEquals(
        Timestamps.of(base + 50 * SECOND + 1),
        verify(request("tenants/-").setEndTime(time(900))).verdict().getEndTime());
    assertEquals(
        time(900), verify(request("tenants/acme").setEndTime(time(900))).verdict().getEndTime());
  }

  @Test
  void revisions_beyond_the_applied_version_owe_nothing_yet() {
    sql("update partition_state set applied_version = 1");
    assertEquals(300, verify(request(PARENT)).verdict().getOwedCount());
    assertFalse(verify(request(PARENT)).verdict().getComplete(), "their rows cannot be there");
  }

  @Test
  void gaps_are_listed_up_to_a_bound_and_all_are_counted() {
    sql("delete from fire where schedule_num = " + PAUSED + " and nominal_time / 1000000 % 2 = 0");
    Answer few = verify(request(PARENT).setMaxGaps(3));
    assertEquals(3, few.gaps().size());
    assertTrue(few.verdict().getMissingCount() > 300, few.verdict()::toString);
    assertEquals(100, verify(request(PARENT)).gaps().size());
  }

  @Test
  void bad_input_is_refused_and_says_why() {
    assertEquals("INVALID_ARGUMENT FIELD_REQUIRED parent", refusal(request("")));
    assertEquals("INVALID_ARGUMENT FIELD_MALFORMED parent", refusal(request("schedules/x")));
    assertEquals("NOT_FOUND TENANT_NOT_FOUND", refusal(request("tenants/nobody")));
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND", refusal(request("tenants/default/schedules/nothing")));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE end_time",
        refusal(request(PARENT).setStartTime(time(10)).setEndTime(time(9))));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE max_gaps", refusal(request(PARENT).setMaxGaps(-1)));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE start_time",
        refusal(request(PARENT).setStartTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))));
  }
}
