package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;

/**
 * A queue of fires with rising {@code seq}. Takes memory for what it holds, not for what it may
 * hold: its length is a power of two that doubles when full, and falls back when it runs empty.
 */
final class FireRing {

  private static final int SMALLEST = 16;

  private Fires columns = new Fires(SMALLEST);
  private int length = SMALLEST;
  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isFull() {
    return size == length;
  }

  /** How many fires it has memory for. */
  int length() {
    return length;
  }

  Fires columns() {
    return columns;
  }

  /** Where in the columns the i-th fire is. */
  int slot(int i) {
    return (head + i) & (length - 1);
  }

  long seq(int i) {
    return columns.seq[slot(i)];
  }

  int add(Fires from, int row) {
    int slot = nextSlot();
    columns.copy(from, row, slot);
    return slot;
  }

  int add(FireColumns from, int row) {
    int slot = nextSlot();
    columns.copy(from, row, slot);
    return slot;
  }

  /** A place in the log without a fire. */
  int add(long seq) {
    int slot = nextSlot();
    columns.seq[slot] = seq;
    return slot;
  }

  private int nextSlot() {
    if (isFull()) {
      grow();
    }
    return slot(size++);
  }

  /** Doubles the length: afterwards the i-th fire is in slot i. */
  void grow() {
    Fires longer = new Fires(length * 2);
    for (int i = 0; i < size; i++) {
      longer.copy(columns, slot(i), i);
    }
    columns = longer;
    length *= 2;
    head = 0;
  }

  void removeFirst() {
    head = slot(1);
    size--;
  }

  /** Empties it and gives its memory back. */
  void clear() {
    size = 0;
    head = 0;
    if (length > SMALLEST) {
      columns = new Fires(SMALLEST);
      length = SMALLEST;
    }
  }

  /** Index of the first fire with a seq of this or above; its size if there is none. */
  int indexOf(long seq) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (seq(middle) < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
