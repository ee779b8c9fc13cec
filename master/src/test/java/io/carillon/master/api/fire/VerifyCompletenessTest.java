package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.TestDatabase;
import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.delivery.DeliveryRig;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Gap;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;
import io.grpc.StatusRuntimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ledgers written by hand, damaged by hand; times are seconds after a base. */
class VerifyCompletenessTest {

  private static final long SECOND = 1_000_000;
  private static final long PAUSED = 5000;
  private static final long DELETED = 5001;
  private static final long FOREIGN = 5002;
  private static final String PARENT = "tenants/default/schedules/s";

  /** The last place of the log. */
  private static final String SEQ = "(select coalesce(max(seq), 0) from fire)";

  private static DeliveryRig rig;
  private static long base;

  @BeforeAll
  static void open() {
    rig = new DeliveryRig();
    base = (rig.clock.nowMicros() / (10 * SECOND) - 800) * 10 * SECOND;
    TestDatabase.makeDay(rig.database.core(), base);
    TestDatabase.makeDay(rig.database.core(), base + 2_000 * SECOND);
    sql("delete from revision where schedule_num = " + DeliveryRig.SCHEDULE);
    sql("delete from schedule where num = " + DeliveryRig.SCHEDULE);
    rig.addSchedule(PAUSED, "s", 1, spec(1), 1, base, "");
    rig.addSchedule(DELETED, "gone", 4, spec(10), 1, base, "");
    rig.addSchedule(FOREIGN, "f", 1, spec(5), 1, base, "");
    sql("insert into tenant values ('acme', 0)");
    sql("update schedule set tenant_id = 'acme' where num = " + FOREIGN);
    sql("update schedule set partition = 3 where num = " + FOREIGN);
    sql("update revision set catch_up_window = 100000000, partition = 0");
    sql("update revision set partition = 3 where schedule_num = " + FOREIGN);
    end(PAUSED, base + 300 * SECOND);
    end(DELETED, base + 200 * SECOND);
    // Goes on after a pause.
    sql(
        "insert into revision select schedule_num, 2, partition, valid_from + 400000000, null, null,"
            + " spec, catch_up_window, destination_num, payload, payload_type, catch_up_limit,"
            + " catch_up_grace from revision where schedule_num = "
            + PAUSED);
  }

  private static String spec(int seconds) {
    return ScheduleSpec.of(new ScheduleSpec.IntervalRule(seconds * SECOND, 0), ZoneId.of("UTC"))
        .canonical();
  }

  private static void end(long schedule, long at) {
    sql("update revision set valid_to = " + at + " where schedule_num = " + schedule);
  }

  private static void sql(String text) {
    rig.database.core().execute(text);
  }

  /** Everything is recorded up to 1000: 300 + 490 + a run of 110, 20, and 200. */
  @BeforeEach
  void record() {
    sql("delete from fire");
    fires(PAUSED, 1, 1, 300, 1, 0);
    fires(PAUSED, 2, 401, 500, 1, 0);
    run(501, 610, 110, 1);
    fires(PAUSED, 2, 611, 1_000, 1, 0);
    fires(DELETED, 1, 10, 200, 10, 0);
    fires(FOREIGN, 1, 5, 1_000, 5, 3);
    sql(
        "update partition_state set applied_version = 2, last_seq = "
            + SEQ
            + ", watermark = "
            + (base + 1_000 * SECOND));
    sql("delete from fire_note");
    sql("delete from operation");
    sql("delete from partition_owner");
    sql("insert into partition_owner select id, 1, 'a', 0, 0, 0 from partition_state");
  }

  private static void fires(
      long schedule, int version, int first, int last, int step, int partition) {
    sql(
        ("insert into fire select n, %d, "
                + SEQ
                + " + row_number() over (), n + 9, %d, 1, n, 0, 1, %d, 0, 0 from (select %d +"
                + " i::bigint * 1000000 as n from generate_series(%d, %d, %d) as i) t")
            .formatted(schedule, version, partition, base, first, last, step));
    endOfLog();
  }

