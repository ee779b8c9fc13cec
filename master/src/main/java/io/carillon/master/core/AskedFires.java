package io.carillon.master.core;

import io.carillon.common.fire.FireKind;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.BackfillResult;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.MasterCommand.Answer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;

/**
 * Fires beside the spec that clients asked for and that no commit has taken yet: single ones, and
 * those of backfills, which take what room a commit has left.
 */
final class AskedFires {

  static final int MAX_BACKFILLS = 256;

  /** So that what is due does not wait long for what is not. */
  static final int BACKFILL_PER_COMMIT = 1_000;

  /** A day that the log does not have yet is a table to make, which takes milliseconds. */
  static final int DAYS_PER_COMMIT = 2;

  private static final String GONE = "SCHEDULE_NOT_FOUND";

  /** The partition of the schedule is set aside until it is repaired. */
  static final String QUARANTINED = "PARTITION_QUARANTINED";

  private static final long DAY = 86_400_000_000L;

  private final PartitionState[] partitions;
  private final ArrayDeque<ManualFire> manual = new ArrayDeque<>();
  private final ArrayDeque<BackfillFires> backfills = new ArrayDeque<>();

  /** How many times of the first backfill are taken. */
  private int begun;

  private long lastManualNominal = Long.MIN_VALUE;

  AskedFires(PartitionState[] partitions) {
    this.partitions = partitions;
  }

  boolean isEmpty() {
    return manual.isEmpty() && backfills.isEmpty();
  }

  /** Takes a single one, or answers why not. */
  void add(ManualFire fire, List<MasterCommand> out) {
    if (isGone(fire.partition(), fire.schedule())) {
      out.add(new Answer<>(fire.reply(), new TriggerResult(0, false, GONE)));
    } else if (partitions[fire.partition()].quarantine != null) {
      out.add(new Answer<>(fire.reply(), new TriggerResult(0, false, QUARANTINED)));
    } else {
      manual.add(fire);
    }
  }

  /** Takes times of a backfill, or answers why not. */
  void add(BackfillFires fires, long now, List<MasterCommand> out) {
    String refusal = refusal(fires, now);
    if (refusal.isEmpty()) {
      backfills.add(fires);
    } else {
      out.add(new Answer<>(fires.reply(), new BackfillResult(false, refusal)));
    }
  }

  /** Empty if there is no reason. */
  private String refusal(BackfillFires fires, long now) {
    if (fires.backfill() < 1 || fires.backfill() > FireKind.MAX_BACKFILL) {
      return "BACKFILL_OUT_OF_RANGE";
    }
    long before = -1;
    for (long nominal : fires.nominals()) {
      if (nominal <= before || nominal > now) {
        return "TIMES_NOT_ASCENDING_AND_PAST";
      }
      before = nominal;
    }
    if (isGone(fires.partition(), fires.schedule())) {
      return GONE;
    }
    if (partitions[fires.partition()].quarantine != null) {
      return QUARANTINED;
    }
    return backfills.size() >= MAX_BACKFILLS ? "OVERLOADED" : "";
  }

  /** Answers those of partitions that have been set aside: of a refused commit, and waiting. */
  void drop(CommitPlan refused, Set<Integer> aside, List<MasterCommand> out) {
    refused.manual().forEach(fire -> drop(fire, aside, out));
    refused.backfills().forEach(fires -> drop(fires, aside, out));
    manual.removeIf(fire -> drop(fire, aside, out));
    BackfillFires first = backfills.peek();
    backfills.removeIf(fires -> drop(fires, aside, out));
    if (backfills.peek() != first) {
      begun = 0;
    }
  }

  private static boolean drop(ManualFire fire, Set<Integer> aside, List<MasterCommand> out) {
    if (aside.contains(fire.partition())) {
      out.add(new Answer<>(fire.reply(), new TriggerResult(0, false, QUARANTINED)));
      return true;
    }
    return false;
  }

  private static boolean drop(BackfillFires fires, Set<Integer> aside, List<MasterCommand> out) {
    if (aside.contains(fires.partition())) {
      out.add(new Answer<>(fires.reply(), new BackfillResult(false, QUARANTINED)));
      return true;
    }
    return false;
  }

  private boolean isGone(int partition, long schedule) {
    ScheduleEntry entry = partitions[partition].entry(schedule);
    return entry == null || entry.deleted;
  }

  /** Answers those that a commit has made durable. */
  static void recorded(CommitPlan plan, List<MasterCommand> out) {
    for (ManualFire fire : plan.manual()) {
      out.add(new Answer<>(fire.reply(), new TriggerResult(fire.nominal(), true, "")));
    }
    for (BackfillFires backfill : plan.backfills()) {
      out.add(new Answer<>(backfill.reply(), new BackfillResult(true, "")));
    }
  }

  /** The nominal time of a single fire: no other one has it. It may be a little ahead of now. */
  long newNominal(long now) {
    lastManualNominal = Math.max(now, lastManualNominal + 1);
    return lastManualNominal;
  }

  /**
   * All single ones, each with a nominal time of its own.
   *
   * @return the latest of these ever given; it may be a little ahead of now
   */
  long takeManual(FireColumns fires, List<ManualFire> taken, long now) {
    for (ManualFire fire; (fire = manual.poll()) != null; ) {
      long nominal = fire.nominal() != 0 ? fire.nominal() : newNominal(now);
      taken.add(
          new ManualFire(
              fire.schedule(),
              fire.partition(),
              fire.version(),
              fire.destination(),
              fire.reply(),
              nominal));
      PartitionState partition = partitions[fire.partition()];
      int row =
          fires.append(nominal, fire.schedule(), fire.version(), partition.id, partition.epoch);
      fires.destination[row] = fire.destination();
      fires.kind[row] = FireKind.MANUAL.code(0);
    }
    return lastManualNominal;
  }

  /**
   * Times of backfills, in the order in which they were asked for.
   *
   * @param room at most so many
   * @param ended gets the backfills of which the last times are taken
   */
  void takeBackfills(
      FireColumns fires, int room, List<BackfillFires> ended, List<MasterCommand> out) {
    int left = Math.min(room, BACKFILL_PER_COMMIT);
    int days = 0;
    long day = Long.MIN_VALUE;
    for (BackfillFires first; (first = backfills.peek()) != null; ) {
      if (isGone(first.partition(), first.schedule())) {
        out.add(new Answer<>(first.reply(), new BackfillResult(false, GONE)));
        next();
        continue;
      }
      PartitionState partition = partitions[first.partition()];
      for (; begun < first.nominals().length; begun++) {
        long nominal = first.nominals()[begun];
        boolean newDay = Math.floorDiv(nominal, DAY) != day;
        if (left <= 0 || newDay && days == DAYS_PER_COMMIT) {
          return;
        }
        left--;
        days += newDay ? 1 : 0;
        day = Math.floorDiv(nominal, DAY);
        int row =
            fires.append(nominal, first.schedule(), first.version(), partition.id, partition.epoch);
        fires.destination[row] = first.destination();
        fires.kind[row] = FireKind.BACKFILL.code(first.backfill());
      }
      ended.add(first);
      next();
    }
  }

  private void next() {
    backfills.poll();
    begun = 0;
  }
}
