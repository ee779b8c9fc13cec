package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;

/**
 * The fires of one destination in log order, each once: from memory at the tail, read back from
 * PostgreSQL when behind.
 *
 * <p>What holds, with {@code taken <= readTo}: every fire up to {@code taken} has been taken;
 * {@code ready} has all of {@code (taken, readTo]}; {@code tail} has all of {@code (tailFrom, end
 * of the log]}. So the switch to the tail is safe exactly when {@code readTo >= tailFrom}, and a
 * tail that overflows only has to raise {@code tailFrom}.
 */
final class LogFeed {

  private static final long NO_TAIL = Long.MAX_VALUE;

  private final DeliveryLimits limits;
  private final FireRing ready = new FireRing();
  private final FireRing tail = new FireRing();
  private long taken;
  private long readTo;
  private long tailFrom = NO_TAIL;
  private LogRead reading;

  LogFeed(DeliveryLimits limits, long cursor) {
    this.limits = limits;
    this.taken = cursor;
    this.readTo = cursor;
  }

  boolean isOpen() {
    return tailFrom != NO_TAIL;
  }

  /** From now on every commit is told; the log ends at {@code logEnd}. */
  void open(long logEnd) {
    tail.clear();
    tailFrom = logEnd;
  }

  /** Commits are no longer told; what was read and not taken is forgotten. */
  void close() {
    tail.clear();
    ready.clear();
    tailFrom = NO_TAIL;
    readTo = taken;
    reading = null;
  }

  void onCommitted(FireColumns block, int row) {
    if (!isOpen()) {
      return;
    }
    if (tail.size() >= limits.tail()) {
      tailFrom = tail.seq(0);
      tail.removeFirst();
    }
    tail.add(block, row);
  }

  /** Commits up to {@code seq} were not told. */
  void onTailLost(long seq) {
    if (isOpen()) {
      tail.clear();
      tailFrom = seq;
    }
  }

  /**
   * Nothing up to here needs to be taken; answers whether that spares reading. Only what comes next
   * is passed over, not what was read already.
   */
  boolean skip(long upTo) {
    if (!isOpen() || reading != null || !ready.isEmpty() || readTo >= Math.min(upTo, tailFrom)) {
      return false;
    }
    readTo = upTo;
    taken = upTo;
    return true;
  }

  /** The read to make to come nearer to the tail, or null. */
  LogRead wanted() {
    if (!isOpen()
        || reading != null
        || readTo >= tailFrom
        || ready.size() > limits.readAhead() / 2) {
      return null;
    }
    reading = new LogRead(readTo, tailFrom, limits.readAhead());
    return reading;
  }

  /** No read will ask for what lies up to here. */
  long readTo() {
    return isOpen() ? readTo : Long.MAX_VALUE;
  }

  /** Everything in {@code (request.after, coveredTo]} that is the destination's. */
  void onRead(LogRead request, Fires rows, long coveredTo) {
    if (request != reading) {
      return;
    }
    reading = null;
    for (int row = 0; row < rows.size(); row++) {
      ready.add(rows, row);
    }
    readTo = coveredTo;
    if (ready.isEmpty()) {
      taken = readTo;
    }
  }

  void onReadFailed(LogRead request) {
    if (request == reading) {
      reading = null;
    }
  }

  /**
   * The queue whose first fire is the next one, or null if there is none in memory.
   *
   * @param logEnd every commit up to here has been told
   */
  FireRing next(long logEnd) {
    if (!ready.isEmpty()) {
      return ready;
    }
    if (!isOpen() || readTo < tailFrom) {
      return null;
    }
    while (!tail.isEmpty() && tail.seq(0) <= readTo) {
      tail.removeFirst();
    }
    if (!tail.isEmpty()) {
      return tail;
    }
    // At the tail with nothing left: everything up to the end of the log was somebody else's.
    readTo = Math.max(readTo, logEnd);
    taken = readTo;
    tailFrom = Math.max(tailFrom, logEnd);
    return null;
  }

  /** The first fire of {@link #next} has been taken. */
  void take(FireRing from) {
    taken = from.seq(0);
    from.removeFirst();
    if (from == tail) {
      readTo = taken;
      tailFrom = taken;
    } else if (from.isEmpty()) {
      taken = readTo;
      from.clear();
    }
  }

  /** Every fire up to here has been taken. */
  long taken() {
    return taken;
  }

  /** Fires held. */
  int held() {
    return ready.size() + tail.size();
  }
}
