package io.carillon.master.core;

import io.carillon.common.fire.SkipReason;
import java.util.List;

/**
 * What one batch of a clock node says of one partition. Columns of one length, ordered by due time,
 * then schedule; untrusted.
 *
 * @param last the partition is being released, and this is the last of it
 */
public record PushedPart(
    int partition,
    long epoch,
    long previousWatermark,
    long previousApplied,
    long newWatermark,
    long applied,
    long[] schedule,
    long[] due,
    long[] version,
    List<SkippedRun> skipped,
    boolean last) {

  /** Nominal times left out by the catch-up: a run of {@code count}. */
  public record SkippedRun(
      long schedule, long version, long first, long last, long count, SkipReason reason) {}

  public int size() {
    return schedule.length;
  }

  /** Strictly ascending by (due, schedule): so no event is twice in it. */
  boolean isOrdered() {
    for (int i = 1; i < schedule.length; i++) {
      if (due[i] < due[i - 1] || due[i] == due[i - 1] && schedule[i] <= schedule[i - 1]) {
        return false;
      }
    }
    return true;
  }
}
