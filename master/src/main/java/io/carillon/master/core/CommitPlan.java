package io.carillon.master.core;

import java.util.List;

/**
 * One commit of the fire path: for each partition the watermark that must be there and the one to
 * put there, and the fires. All or nothing.
 */
public record CommitPlan(
    int[] partitions,
    long[] epochs,
    long[] watermarks,
    long[] newWatermarks,
    long[] applied,
    FireColumns fires,
    long lastSeq,
    List<PartitionState.QueuedPart> parts,
    List<ManualFire> manual) {

  /** A schedule that is triggered by hand, and who waits for it. */
  public record ManualFire(
      long schedule,
      int partition,
      long version,
      int destination,
      Reply<TriggerResult> reply,
      long nominal) {}

  /** How a trigger went. */
  public record TriggerResult(long nominal, boolean recorded, String reason) {}
}
