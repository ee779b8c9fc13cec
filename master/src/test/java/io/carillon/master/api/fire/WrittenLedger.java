package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** A ledger written by hand, damaged by hand, and verified; times are seconds after a base. */
abstract class WrittenLedger {

  static final long SECOND = 1_000_000;
  static final long PAUSED = 5000;
  static final long DELETED = 5001;
  static final long FOREIGN = 5002;
  static final String PARENT = "tenants/default/schedules/s";

  /** The last place of the log. */
  static final String SEQ = "(select coalesce(max(seq), 0) from fire)";

  static DeliveryRig rig;
  static long base;

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

  static String spec(int seconds) {
    return ScheduleSpec.of(new ScheduleSpec.IntervalRule(seconds * SECOND, 0), ZoneId.of("UTC"))
        .canonical();
  }

  static void end(long schedule, long at) {
    sql("update revision set valid_to = " + at + " where schedule_num = " + schedule);
  }

  static void sql(String text) {
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

  static void fires(long schedule, int version, int first, int last, int step, int partition) {
    sql(
        ("insert into fire select n, %d, "
                + SEQ
                + " + row_number() over (), n + 9, %d, 1, n, 0, 1, %d, 0, 0 from (select %d +"
                + " i::bigint * 1000000 as n from generate_series(%d, %d, %d) as i) t")
            .formatted(schedule, version, partition, base, first, last, step));
    endOfLog();
  }

  static void endOfLog() {
    sql("update partition_state set last_seq = " + SEQ);
  }

  static void run(int first, int last, int count, int reason) {
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

  static String at(int second) {
    return "nominal_time = " + (base + second * SECOND) + " and schedule_num = " + PAUSED;
  }

  static Timestamp time(long second) {
    return Timestamps.of(base + second * SECOND);
  }

  record Answer(List<Gap> gaps, Verdict verdict, int progress) {
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

  static VerifyCompletenessRequest.Builder request(String parent) {
    return VerifyCompletenessRequest.newBuilder().setParent(parent);
  }

  static Answer verify(VerifyCompletenessRequest.Builder request) {
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

  static List<String> gaps(String parent) {
    return verify(request(parent)).texts();
  }

  static Gap only(String parent) {
    List<Gap> gaps = verify(request(parent)).gaps();
    assertEquals(1, gaps.size(), gaps::toString);
    assertEquals(1, gaps.get(0).getCount());
    return gaps.get(0);
  }

  /** One row differs, and that is found, and says so. */
  void isAltered(String column, String value, String detail) {
    record();
    sql("update fire set " + column + " = " + value + " where " + at(77));
    Gap gap = only(PARENT);
    assertEquals(Gap.Kind.ALTERED, gap.getKind());
    assertEquals(time(77), gap.getFirstNominalTime());
    assertTrue(gap.getDetail().contains(detail), gap::getDetail);
    assertEquals(1, verify(request(PARENT)).verdict().getAlteredCount());
  }

  static String refusal(VerifyCompletenessRequest.Builder request) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, () -> verify(request)));
  }

  @AfterAll
  static void close() {
    rig.close();
  }
}
