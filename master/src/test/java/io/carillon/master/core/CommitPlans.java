package io.carillon.master.core;

import java.util.List;

/** Commits as the fire lane makes them, for tests of the store. */
public final class CommitPlans {

  private CommitPlans() {}

  /**
   * Moves partitions 0 to {@code watermarks.length - 1} at epoch 0 to {@code to}, with fires of
   * this schedule in partition 0.
   */
  public static CommitPlan plan(
      long[] watermarks, long to, long firstSeq, long schedule, long... nominals) {
    int n = watermarks.length;
    int[] partitions = new int[n];
    long[] to1 = new long[n];
    for (int i = 0; i < n; i++) {
      partitions[i] = i;
      to1[i] = to;
    }
    FireColumns fires = new FireColumns();
    for (long nominal : nominals) {
      int row = fires.append(nominal, schedule, 2, 0, 0);
      fires.destination[row] = 1;
    }
    fires.seal(firstSeq, to);
    return new CommitPlan(
        partitions,
        new long[n],
        watermarks,
        to1,
        new long[n],
        fires,
        fires.lastSeq(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
