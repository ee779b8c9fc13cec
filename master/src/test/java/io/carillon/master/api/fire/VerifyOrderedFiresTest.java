package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.VerifyCompletenessResponse.Gap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was fired by order: triggers and backfills, whole and damaged. */
class VerifyOrderedFiresTest extends WrittenLedger {

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
}