  private static void endOfLog() {
    sql("update partition_state set last_seq = " + SEQ);
  }

  private static void run(int first, int last, int count, int reason) {
    sql(
        ("insert into fire values (%d, %d, " + SEQ + " + 1, %d, 2, 1, %d, %d, 1, 0, 0, %d)")
            .formatted(
                base + first * SECOND,
                PAUSED,
                base + 900 * SECOND,
                base + last * SECOND,
                count,
                reason));
    endOfLog();
  }

  private static String at(int second) {
    return "nominal_time = " + (base + second * SECOND) + " and schedule_num = " + PAUSED;
  }

  private static Timestamp time(long second) {
    return Timestamps.of(base + second * SECOND);
  }

  private record Answer(List<Gap> gaps, Verdict verdict, int progress) {
    /** "KIND schedule first-last xCount". */
    List<String> texts() {
      return gaps.stream()
          .map(
              gap ->
                  gap.getKind()
                      + " "
                      + gap.getSchedule().replaceAll(".*/", "")
                      + " "
                      + second(gap.getFirstNominalTime())
                      + "-"
                      + second(gap.getLastNominalTime())
                      + " x"
                      + gap.getCount())
          .sorted()
          .toList();
    }

    private static long second(Timestamp time) {
      return time.getSeconds() - base / SECOND;
    }
  }

  private static VerifyCompletenessRequest.Builder request(String parent) {
    return VerifyCompletenessRequest.newBuilder().setParent(parent);
  }

  private static Answer verify(VerifyCompletenessRequest.Builder request) {
    List<Gap> gaps = new ArrayList<>();
    Verdict verdict = null;
    int progress = 0;
    var answers = rig.fires().verifyCompleteness(request.build());
    while (answers.hasNext()) {
      VerifyCompletenessResponse answer = answers.next();
      assertEquals(null, verdict, "the verdict is the last");
      if (answer.hasGap()) {
        gaps.add(answer.getGap());
      } else if (answer.hasVerdict()) {
        verdict = answer.getVerdict();
      } else {
        progress++;
      }
    }
    assertEquals(
        verdict.getMissingCount()
                + verdict.getUnexpectedCount()
                + verdict.getDuplicateCount()
                + verdict.getEarlyCount()
                + verdict.getAlteredCount()
            == 0,
        verdict.getComplete());
    assertEquals(
        verdict.getOwedCount(),
        verdict.getFiredCount() + verdict.getSkippedCount() + verdict.getMissingCount());
    return new Answer(gaps, verdict, progress);
  }

  private static List<String> gaps(String parent) {
    return verify(request(parent)).texts();
  }

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

  private static Gap only(String parent) {
    List<Gap> gaps = verify(request(parent)).gaps();
    assertEquals(1, gaps.size(), gaps::toString);
    assertEquals(1, gaps.get(0).getCount());
    return gaps.get(0);
  }

