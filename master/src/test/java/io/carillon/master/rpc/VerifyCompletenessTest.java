package io.carillon.master.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.TestDatabase;
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
    sql("update partition_state set applied_version = 2, watermark = " + (base + 1_000 * SECOND));
  }

  private static void fires(
      long schedule, int version, int first, int last, int step, int partition) {
    sql(
        "insert into fire select n, %d, 1, n + 9, %d, 1, n, 0, 1, %d, 0, 0 from (select %d + i::bigint * 1000000 as n from generate_series(%d, %d, %d) as i) t"
            .formatted(schedule, version, partition, base, first, last, step));
  }

  private static void run(int first, int last, int count, int reason) {
    sql(
        "insert into fire values (%d, %d, 1, %d, 2, 1, %d, %d, 1, 0, 0, %d)"
            .formatted(
                base + first * SECOND,
                PAUSED,
                base + 900 * SECOND,
                base + last * SECOND,
                count,
                reason));
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
        "insert into fire values (%d, %d, 1, %d, 2, 1, %d, 0, 1, 0, 0, 0)"
            .formatted(base + 1, FOREIGN, base + 9, base + 1));
    assertEquals(
        List.of(
            "UNEXPECTED 7777 30-30 x1",
            "UNEXPECTED f 0-0 x1",
            "UNEXPECTED gone 210-210 x1",
            "UNEXPECTED s 350-351 x2"),
        gaps("tenants/-"));
    assertEquals(List.of("UNEXPECTED s 350-351 x2"), gaps(PARENT));
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
