package io.carillon.master.delivery;

import static io.carillon.master.core.CommittedBlocks.block;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LogTailTest {

  private final LogTail tail = new LogTail(new Lanes());
  private long now = 1_000_000;

  private void commit(int fires) {
    tail.offer(block(tail.end() + 1, 1, new int[fires]));
    tail.tell(lane -> {}, now);
  }

  private void commitFullOnes(int count) {
    for (int i = 0; i < count; i++) {
      commit(LogTail.FULL);
    }
  }

  @Test
  void recordingIsBehindWhenOneFullCommitFollowsAnother() {
    commitFullOnes(LogTail.FULL_IN_A_ROW - 1);
    assertFalse(tail.isFlooded(now));
    commitFullOnes(1);
    assertTrue(tail.isFlooded(now));
    commit(LogTail.FULL - 1);
    assertFalse(tail.isFlooded(now), "all that waited is in it");
    assertEquals(LogTail.FULL * (LogTail.FULL_IN_A_ROW + 1) - 1, tail.end());
  }

  @Test
  void recordingIsNotBehindWhenNothingIsRecordedAnyMore() {
    commitFullOnes(LogTail.FULL_IN_A_ROW);
    now += LogTail.QUIET_MICROS;
    assertFalse(tail.isFlooded(now));
  }
}
