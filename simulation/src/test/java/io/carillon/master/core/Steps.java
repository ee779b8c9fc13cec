package io.carillon.master.core;

import java.util.List;

/** Commits as the fire lane makes them. */
public final class Steps {

  private Steps() {}

  /**
   * Moves partitions 0 to {@code from.length - 1} at an epoch, with fires of a schedule in
   * partition 0 for destination 1.
   */
  public static CommitPlan step(
      long epoch, long[] from, long to, long firstSeq, long schedule, long... nominals) {
    int n = from.length;
    int[] partitions = new int[n];
    long[] epochs = new long[n];
    long[] ends = new long[n];
    for (int i = 0; i < n; i++) {
      partitions[i] = i;
      epochs[i] = epoch;
      ends[i] = to;
    }
    FireColumns fires = new FireColumns();
    for (long nominal : nominals) {
      int row = fires.append(nominal, schedule, 2, 0, epoch);
      fires.destination[row] = 1;
    }
    fires.seal(firstSeq, to);
    return new CommitPlan(
        partitions,
        epochs,
        from,
        ends,
        new long[n],
        fires,
        fires.lastSeq(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
