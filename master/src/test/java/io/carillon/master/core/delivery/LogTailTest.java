package io.carillon.master.core.delivery;

import static io.carillon.master.core.CommittedBlocks.block;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.FireColumns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogTailTest {

  private final LogTail tail = new LogTail(new CommitQueue(4), new RecentLog(100));
  private final List<String> heard = new ArrayList<>();

  @BeforeEach
  void begin() {
    tail.begin(10);
  }

  private List<String> tell(boolean keep) {
    heard.clear();
    tail.tell(
        new LogTail.Listener() {
          @Override
          public void onCommitted(FireColumns fires) {
            heard.add(fires.firstSeq() + " to " + fires.lastSeq());
          }

          @Override
          public void onLost(long seq) {
            heard.add("lost to " + seq);
          }
        },
        keep);
    return heard;
  }

  @Test
  void commits_are_told_in_order_and_once() {
    tail.offer(block(11, 1, 1, 2));
    tail.offer(block(13, 1, 1));
    assertFalse(tail.isEmpty());
    assertEquals(List.of("11 to 12", "13 to 13"), tell(true));
    assertEquals(13, tail.end());
    assertEquals(List.of(), tell(true));
  }

  @Test
  void what_was_dropped_is_told_to_be_lost_before_what_follows_or_at_the_end() {
    tail.offer(block(11, 1, 1, 1, 1, 1));
    tail.offer(block(15, 1, 1));
    assertEquals(List.of("11 to 14", "lost to 15"), tell(true));
    tail.offer(block(16, 1, 1, 1, 1, 1, 1));
    tail.offer(block(21, 1, 1));
    tail.offer(block(22, 1, 1));
    assertEquals(List.of("16 to 20", "lost to 22"), tell(true));
    tail.offer(block(23, 1, 1));
    assertEquals(List.of("23 to 23"), tell(true));
    // Memory has no more than what follows on the gap.
    assertFalse(tail.recent().covers(new LogRead(14, 100, 10)));
    assertTrue(tail.recent().covers(new LogRead(22, 100, 10)));
  }

  @Test
  void what_nobody_may_ask_for_is_not_kept() {
    tail.offer(block(11, 1, 1));
    assertEquals(List.of("11 to 11"), tell(false));
    assertEquals(0, tail.recent().size());
    tail.offer(block(12, 1, 1));
    assertEquals(List.of("12 to 12"), tell(true));
    assertFalse(tail.recent().covers(new LogRead(10, 100, 10)));
    assertTrue(tail.recent().covers(new LogRead(11, 100, 10)));
  }
}
