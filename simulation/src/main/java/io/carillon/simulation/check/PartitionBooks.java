package io.carillon.simulation.check;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.PushedPart;
import io.carillon.simulation.world.EventQueue;
import io.carillon.simulation.world.Trace;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** Whose each partition is, how far it is recorded, and by whose word. */
final class PartitionBooks {

  private final EventQueue queue;
  private final Trace trace;
  private final long clockBound;
  private final String[] owner;
  private final long[] epoch;
  private final long[] watermark;
  private final long[] applied;

  /** When each partition moved last; 0: it never did. */
  private final long[] movedAt;

  /** Of the latest durable mutation of each partition. */
  private final long[] versions;

  /** Partitions that were changed by hand. */
  private final Set<Integer> damaged = new HashSet<>();

  private final PushedSteps steps = new PushedSteps();
  private long longestStandstill;

  /**
   * @param begin the watermark of all partitions at first
   * @param clockBound how far ahead of the reference a leader's clock may be
   */
  PartitionBooks(EventQueue queue, Trace trace, int partitions, long begin, long clockBound) {
    this.queue = queue;
    this.trace = trace;
    this.clockBound = clockBound;
    owner = new String[partitions];
    epoch = new long[partitions];
    watermark = new long[partitions];
    applied = new long[partitions];
    versions = new long[partitions];
    movedAt = new long[partitions];
    Arrays.fill(watermark, begin);
  }

  static String topic(int partition) {
    return "partition " + partition;
  }

  long epoch(int partition) {
    return epoch[partition];
  }

  void pushed(String node, PushedPart part) {
    steps.add(node, part);
  }

  /** The i-th partition of a commit. */
  void moved(CommitPlan plan, int i) {
    int p = plan.partitions()[i];
    long to = plan.newWatermarks()[i];
    Violation.unless(
        to >= watermark[p],
        "S10 monotone",
        "the watermark of partition " + p + " falls by " + (watermark[p] - to),
        topic(p));
    Violation.unless(
        plan.watermarks()[i] == watermark[p],
        "S10 monotone",
        "partition " + p + " is moved from a watermark that it does not have",
        topic(p));
    Violation.unless(
        to <= queue.now() + clockBound,
        "S2 not early",
        "the watermark of partition " + p + " is " + (to - queue.now()) + " µs ahead of time",
        topic(p));
    if (to != watermark[p] || plan.applied()[i] != applied[p]) {
      Violation.unless(
          plan.epochs()[i] == epoch[p]
              && steps.lead(owner[p], p, epoch[p], watermark[p], applied[p], to, plan.applied()[i]),
          "S5 node fencing",
          "nobody who owns partition " + p + " under epoch " + epoch[p] + " said the step to " + to,
          topic(p));
    }
    if (movedAt[p] != 0 && !damaged.contains(p)) {
      longestStandstill = Math.max(longestStandstill, queue.now() - movedAt[p]);
    }
    movedAt[p] = queue.now();
    watermark[p] = to;
    applied[p] = plan.applied()[i];
  }

  void ownerChanged(OwnerChange change) {
    int p = change.partition();
    trace.note(
        topic(p),
        epoch[p],
        () ->
            "partition "
                + p
                + " goes to "
                + change.newOwner()
                + " under epoch "
                + (change.expectedEpoch() + 1)
                + ": "
                + change.reason());
    boolean again =
        change.expectedEpoch() + 1 == epoch[p] && Objects.equals(change.newOwner(), owner[p]);
    Violation.unless(
        change.expectedEpoch() == epoch[p] || again,
        "S4 epochs rise",
        "partition " + p + " changes hands at epoch " + epoch[p],
        topic(p));
    owner[p] = change.newOwner();
    epoch[p] = change.expectedEpoch() + 1;
  }

  /** A mutation became durable. */
  void mutated(int partition, long version) {
    versions[partition] = Math.max(versions[partition], version);
  }

  /** Whether what is recorded of a partition speaks for all its mutations. */
  boolean isApplied(int partition) {
    return applied[partition] >= versions[partition];
  }

  void damaged(int partition) {
    damaged.add(partition);
  }

  boolean isDamaged(int partition) {
    return damaged.contains(partition);
  }

  void setBack(int partition, long to) {
    trace.note(topic(partition), to, () -> "by hand: partition " + partition + " is at " + to);
    watermark[partition] = to;
  }

  void quarantined(int partition, String why) {
    Violation.unless(
        damaged.contains(partition),
        "Q1 only the damaged",
        "partition " + partition + " is set aside: " + why,
        topic(partition));
  }

  /** The longest time between two commits of one partition that nobody damaged. */
  long longestStandstill() {
    return longestStandstill;
  }
}
