package io.carillon.clocknode.core;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.Arrays;

/**
 * The revisions of one partition that still owe something, ordered by (next due time, schedule).
 *
 * <p>A million of these must fit in a small heap, so a revision is a row across primitive columns
 * and not an object: 48 bytes, and 7 to 14 for its place in the index. Rows are dense (0 to size -
 * 1); a removal moves the last row into the gap. A binary heap of row numbers gives the order, and
 * an open-addressing table finds a revision by (schedule, version).
 */
final class TimerQueue {

  private static final int SMALLEST = 16;

  private long[] due;
  private long[] schedule;
  private long[] version;
  private long[] validTo;
  private CatchUp[] catchUp;
  private Occurrences[] occurrences;

  /** Heap position to row. */
  private int[] heap;

  /** Row to heap position. */
  private int[] place;

  /** Row + 1, or 0 where empty; a power of two long, at most 6/10 full. */
  private int[] index;

  private int size;

  TimerQueue() {
    allocate(SMALLEST);
    index = new int[SMALLEST * 2];
  }

  int size() {
    return size;
  }

  /** When the first is due, or {@link Occurrences#NEVER} if none is. */
  long firstDue() {
    return size == 0 ? Occurrences.NEVER : due[heap[0]];
  }

  long firstSchedule() {
    return schedule[heap[0]];
  }

  long firstVersion() {
    return version[heap[0]];
  }

  long firstValidTo() {
    return validTo[heap[0]];
  }

  CatchUp firstCatchUp() {
    return catchUp[heap[0]];
  }

  Occurrences firstOccurrences() {
    return occurrences[heap[0]];
  }

  /**
   * Adds a row that {@link #order} must put in its place; what is known already stays as it is.
   *
   * @param catchUp equal ones should be the same object
   */
  void append(
      long schedule,
      long version,
      long validTo,
      CatchUp catchUp,
      Occurrences occurrences,
      long due) {
    if (find(schedule, version) >= 0) {
      return;
    }
    if (size == this.due.length) {
      allocate(size + (size >> 1));
    }
    int row = size++;
    this.due[row] = due;
    this.schedule[row] = schedule;
    this.version[row] = version;
    this.validTo[row] = validTo;
    this.catchUp[row] = catchUp;
    this.occurrences[row] = occurrences;
    heap[row] = row;
    place[row] = row;
    if (size * 10L > index.length * 6L) {
      rebuildIndex(index.length * 2);
    } else {
      enter(row);
    }
  }

  /** Adds a row in order. */
  void insert(
      long schedule,
      long version,
      long validTo,
      CatchUp catchUp,
      Occurrences occurrences,
      long due) {
    int before = size;
    append(schedule, version, validTo, catchUp, occurrences, due);
    if (size > before) {
      siftUp(before);
    }
  }

  /**
   * To be followed by {@link #order}: rows up to {@code version} that are due at or before {@code
   * watermark} go on after it, because that part is emitted.
   */
  void passOver(long watermark, long version) {
    for (int row = size - 1; row >= 0; row--) {
      if (this.version[row] <= version && due[row] <= watermark) {
        due[row] = occurrences[row].nextDueAfter(schedule[row], watermark);
        if (due[row] > validTo[row] || due[row] == Occurrences.NEVER) {
          // What was removed or moved before left place and heap in agreement, if not in order.
          remove(row);
        }
      }
    }
  }

  /** Puts all rows in order in linear time, and gives back the room that growing left. */
  void order() {
    if (due.length > size + (size >> 3) + SMALLEST) {
      allocate(size + (size >> 3) + SMALLEST);
    }
    for (int at = (size >> 1) - 1; at >= 0; at--) {
      siftDown(at);
    }
  }

  /** The first row is due next at {@code next}; it goes away if it owes nothing by then. */
  void advanceFirst(long next) {
    int row = heap[0];
    if (next == Occurrences.NEVER || next > validTo[row]) {
      remove(row);
    } else {
      due[row] = next;
      siftDown(0);
    }
  }

  /** As {@link #advanceFirst}, but a row that owes nothing stays, due never, to be settled. */
  void setFirstAside(long next) {
    int row = heap[0];
    due[row] = next > validTo[row] ? Occurrences.NEVER : next;
    siftDown(0);
  }

  /** Sets when a row is due next, or lets it go if it owes nothing by then. */
  void settle(long schedule, long version, long next) {
    int row = find(schedule, version);
    if (row < 0) {
      return;
    }
    if (next == Occurrences.NEVER || next > validTo[row]) {
      remove(row);
    } else {
      due[row] = next;
      int at = place[row];
      siftUp(at);
      siftDown(place[row]);
    }
  }

