package io.carillon.clocknode.core;

import java.util.List;

/**
 * One partition's step: everything it owes up to the new watermark by revisions up to the applied
 * version. The new watermark is always after the previous one, so a step sent twice is recognised.
 *
 * @param last nothing of this partition follows under this epoch
 */
public record BatchPart(
    int partition,
    long epoch,
    long previousWatermark,
    long previousApplied,
    long newWatermark,
    long appliedVersion,
    EventColumns events,
    List<SkippedRun> skipped,
    boolean last) {

  /** What it counts against the bounds. */
  public int weight() {
    return events.size() + skipped.size();
  }
}
