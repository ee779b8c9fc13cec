package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import java.util.ArrayDeque;

/**
 * The last commits, for destinations that have fallen behind: what is here they need not read back
 * from PostgreSQL, which is busy recording just then. All destinations share it; it holds what one
 * of them has yet to take, up to a bound.
 */
public class RecentLog {

  /** Looked through in one read, which is not to hold up other destinations. */
  private static final int MAX_LOOK = 200_000;

  private final long maxFires;
  private final ArrayDeque<FireColumns> blocks = new ArrayDeque<>();
  private long fires;

  /** The blocks have all of {@code (from, end]}. */
  private long from;

  private long end;

  /**
   * @param maxFires holds no more than so many
   */
  public RecentLog(long maxFires) {
    this.maxFires = maxFires;
  }

  /** A commit, in the order of the log. One that does not follow on the last begins anew. */
  void add(FireColumns block) {
    if (block.firstSeq() != end + 1) {
      blocks.clear();
      fires = 0;
      from = block.firstSeq() - 1;
    }
    blocks.add(block);
    fires += block.size();
    end = block.lastSeq();
    while (fires > maxFires) {
      removeFirst();
    }
  }

  /** Nobody asks any more for what lies up to here. */
  void forget(long upTo) {
    while (!blocks.isEmpty() && blocks.peek().lastSeq() <= upTo) {
      removeFirst();
    }
  }

  private void removeFirst() {
    FireColumns first = blocks.poll();
    fires -= first.size();
    from = first.lastSeq();
  }

  /** Whether a read can begin here. */
  public boolean covers(LogRead read) {
    return read.after() >= from && read.after() < end;
  }

  /** What PostgreSQL would answer, or the beginning of it. */
  public LogPage read(int destination, LogRead read) {
    Fires found = new Fires(Math.min(read.limit(), 1_024));
    long upTo = Math.min(Math.min(read.upTo(), end), read.after() + MAX_LOOK);
    for (FireColumns block : blocks) {
      if (block.firstSeq() > upTo) {
        break;
      }
      int row = (int) Math.max(0, read.after() + 1 - block.firstSeq());
      int rows = (int) Math.min(block.size(), upTo + 1 - block.firstSeq());
      for (; row < rows; row++) {
        if (block.destination[row] == destination && block.skipReason[row] == 0) {
          found.append(block, row);
          if (found.size() == read.limit()) {
            return new LogPage(found, block.firstSeq() + row);
          }
        }
      }
    }
    return new LogPage(found, upTo);
  }

  public long size() {
    return fires;
  }
}