  /** Lets a row go that was set aside and owes nothing more. */
  void forgetIfDone(long schedule, long version) {
    int row = find(schedule, version);
    if (row >= 0 && due[row] == Occurrences.NEVER) {
      remove(row);
    }
  }

  /** The revision is closed at {@code validTo}: what it owes up to then it still owes. */
  void close(long schedule, long version, long validTo) {
    int row = find(schedule, version);
    if (row < 0) {
      return;
    }
    this.validTo[row] = Math.min(this.validTo[row], validTo);
    if (due[row] > this.validTo[row]) {
      remove(row);
    }
  }

  /** What the arrays take, for the budget of bytes per schedule. */
  long bytes() {
    return 48L * due.length + 4L * index.length;
  }

  private void remove(int row) {
    int at = place[row];
    erase(row);
    int last = size - 1;
    int moved = heap[last];
    size = last;
    if (at != last) {
      heap[at] = moved;
      place[moved] = at;
      siftUp(at);
      siftDown(place[moved]);
    }
    if (row != last) {
      moveRow(last, row);
    }
    occurrences[last] = null;
    catchUp[last] = null;
  }

  private void moveRow(int from, int to) {
    index[slotOf(from)] = to + 1;
    due[to] = due[from];
    schedule[to] = schedule[from];
    version[to] = version[from];
    validTo[to] = validTo[from];
    catchUp[to] = catchUp[from];
    occurrences[to] = occurrences[from];
    place[to] = place[from];
    heap[place[to]] = to;
  }

  private boolean before(int one, int other) {
    return due[one] < due[other] || (due[one] == due[other] && schedule[one] < schedule[other]);
  }

  private void siftUp(int start) {
    int at = start;
    int row = heap[at];
    while (at > 0) {
      int parent = (at - 1) >> 1;
      if (!before(row, heap[parent])) {
        break;
      }
      put(heap[parent], at);
      at = parent;
    }
    put(row, at);
  }

  private void siftDown(int start) {
    int at = start;
    int row = heap[at];
    int half = size >> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], row)) {
        break;
      }
      put(heap[child], at);
      at = child;
    }
    put(row, at);
  }

  private void put(int row, int at) {
    heap[at] = row;
    place[row] = at;
  }

  private void allocate(int rows) {
    due = copy(due, rows);
    schedule = copy(schedule, rows);
    version = copy(version, rows);
    validTo = copy(validTo, rows);
    catchUp = catchUp == null ? new CatchUp[rows] : Arrays.copyOf(catchUp, rows);
    occurrences = occurrences == null ? new Occurrences[rows] : Arrays.copyOf(occurrences, rows);
    heap = heap == null ? new int[rows] : Arrays.copyOf(heap, rows);
    place = place == null ? new int[rows] : Arrays.copyOf(place, rows);
  }

  private static long[] copy(long[] column, int rows) {
    return column == null ? new long[rows] : Arrays.copyOf(column, rows);
  }

  private int find(long schedule, long version) {
    int mask = index.length - 1;
    int slot = hash(schedule, version) & mask;
    while (index[slot] != 0) {
      int row = index[slot] - 1;
      if (this.schedule[row] == schedule && this.version[row] == version) {
        return row;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private int slotOf(int row) {
    int mask = index.length - 1;
    int slot = hash(schedule[row], version[row]) & mask;
    while (index[slot] != row + 1) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void enter(int row) {
    int mask = index.length - 1;
    int slot = hash(schedule[row], version[row]) & mask;
    while (index[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    index[slot] = row + 1;
  }

  /** Takes a row out of the index and closes the gap, so that no search stops short at it. */
  private void erase(int row) {
    int mask = index.length - 1;
    int gap = slotOf(row);
    int slot = gap;
    while (true) {
      slot = (slot + 1) & mask;
      if (index[slot] == 0) {
        break;
      }
      int other = index[slot] - 1;
      int home = hash(schedule[other], version[other]) & mask;
      if (((slot - home) & mask) >= ((slot - gap) & mask)) {
        index[gap] = index[slot];
        gap = slot;
      }
    }
    index[gap] = 0;
  }

  private void rebuildIndex(int slots) {
    index = new int[slots];
    for (int row = 0; row < size; row++) {
      enter(row);
    }
  }

  private static int hash(long schedule, long version) {
    long mixed = (schedule ^ (version * 0x9E3779B97F4A7C15L)) * 0xC2B2AE3D27D4EB4FL;
    return (int) (mixed >>> 32) ^ (int) (mixed >>> 51);
  }
}
