package io.carillon.master.core.delivery;

import java.util.HashSet;
import java.util.Set;

/**
 * Reads the table of parked fires in the order of their next time, whenever one of them is due and
 * a subscriber has room.
 *
 * <p>What holds: a row that {@link Redeliveries} does not hold is at or above the place of a sweep
 * under way, or has a next time at or above {@code earliest} or {@code noted}. Rows that are held
 * are read again and then skipped.
 */
final class ParkedSweep {

  /** Rows in a read. */
  static final int PAGE = 500;

  private static final long NEVER = Long.MAX_VALUE;

  private long earliest;
  private long noted = NEVER;
  private boolean sweeping;
  private long placeMicros;
  private long placeSeq;
  private ParkedRead reading;
  // Rows that changed while a read is under way: its answer may show them as they were.
  private final Set<Long> changed = new HashSet<>();

  /**
   * @param earliest no row in the table has a lower next time
   */
  ParkedSweep(long earliest) {
    this.earliest = earliest;
  }

  /** The read to make to have what is due, or null. */
  ParkedRead wanted(long now) {
    if (reading != null) {
      return null;
    }
    if (!sweeping) {
      if (Math.min(earliest, noted) > now) {
        return null;
      }
      sweeping = true;
      placeMicros = Long.MIN_VALUE;
      placeSeq = Long.MIN_VALUE;
      earliest = NEVER;
      noted = NEVER;
    }
    reading = new ParkedRead(placeMicros, placeSeq, PAGE);
    return reading;
  }

  /**
   * @param rows with the attempts made so far
   * @param nextMicros the next time of each
   * @param to is given what is due
   */
  void onRead(
      ParkedRead request, Fires rows, long[] nextMicros, long now, Redeliveries to, Window window) {
    if (request != reading) {
      return;
    }
    reading = null;
    boolean end = rows.size() < request.limit();
    for (int row = 0; row < rows.size(); row++) {
      if (nextMicros[row] > now) {
        earliest = nextMicros[row];
        end = true;
        break;
      }
      if (to.isFull()) {
        end = false;
        break;
      }
      placeMicros = nextMicros[row];
      placeSeq = rows.seq[row];
      if (window.find(placeSeq) >= 0) {
        // Its settlement has been made and not yet been told.
        noted = Math.min(noted, placeMicros);
      } else if (!to.knows(placeSeq) && !changed.contains(placeSeq)) {
        to.take(rows, row);
      }
    }
    changed.clear();
    sweeping = !end;
  }

  void onReadFailed(ParkedRead request) {
    if (request == reading) {
      reading = null;
      changed.clear();
    }
  }

  /** A row was written that is not held. */
  void note(long nextMicros) {
    noted = Math.min(noted, nextMicros);
  }

  /** A row was written or deleted. */
  void changed(long seq) {
    if (reading != null) {
      changed.add(seq);
    }
  }
}
