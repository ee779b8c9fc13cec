package io.carillon.clocknode.core;

import java.util.Arrays;

/**
 * Due events as columns of one length, in the order of (nominal time, schedule). Grows while a step
 * is taken; {@link #copy} is what goes into a batch, of exact length and not changed any more.
 */
public final class EventColumns {

  private long[] schedule;
  private long[] nominal;
  private long[] version;
  private int size;

  EventColumns(int capacity) {
    schedule = new long[capacity];
    nominal = new long[capacity];
    version = new long[capacity];
  }

  public int size() {
    return size;
  }

  public long schedule(int at) {
    return schedule[at];
  }

  public long nominal(int at) {
    return nominal[at];
  }

  public long version(int at) {
    return version[at];
  }

  void clear() {
    size = 0;
  }

  void add(long schedule, long nominal, long version) {
    if (size == this.schedule.length) {
      int larger = Math.max(16, size * 2);
      this.schedule = Arrays.copyOf(this.schedule, larger);
      this.nominal = Arrays.copyOf(this.nominal, larger);
      this.version = Arrays.copyOf(this.version, larger);
    }
    this.schedule[size] = schedule;
    this.nominal[size] = nominal;
    this.version[size] = version;
    size++;
  }

  EventColumns copy() {
    EventColumns copy = new EventColumns(0);
    copy.schedule = Arrays.copyOf(schedule, size);
    copy.nominal = Arrays.copyOf(nominal, size);
    copy.version = Arrays.copyOf(version, size);
    copy.size = size;
    return copy;
  }
}
