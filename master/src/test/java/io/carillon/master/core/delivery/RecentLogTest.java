package io.carillon.master.core.delivery;

import static io.carillon.master.core.CommittedBlocks.block;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.FireColumns;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RecentLogTest {

  private final RecentLog log = new RecentLog(10);

  private static LogRead above(long seq) {
    return new LogRead(seq, 1_000, 100);
  }

  private static long[] seqs(LogPage page) {
    return Arrays.copyOf(page.fires().seq, page.fires().size());
  }

  @Test
  void answersWhatADestinationIsOwedAndHowFarThatGoes() {
    log.add(block(11, 5, 1, 2, 1));
    FireColumns second = block(14, 6, 1, 1);
    second.skipReason[0] = SkipReason.CATCHUP_WINDOW.code();
    log.add(second);
    assertTrue(log.covers(above(10)));
    LogPage all = log.read(1, above(10));
    assertArrayEquals(new long[] {11, 13, 15}, seqs(all));
    assertEquals(15, all.coveredTo());
    assertEquals(6, all.fires().recordedAtMicros[2]);
    assertArrayEquals(new long[] {13, 15}, seqs(log.read(1, above(12))));
    assertEquals(15, log.read(3, above(12)).coveredTo(), "nothing of it there");
  }

  @Test
  void goesNoFurtherThanAskedFor() {
    log.add(block(11, 5, 1, 1, 1, 1));
    LogPage limited = log.read(1, new LogRead(10, 1_000, 2));
    assertArrayEquals(new long[] {11, 12}, seqs(limited));
    assertEquals(12, limited.coveredTo());
    LogPage cut = log.read(1, new LogRead(11, 13, 100));
    assertArrayEquals(new long[] {12, 13}, seqs(cut));
    assertEquals(13, cut.coveredTo());
  }

  @Test
  void doesNotAnswerForWhatItDoesNotHave() {
    assertFalse(log.covers(above(0)), "nothing yet");
    log.add(block(11, 5, 1, 1));
    assertFalse(log.covers(above(9)), "from before");
    assertFalse(log.covers(above(12)), "not committed");
    // What lies between was not told.
    log.add(block(15, 5, 1));
    assertFalse(log.covers(above(11)));
    assertFalse(log.covers(above(13)));
    assertArrayEquals(new long[] {15}, seqs(log.read(1, above(14))));
  }

  @Test
  void holdsNoMoreThanItsBoundAndNothingThatNobodyAsksFor() {
    log.add(block(11, 5, 1, 1, 1, 1, 1, 1));
    log.add(block(17, 5, 1, 1, 1, 1, 1, 1));
    assertEquals(6, log.size());
    assertFalse(log.covers(above(15)));
    assertTrue(log.covers(above(16)));
    log.forget(21);
    assertTrue(log.covers(above(16)), "half of a commit is not let go");
    log.forget(22);
    assertEquals(0, log.size());
    assertFalse(log.covers(above(22)));
    log.add(block(23, 5, 1));
    assertArrayEquals(new long[] {23}, seqs(log.read(1, above(22))));
  }
}
