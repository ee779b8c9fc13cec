package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;

/**
 * The way of commits to the destinations: queued by the core's thread, then, on that of delivery,
 * told to those that they concern and kept for those that are behind. The numbers of commits follow
 * on each other, so what was dropped on the way shows as a gap, and is told to be lost: it is read
 * back from PostgreSQL.
 */
public class LogTail {

  private static final int COMMITS_PER_ROUND = 20;

  /** Hears of the log, in its order. */
  public interface Listener {
    void onCommitted(FireColumns fires);

    /** Commits up to {@code seq} are not told. */
    void onLost(long seq);
  }

  private final CommitQueue commits;
  private final RecentLog recent;
  private long end;

  public LogTail(CommitQueue commits, RecentLog recent) {
    this.commits = commits;
    this.recent = recent;
  }

  /** The log ends here before the first commit that is offered. */
  void begin(long logEnd) {
    commits.begin(logEnd);
    end = logEnd;
  }

  /** A commit is durable. In the order of the log, from one thread; never blocks. */
  void offer(FireColumns fires) {
    var unused = commits.offer(fires);
  }

  /** Whether nothing is queued. */
  boolean isEmpty() {
    return commits.isEmpty();
  }

  // ---- the thread of delivery

  /** Every commit up to here has been told, or told to be lost. */
  long end() {
    return end;
  }

  RecentLog recent() {
    return recent;
  }

  /**
   * Tells what is queued, or some of it.
   *
   * @param keep whether somebody may ask for it later
   */
  void tell(Listener listener, boolean keep) {
    long queuedTo = commits.end();
    for (int i = 0; i < COMMITS_PER_ROUND; i++) {
      FireColumns fires = commits.poll();
      if (fires == null) {
        // Whatever there was up to here and is not in the queue was dropped.
        advance(queuedTo, listener);
        return;
      }
      advance(fires.firstSeq() - 1, listener);
      if (keep) {
        recent.add(fires);
      }
      listener.onCommitted(fires);
      end = fires.lastSeq();
    }
  }

  /** The log is known up to here; what has not been seen of it was dropped. */
  private void advance(long to, Listener listener) {
    if (to > end) {
      lost(to, listener);
      end = to;
    }
  }

  protected void lost(long to, Listener listener) {
    listener.onLost(to);
  }
}
