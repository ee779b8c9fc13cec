package io.carillon.master.delivery;

import io.carillon.master.core.FireColumns;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commits on their way from the core's thread to that of delivery. Never blocks the core and holds
 * a bounded number of fires: when delivery is behind it drops commits, but never silently, and they
 * are read back from PostgreSQL.
 */
final class CommitQueue {

  private static final long MAX_FIRES = 200_000;

  /**
   * @param previousEnd the last seq of the commit before, whether it was dropped or not
   */
  record Commit(FireColumns fires, long previousEnd) {}

  private final ConcurrentLinkedQueue<Commit> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong held = new AtomicLong();
  private volatile long end;

  /** What was committed before the first {@link #offer}. */
  void begin(long logEnd) {
    end = logEnd;
  }

  /** For the core's thread, in the order of the log. */
  void offer(FireColumns fires) {
    long previousEnd = end;
    if (held.get() < MAX_FIRES) {
      held.addAndGet(fires.size());
      queue.add(new Commit(fires, previousEnd));
    }
    end = fires.lastSeq();
  }

  /** The next one that was not dropped, or null. */
  Commit poll() {
    Commit commit = queue.poll();
    if (commit != null) {
      held.addAndGet(-commit.fires().size());
    }
    return commit;
  }

  /**
   * The last seq offered. Of what is read here, everything that was not dropped is in the queue.
   */
  long end() {
    return end;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }
}
