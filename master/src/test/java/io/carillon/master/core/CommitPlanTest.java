package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitPlanTest {

  /**
   * Moves partition 1 from 10 to 20 and partition 2 from 10 to 30, and leaves partition 3 at 10.
   */
  private static final CommitPlan MOVES = plan(new int[] {1, 2, 3}, 20, 30, 10);

  private static CommitPlan plan(int[] partitions, long... newWatermarks) {
    int n = partitions.length;
    long[] tens = new long[n];
    Arrays.fill(tens, 10);
    return new CommitPlan(
        partitions,
        new long[n],
        tens,
        newWatermarks,
        new long[n],
        new FireColumns(),
        0,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void a_commit_without_fires_is_shown_by_the_watermarks_that_it_has_moved() {
    assertTrue(MOVES.isShownBy(Map.of(1, 20L, 2, 30L, 3, 10L)::get));
    assertFalse(MOVES.isShownBy(Map.of(1, 10L, 2, 10L, 3, 10L)::get));
  }

  @Test
  void what_was_done_to_one_partition_by_hand_does_not_hide_that_the_others_moved() {
    assertTrue(MOVES.isShownBy(Map.of(1, 5L, 2, 30L, 3, 10L)::get));
    assertTrue(MOVES.isShownBy(Map.of(1, 20L, 2, 30L, 3, 5L)::get));
    assertTrue(MOVES.isShownBy(Map.of(2, 30L)::get));
    assertFalse(MOVES.isShownBy(Map.of(1, 5L, 2, 10L, 3, 10L)::get));
  }

  @Test
  void one_that_moves_none_is_shown_by_all_of_them() {
    CommitPlan still = plan(new int[] {1, 2}, 10, 10);
    assertTrue(still.isShownBy(Map.of(1, 10L, 2, 10L)::get));
    assertFalse(still.isShownBy(Map.of(1, 10L, 2, 11L)::get));
  }
}
