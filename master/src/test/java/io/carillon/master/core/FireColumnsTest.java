package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import org.junit.jupiter.api.Test;

class FireColumnsTest {

  @Test
  void a_row_that_was_taken_back_leaves_nothing_to_the_next() {
    FireColumns fires = new FireColumns();
    int run = fires.append(5, 1, 2, 3, 4);
    fires.skipReason[run] = SkipReason.CATCHUP_WINDOW.code();
    fires.skippedCount[run] = 7;
    fires.kind[run] = 1;
    fires.destination[run] = 9;
    fires.truncate(0);
    int fire = fires.append(6, 1, 2, 3, 4);
    assertEquals(run, fire);
    assertEquals(0, fires.skipReason[fire], "what fires is not recorded as skipped");
    assertEquals(0, fires.skippedCount[fire]);
    assertEquals(0, fires.kind[fire]);
    assertEquals(0, fires.destination[fire]);
  }

  @Test
  void a_commit_is_in_the_order_of_nominal_times_and_no_row_is_torn() {
    FireColumns fires = new FireColumns();
    for (long nominal : new long[] {30, 10, 20, 10, Long.MAX_VALUE >> 12}) {
      int row = fires.append(nominal, nominal * 2, 3, 4, 5);
      fires.destination[row] = (int) nominal;
    }
    fires.seal(100, 7);
    assertArrayEquals(new long[] {10, 10, 20, 30, Long.MAX_VALUE >> 12}, fires.nominalMicros);
    for (int row = 0; row < fires.size(); row++) {
      assertEquals(fires.nominalMicros[row] * 2, fires.schedule[row]);
      assertEquals(fires.nominalMicros[row], fires.lastNominalMicros[row]);
      assertEquals((int) fires.nominalMicros[row], fires.destination[row]);
    }
    assertEquals(104, fires.lastSeq());
  }

  @Test
  void fires_of_one_moment_are_in_the_order_of_their_schedules() {
    FireColumns fires = new FireColumns();
    long[][] rows = {{20, 9}, {10, 8}, {20, 3}, {10, 2}, {20, 5}, {30, 1}};
    for (long[] row : rows) {
      fires.append(row[0], row[1], row[1] + 100, 4, 5);
    }
    fires.seal(1, 7);
    assertArrayEquals(new long[] {10, 10, 20, 20, 20, 30}, fires.nominalMicros);
    assertArrayEquals(new long[] {2, 8, 3, 5, 9, 1}, fires.schedule);
    assertArrayEquals(new long[] {102, 108, 103, 105, 109, 101}, fires.version);
  }

  @Test
  void what_comes_after_it_was_arranged_finds_its_place_too() {
    FireColumns fires = new FireColumns();
    fires.append(20, 9, 1, 4, 5);
    fires.append(10, 8, 1, 4, 5);
    fires.arrange();
    fires.append(15, 7, 1, 4, 5);
    fires.append(5, 6, 1, 4, 5);
    fires.truncate(3);
    fires.seal(1, 7);
    assertArrayEquals(new long[] {10, 15, 20}, fires.nominalMicros);
    assertArrayEquals(new long[] {8, 7, 9}, fires.schedule);
  }

  @Test
  void rows_too_far_apart_to_be_sorted_stay_as_they_are() {
    FireColumns fires = new FireColumns();
    fires.append(Long.MAX_VALUE, 1, 3, 4, 5);
    fires.append(-1, 2, 3, 4, 5);
    fires.seal(1, 7);
    assertArrayEquals(new long[] {Long.MAX_VALUE, -1}, fires.nominalMicros);
    assertArrayEquals(new long[] {1, 2}, fires.schedule);
  }

  @Test
  void a_skipped_run_or_a_fire_of_another_kind_is_not_ordinary() {
    FireColumns fires = new FireColumns();
    int first = fires.append(5, 1, 2, 3, 4);
    int second = fires.append(6, 1, 2, 3, 4);
    assertTrue(fires.isOrdinary());
    fires.kind[first] = 1;
    assertFalse(fires.isOrdinary());
    fires.kind[first] = 0;
    fires.skipReason[second] = SkipReason.CATCHUP_WINDOW.code();
    assertFalse(fires.isOrdinary());
  }
}
