package io.carillon.master.delivery;

import io.carillon.master.core.FireColumns;
import java.util.function.Consumer;

/**
 * The way of commits to the destinations: queued by the core's thread, then, on that of delivery,
 * told to those that they concern and kept for those that are behind.
 */
final class LogTail {

  private static final int COMMITS_PER_ROUND = 20;

  private final CommitQueue commits = new CommitQueue();
  private final RecentLog recent = new RecentLog();
  private final Lanes lanes;
  private long end;

  LogTail(Lanes lanes) {
    this.lanes = lanes;
  }

  /** The log ends here before the first commit that is offered. */
  void begin(long logEnd) {
    commits.begin(logEnd);
    end = logEnd;
  }

  /** A commit is durable. In the order of the log, from one thread; never blocks. */
  void offer(FireColumns fires) {
    commits.offer(fires);
  }

  /** Whether nothing is queued. */
  boolean isEmpty() {
    return commits.isEmpty();
  }

  // ---- the thread of delivery

  /** Every commit up to here has been told to the lanes, or told to be lost. */
  long end() {
    return end;
  }

  RecentLog recent() {
    return recent;
  }

  /** Tells what is queued, or some of it. */
  void tell(Consumer<DeliveryLane> touch) {
    long queuedTo = commits.end();
    for (int i = 0; i < COMMITS_PER_ROUND; i++) {
      CommitQueue.Commit commit = commits.poll();
      if (commit == null) {
        // Whatever there was up to here and is not in the queue was dropped.
        advance(queuedTo, touch);
        return;
      }
      advance(commit.previousEnd(), touch);
      tell(commit.fires(), touch);
    }
  }

  /** The log is known up to here; what has not been seen of it was dropped. */
  private void advance(long to, Consumer<DeliveryLane> touch) {
    if (to > end) {
      for (DeliveryLane lane : lanes.all()) {
        lane.onTailLost(to);
        touch.accept(lane);
      }
      end = to;
    }
  }

  private void tell(FireColumns fires, Consumer<DeliveryLane> touch) {
    if (!lanes.isEmpty()) {
      recent.add(fires);
      int[] destination = fires.destination;
      int[] skipReason = fires.skipReason;
      for (int row = 0; row < fires.size(); row++) {
        DeliveryLane lane = skipReason[row] == 0 ? lanes.get(destination[row]) : null;
        if (lane != null) {
          lane.onCommitted(fires, row);
          touch.accept(lane);
        }
      }
    }
    end = fires.lastSeq();
  }

  /** Lets go of what no destination will ask for. */
  void trim() {
    long needed = end;
    for (DeliveryLane lane : lanes.all()) {
      needed = Math.min(needed, lane.needsAbove());
    }
    recent.forget(needed);
  }
}
