package io.carillon.master.core.write;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.core.write.WriteTries.Next;
import org.junit.jupiter.api.Test;

class WriteTriesTest {

  private final WriteTries tries = new WriteTries();

  @Test
  void what_is_committed_is_done() {
    assertEquals(Next.DONE, tries.tried(Ending.COMMITTED));
    assertEquals(1, tries.attempts());
  }

  @Test
  void without_an_answer_it_is_tried_again_after_ever_longer_pauses() {
    assertEquals(Next.TRY_AGAIN, tries.tried(Ending.UNKNOWN));
    assertEquals(20_000, tries.pauseMicros());
    assertEquals(Next.TRY_AGAIN, tries.tried(Ending.UNKNOWN));
    assertEquals(40_000, tries.pauseMicros());
    for (int i = 0; i < 10; i++) {
      tries.tried(Ending.UNKNOWN);
    }
    assertEquals(500_000, tries.pauseMicros());
    assertEquals(Next.DONE, tries.tried(Ending.COMMITTED));
    assertEquals(13, tries.attempts());
  }

  @Test
  void a_mismatch_is_done_if_an_earlier_try_is_found_and_else_the_end() {
    assertEquals(Next.READ_BACK, tries.tried(Ending.MISMATCH));
    assertEquals(Next.DONE, tries.readBack(true));
    assertEquals(Next.REJECTED, tries.readBack(false));
  }

  @Test
  void a_read_without_an_answer_is_made_again() {
    tries.tried(Ending.MISMATCH);
    assertEquals(Next.READ_BACK_AGAIN, tries.readFailed());
    assertEquals(20_000, tries.pauseMicros());
    assertEquals(Next.READ_BACK_AGAIN, tries.readFailed());
    assertEquals(40_000, tries.pauseMicros());
    assertEquals(Next.DONE, tries.readBack(true));
  }

  @Test
  void a_first_try_that_is_rejected_is_rejected() {
    assertEquals(Next.REJECTED, tries.tried(Ending.REJECTED));
  }

  @Test
  void a_later_try_that_is_rejected_may_be_so_because_of_an_earlier_one() {
    tries.tried(Ending.UNKNOWN);
    assertEquals(Next.READ_BACK, tries.tried(Ending.REJECTED));
    assertEquals(Next.DONE, tries.readBack(true));
    assertEquals(Next.REJECTED, tries.readBack(false));
  }

  @Test
  void a_deposed_leader_and_one_with_a_broken_store_are_over() {
    assertEquals(Next.OVER, tries.tried(Ending.STALE_EPOCH));
    assertEquals(Next.OVER, new WriteTries().tried(Ending.BROKEN));
  }
}
