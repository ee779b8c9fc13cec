package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commits on their way from the core's thread to that of delivery: the one class here that two
 * threads use. Never blocks the core and holds a bounded number of fires: when delivery is behind
 * it drops commits. That shows: what is taken out does not follow on what was taken before, or does
 * not go to the {@link #end}.
 */
public class CommitQueue {

  private final ConcurrentLinkedQueue<FireColumns> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong held = new AtomicLong();
  private final long maxFires;
  private volatile long end;

  /**
   * @param maxFires while it holds so many, what is offered is dropped
   */
  public CommitQueue(long maxFires) {
    this.maxFires = maxFires;
  }

  /** What was committed before the first {@link #offer}. */
  void begin(long logEnd) {
    end = logEnd;
  }

  /** For the core's thread, in the order of the log; answers whether it was not dropped. */
  public boolean offer(FireColumns fires) {
    boolean taken = held.get() < maxFires;
    if (taken) {
      held.addAndGet(fires.size());
      queue.add(fires);
    }
    end = fires.lastSeq();
    return taken;
  }

  /** The next one that was not dropped, or null. */
  FireColumns poll() {
    FireColumns fires = queue.poll();
    if (fires != null) {
      held.addAndGet(-fires.size());
    }
    return fires;
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
