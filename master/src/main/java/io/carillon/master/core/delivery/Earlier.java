package io.carillon.master.core.delivery;

import java.util.TreeSet;

/**
 * What was known of the fires ahead when this dispatcher began: what an earlier one, as a rule of
 * an earlier leader, has settled of them and how often it delivered the others. And what has been
 * acknowledged of them since, before they were taken from the log anew.
 */
final class Earlier {

  private final Progress progress;
  private final long logEnd;
  private final int limit;
  private final TreeSet<Long> acked = new TreeSet<>();
  private int place;

  /**
   * @param logEnd what was recorded up to here may have been delivered, though it was not stored
   * @param limit at most so many acknowledgements ahead are kept
   */
  Earlier(Progress progress, long logEnd, int limit) {
    this.progress = progress;
    this.logEnd = logEnd;
    this.limit = limit;
  }

  /** Everything that may have been delivered before lies up to here. */
  long logEnd() {
    return logEnd;
  }

  /**
   * How often a fire was delivered, or {@link Progress#SETTLED}. To be asked in the order of the
   * log.
   */
  int attempts(long seq) {
    if (!acked.isEmpty()) {
      acked.headSet(seq).clear();
      if (acked.contains(seq)) {
        return Progress.SETTLED;
      }
    }
    pass(seq - 1);
    return place == progress.size() ? 0 : progress.attempts(place);
  }

  /** Everything above {@code after} and up to the answer is settled. */
  long settledTo(long after) {
    pass(after);
    return place < progress.size() && progress.attempts(place) == Progress.SETTLED
        ? progress.end(place)
        : after;
  }

  private void pass(long seq) {
    while (place < progress.size() && progress.end(place) <= seq) {
      place++;
    }
  }

  /** A fire ahead is acknowledged; answers whether that was news. */
  boolean ack(long seq) {
    int run = progress.find(seq);
    boolean settled = run < progress.size() && progress.attempts(run) == Progress.SETTLED;
    return !settled && seq <= logEnd && acked.size() < limit && acked.add(seq);
  }

  /** Adds how the fires above {@code taken} stand, none of which has been taken. */
  void describe(long taken, Progress.Builder to) {
    long at = taken;
    for (int i = place; i < progress.size(); i++) {
      if (progress.end(i) > at) {
        describe(at, progress.end(i), progress.attempts(i), to);
        at = progress.end(i);
      }
    }
    if (!acked.isEmpty() && acked.last() > at) {
      describe(at, acked.last(), 0, to);
    }
  }

  private void describe(long after, long end, int attempts, Progress.Builder to) {
    long at = after;
    for (long seq : acked.subSet(after, false, end, true)) {
      if (seq > at + 1) {
        to.add(seq - 1, attempts);
      }
      to.add(seq, Progress.SETTLED);
      at = seq;
    }
    if (at < end) {
      to.add(end, attempts);
    }
  }
}
