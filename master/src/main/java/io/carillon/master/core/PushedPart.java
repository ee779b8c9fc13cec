package io.carillon.master.core;

import java.util.List;

/**
 * What one batch of a clock node says of one partition. Columns of one length, ordered by nominal
 * time, then schedule; untrusted.
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
    long[] nominal,
    long[] version,
    List<SkippedRun> skipped,
    boolean last) {

  /** Nominal times left out because of the catch-up window: a run of {@code count}. */
  public record SkippedRun(long schedule, long version, long first, long last, long count) {}

  public int size() {
    return schedule.length;
  }
}
