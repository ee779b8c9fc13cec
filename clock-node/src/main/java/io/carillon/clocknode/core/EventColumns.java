package io.carillon.clocknode.core;

import java.util.Arrays;

/**
 * Due events as columns of one length, in the order of (due time, schedule). Grows while a step is
 * taken; {@link #copy} is what goes into a batch, of exact length and not changed any more.
 */
public final class EventColumns {

  private long[] schedule;
  private long[] due;
  private long[] version;
  private int size;

  EventColumns(int capacity) {
    schedule = new long[capacity];
    due = new long[capacity];
    version = new long[capacity];
  }

  public int size() {
    return size;
  }

  public long schedule(int at) {
    return schedule[at];
  }

  public long due(int at) {
    return due[at];
  }

  public long version(int at) {
    return version[at];
  }

  void clear() {
    size = 0;
  }

  void add(long schedule, long due, long version) {
    if (size == this.schedule.length) {
      int larger = Math.max(16, size * 2);
      this.schedule = Arrays.copyOf(this.schedule, larger);
      this.due = Arrays.copyOf(this.due, larger);
      this.version = Arrays.copyOf(this.version, larger);
    }
    this.schedule[size] = schedule;
    this.due[size] = due;
    this.version[size] = version;
    size++;
  }

  EventColumns copy() {
    EventColumns copy = new EventColumns(0);
    copy.schedule = Arrays.copyOf(schedule, size);
    copy.due = Arrays.copyOf(due, size);
    copy.version = Arrays.copyOf(version, size);
    copy.size = size;
    return copy;
  }
}