  /** One row differs, and that is found, and says so. */
  private void isAltered(String column, String value, String detail) {
    record();
    sql("update fire set " + column + " = " + value + " where " + at(77));
    Gap gap = only(PARENT);
    assertEquals(Gap.Kind.ALTERED, gap.getKind());
    assertEquals(time(77), gap.getFirstNominalTime());
    assertTrue(gap.getDetail().contains(detail), gap::getDetail);
    assertEquals(1, verify(request(PARENT)).verdict().getAlteredCount());
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

  private static void trigger(long schedule, int second) {
    sql(
        ("insert into fire values (%d, %d, " + SEQ + " + 1, %d, 2, 1, %d, 0, 1, 0, 1, 0)")
            .formatted(
                base + second * SECOND, schedule, base + second * SECOND, base + second * SECOND));
    endOfLog();
  }

  private static void note(long schedule, int second) {
    sql("insert into fire_note values (%d, %d, 1)".formatted(base + second * SECOND, schedule));
  }

  @Test
  void a_trigger_that_was_answered_has_its_row_and_no_other_row_is_a_trigger() {
    for (int second : new int[] {350, 600, 999}) {
      trigger(PAUSED, second);
      note(PAUSED, second);
    }
    // Of a schedule that owes nothing any more, and beyond what is recorded.
    trigger(DELETED, 1_100);
    note(DELETED, 1_100);
    Answer whole = verify(request("tenants/-"));
    assertEquals(List.of(), whole.texts());
    assertEquals(900 + 20 + 200 + 4, whole.verdict().getOwedCount());
    sql(
        "delete from fire where kind = 1 and nominal_time in (%d, %d)"
            .formatted(base + 600 * SECOND, base + 1_100 * SECOND));
    assertEquals(
        List.of("MISSING gone 1100-1100 x1", "MISSING s 600-600 x1"), gaps("tenants/default"));
    Gap gap = only(PARENT);
    assertEquals(io.carillon.v1.Fire.Kind.MANUAL, gap.getFireKind());
    trigger(PAUSED, 700);
    assertEquals(List.of("MISSING s 600-600 x1", "UNEXPECTED s 700-700 x1"), gaps(PARENT));
  }

  /** Backfill 3 of a schedule that fires every second, from 310 to 330, as far as it came. */
  private static void backfill(int state, int done) {
    byte[] asked =
        io.carillon.v1.BackfillScheduleRequest.newBuilder()
            .setName(PARENT)
            .setStartTime(time(310))
            .setEndTime(time(331))
            .build()
            .toByteArray();
    rig.database
        .core()
        .execute(
            "insert into operation values (9, 1, ?, 'default', ?, ?, 3, 1, '', ?, '', 0, 21, ?,"
                + " false, '', 0, 0, 0)",
            state,
            PARENT,
            PAUSED,
            asked,
            base + done * SECOND);
    for (int second = 310; second <= done; second++) {
      sql(
          ("insert into fire values (%1$d, %2$d, " + SEQ + " + 1, %3$d, 1, 1, %1$d, 0, 1, 0, 4, 0)")
              .formatted(base + second * SECOND, PAUSED, base + 900 * SECOND));
    }
    endOfLog();
  }

  private static String backfilled(int second) {
    return at(second) + " and kind = 4";
  }

  @Test
  void a_backfill_has_a_row_for_each_time_as_far_as_its_operation_says_it_came() {
    backfill(2, 330);
    Answer whole = verify(request(PARENT));
    assertEquals(List.of(), whole.texts());
    assertEquals(900 + 21, whole.verdict().getOwedCount());
    sql("delete from fire where " + backfilled(320));
    assertEquals(List.of("MISSING s 320-320 x1"), gaps(PARENT));
    Gap gap = only(PARENT);
    assertEquals(io.carillon.v1.Fire.Kind.BACKFILL, gap.getFireKind());
    assertEquals(3, gap.getBackfill());
    sql("delete from fire where kind = 4");
    assertEquals(List.of("MISSING s 310-330 x21"), gaps(PARENT));
  }

  @Test
  void a_backfill_that_runs_or_ended_early_owes_what_it_says_and_may_have_more() {
    backfill(1, 320);
    assertEquals(List.of(), gaps(PARENT));
    sql("update operation set position = " + (base + 315 * SECOND));
    assertEquals(List.of(), gaps(PARENT), "a row may be there before the operation says so");
    sql(
        "update fire set nominal_time = nominal_time + 7, last_nominal = last_nominal + 7 where "
            + backfilled(318));
    assertEquals(List.of("UNEXPECTED s 318-318 x1"), gaps(PARENT), "no time of the spec");
    sql("update operation set backfill = 4");
    assertTrue(gaps(PARENT).contains("UNEXPECTED s 310-320 x11"), () -> gaps(PARENT).toString());
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

  private static String refusal(VerifyCompletenessRequest.Builder request) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, () -> verify(request)));
  }

  @AfterAll
  static void close() {
    rig.close();
  }
}
