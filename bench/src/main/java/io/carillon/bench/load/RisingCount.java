package io.carillon.bench.load;

import java.util.Arrays;

/** A count that only rises, looked at now and then: so late as seen, never earlier than true. */
public final class RisingCount {

  private long[] times = new long[1024];
  private long[] counts = new long[1024];
  private int size;

  public void sample(long micros, long count) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    times[size] = micros;
    counts[size] = count;
    size++;
  }

  /** When it was first seen at a count or above; the latest sample if it never was. */
  public long reached(long count) {
    for (int i = 0; i < size; i++) {
      if (counts[i] >= count) {
        return times[i];
      }
    }
    return times[size - 1];
  }

  /** When it was seen, in seconds since a time. */
  public double[] secondsSince(long micros) {
    return Arrays.stream(times, 0, size).mapToDouble(t -> (t - micros) / 1e6).toArray();
  }

  public double[] counts() {
    return Arrays.stream(counts, 0, size).asDoubleStream().toArray();
  }
}
