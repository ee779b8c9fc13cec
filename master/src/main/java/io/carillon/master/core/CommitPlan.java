package io.carillon.master.core;

import java.util.List;

/**
 * One commit of the fire path: for each partition the watermark that must be there and the one to
 * put there, and the fires. All or nothing.
 *
 * @param backfills those that end with this commit
 * @param repaired fires of it that are made up for
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
    List<ManualFire> manual,
    List<BackfillFires> backfills,
    List<Repaired> repaired) {

  /** A scheduled fire that the ledger lacked. */
  public record Repaired(long schedule, long nominal) {}

  /**
   * A schedule that is triggered by hand, and who waits for it.
   *
   * @param nominal 0: it gets one as it is taken into a commit
   */
  public record ManualFire(
      long schedule,
      int partition,
      long version,
      int destination,
      Reply<TriggerResult> reply,
      long nominal) {}

  /**
   * Times of a schedule that are made up for, and who waits for them. In a plan: those of which the
   * last times are in it.
   *
   * @param backfill which of the schedule's backfills, from 1 on
   * @param nominals strictly ascending
   */
  public record BackfillFires(
      long schedule,
      int partition,
      long version,
      int destination,
      int backfill,
      long[] nominals,
      Reply<BackfillResult> reply) {}

  /**
   * How the recording of some times of a backfill went.
   *
   * @param reason why nothing more of them is recorded; empty if all are
   */
  public record BackfillResult(boolean recorded, String reason) {}

  /** How a trigger went. */
  public record TriggerResult(long nominal, boolean recorded, String reason) {}
}
