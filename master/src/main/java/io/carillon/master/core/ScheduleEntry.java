package io.carillon.master.core;

import java.util.ArrayList;
import java.util.List;

/**
 * A schedule as the core knows it: its version, its open revision, and closed ones that still owe.
 */
final class ScheduleEntry {

  final long schedule;

  /** Of the latest mutation. */
  long version;

  /** Null while nothing is open: paused or deleted. */
  Revision open;

  /** Closed, but not all recorded. */
  private List<Revision> owing = List.of();

  /**
   * Where the mutation that is being written cuts the open revision; {@link Revision#OPEN} if none
   * is.
   */
  long cut = Revision.OPEN;

  boolean deleted;

  ScheduleEntry(long schedule) {
    this.schedule = schedule;
  }

  Revision revision(long wanted) {
    if (open != null && open.version() == wanted) {
      return open;
    }
    for (Revision closed : owing) {
      if (closed.version() == wanted) {
        return closed;
      }
    }
    return null;
  }

  void addOwing(Revision closed) {
    List<Revision> more = new ArrayList<>(owing);
    more.add(closed);
    owing = more;
  }

  List<Revision> owing() {
    return owing;
  }

  /** Forgets closed revisions that owe nothing more. */
  void settle(long watermark, long applied) {
    if (!owing.isEmpty()) {
      List<Revision> left = new ArrayList<>();
      for (Revision closed : owing) {
        if (closed.owes(watermark, applied)) {
          left.add(closed);
        }
      }
      owing = left.isEmpty() ? List.of() : left;
    }
  }

  boolean isForgettable() {
    return deleted && open == null && owing.isEmpty() && cut == Revision.OPEN;
  }
}
