package io.carillon.master.core.delivery;

import java.util.Arrays;

/**
 * How the fires of a destination above a cursor stand: runs of the log, one after the other, in
 * each of which all its fires stand alike. They are settled, or parked with a row of their own; or
 * they are not, and were delivered so many times. Fires above the last run were never delivered.
 * Fires of others lie in between and do not matter, so there are at most twice as many runs as
 * there are unsettled fires, and one more. Immutable.
 */
public final class Progress {

  public static final Progress NONE = new Progress(new long[0], new int[0]);

  /** In place of a number of attempts: nothing is left to do. */
  public static final int SETTLED = -1;

  private final long[] ends;
  private final int[] attempts;

  private Progress(long[] ends, int[] attempts) {
    this.ends = ends;
    this.attempts = attempts;
  }

  public int size() {
    return ends.length;
  }

  /** The last seq of a run; rising. */
  public long end(int run) {
    return ends[run];
  }

  /** How often each fire of a run was delivered, unsettled; or {@link #SETTLED}. */
  public int attempts(int run) {
    return attempts[run];
  }

  /** The first run that ends at this seq or above; their number if there is none. */
  int find(long seq) {
    int place = Arrays.binarySearch(ends, seq);
    return place < 0 ? -place - 1 : place;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Progress that
        && Arrays.equals(ends, that.ends)
        && Arrays.equals(attempts, that.attempts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ends) + Arrays.hashCode(attempts);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ends.length; i++) {
      text.append(i == 0 ? "" : ", ").append("to ").append(ends[i]).append(' ');
      text.append(attempts[i] == SETTLED ? "settled" : attempts[i]);
    }
    return text.toString();
  }

  /** Makes one, run by run. */
  public static final class Builder {
    private long[] ends = new long[8];
    private int[] attempts = new int[8];
    private int size;

    /** What follows on the last run, up to this seq, which is above it. */
    public Builder add(long end, int attempt) {
      if (size > 0 && attempts[size - 1] == attempt) {
        ends[size - 1] = end;
        return this;
      }
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, size * 2);
        attempts = Arrays.copyOf(attempts, size * 2);
      }
      ends[size] = end;
      attempts[size++] = attempt;
      return this;
    }

    /** The end of the last run, or this if there is none. */
    long endOr(long other) {
      return size == 0 ? other : ends[size - 1];
    }

    public Progress build() {
      return size == 0
          ? NONE
          : new Progress(Arrays.copyOf(ends, size), Arrays.copyOf(attempts, size));
    }
  }
}
