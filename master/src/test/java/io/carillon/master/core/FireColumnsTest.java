package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
