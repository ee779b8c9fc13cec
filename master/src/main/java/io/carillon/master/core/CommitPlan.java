package io.carillon.master.core;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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

  /**
   * A scheduled fire that the ledger lacked.
   *
   * @param skipped whether it is recorded as skipped
   */
  public record Repaired(int partition, long schedule, long nominal, boolean skipped) {}

  /**
   * Whether the stored watermarks show that a commit without fires happened. It is all or nothing,
   * so one partition that it has moved is proof, whatever was done to another by hand.
   *
   * @param stored the watermark of a partition; null if it has no row
   */
  public boolean isShownBy(IntFunction<Long> stored) {
    boolean movesAny = false;
    boolean allThere = true;
    for (int i = 0; i < partitions.length; i++) {
      boolean moves = newWatermarks[i] != watermarks[i];
      Long found = stored.apply(partitions[i]);
      boolean isThere = found != null && found == newWatermarks[i];
      if (moves && isThere) {
        return true;
      }
      movesAny |= moves;
      allThere &= isThere;
    }
    return !movesAny && allThere;
  }

  /** Those that it moves, and those that only have fires in it, in order. */
  public SortedSet<Integer> partitionsTouched() {
    TreeSet<Integer> touched = new TreeSet<>();
    for (int partition : partitions) {
      touched.add(partition);
    }
    for (int row = 0; row < fires.size(); row++) {
      touched.add(fires.partition[row]);
    }
    return touched;
  }

  /** What of it is of one partition. */
  public CommitPlan only(int partition) {
    return filtered(p -> p == partition);
  }

  /** The same without some partitions: what comes after them in the log moves up. */
  CommitPlan without(Set<Integer> others) {
    return filtered(p -> !others.contains(p));
  }

  /** The same, which moves no partition, with one at which it leaves the end of the log. */
  CommitPlan keptWith(PartitionState partition) {
    return new CommitPlan(
        new int[] {partition.id},
        new long[] {partition.epoch},
        new long[] {partition.watermark},
        new long[] {partition.takenWatermark},
        new long[] {partition.takenApplied},
        fires,
        lastSeq,
        parts,
        manual,
        backfills,
        repaired);
  }

  private CommitPlan filtered(IntPredicate stays) {
    int[] at =
        IntStream.range(0, partitions.length).filter(i -> stays.test(partitions[i])).toArray();
    FireColumns kept = fires.only(stays);
    return new CommitPlan(
        IntStream.of(at).map(i -> partitions[i]).toArray(),
        IntStream.of(at).mapToLong(i -> epochs[i]).toArray(),
        IntStream.of(at).mapToLong(i -> watermarks[i]).toArray(),
        IntStream.of(at).mapToLong(i -> newWatermarks[i]).toArray(),
        IntStream.of(at).mapToLong(i -> applied[i]).toArray(),
        kept,
        lastSeq - (fires.size() - kept.size()),
        parts.stream().filter(queued -> stays.test(queued.part().partition())).toList(),
        manual.stream().filter(fire -> stays.test(fire.partition())).toList(),
        backfills.stream().filter(fires -> stays.test(fires.partition())).toList(),
        repaired.stream().filter(fire -> stays.test(fire.partition())).toList());
  }

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
   * @param version the revision in whose name they fire
   * @param backfill which of the schedule's backfills, 1 to {@code FireKind.MAX_BACKFILL}
   * @param nominals strictly ascending, none after the moment of asking; not to be changed any more
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
