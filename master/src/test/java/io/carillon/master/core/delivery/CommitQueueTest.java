package io.carillon.master.core.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carillon.master.core.CommittedBlocks;
import org.junit.jupiter.api.Test;

class CommitQueueTest {

  @Test
  void whatIsDroppedShowsAsAGapBeforeTheNextCommitOrAtTheEnd() {
    CommitQueue queue = new CommitQueue(200_000);
    queue.begin(10);
    queue.offer(CommittedBlocks.block(11, 1, new int[200_000]));
    queue.offer(CommittedBlocks.block(200_011, 1, 1, 1));
    assertEquals(200_012, queue.end());
    assertEquals(11, queue.poll().firstSeq());
    assertNull(queue.poll());
    queue.offer(CommittedBlocks.block(200_015, 1, 1));
    assertEquals(200_015, queue.poll().firstSeq());
    assertEquals(200_015, queue.end());
  }
}
