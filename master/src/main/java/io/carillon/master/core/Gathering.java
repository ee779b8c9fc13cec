package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.Repaired;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.PartitionState.QueuedPart;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One commit as it grows, and the checks of what enters it: see {@link FireLane}. */
final class Gathering {

  private enum Verdict {
    ACCEPT,
    DROP,
    /** A mutation that is being written decides about this event: wait for it. */
    HOLD
  }

  private final Counters counters;
  private final int maxCommitEvents;
  private long now;

  /** When the first part that is ahead of the leader's clock may go on. */
  private long heldUntil = Occurrences.NEVER;

  private FireColumns fires = new FireColumns();

  /** By partition. */
  private final Map<Integer, Step> steps = new LinkedHashMap<>();

  private final List<QueuedPart> parts = new ArrayList<>();
  private final List<ManualFire> taken = new ArrayList<>();
  private final List<BackfillFires> backfills = new ArrayList<>();
  private final List<Repaired> repaired = new ArrayList<>();

  Gathering(Counters counters, int maxCommitEvents) {
    this.counters = counters;
    this.maxCommitEvents = maxCommitEvents;
  }

  /** What is taken from here on is taken at this time. */
  void begin(long time) {
    now = time;
    heldUntil = Occurrences.NEVER;
  }

  long heldUntil() {
    return heldUntil;
  }

  /** Whether anything is in it that was pushed. */
  boolean hasTaken() {
    return !steps.isEmpty();
  }

  boolean isEmpty() {
    return steps.isEmpty() && fires.size() == 0 && backfills.isEmpty();
  }

  /** Before {@link #plan} has to, as what comes then is waited for. */
  void arrange() {
    fires.arrange();
  }

  /**
   * Takes what clients asked for and what is made up for, as far as there is room.
   *
   * @return the latest nominal time ever given to one by hand; it may be a little ahead of now
   */
  long take(AskedFires asked, Repairs repairs, long sealedAt, List<MasterCommand> out) {
    long latest = asked.takeManual(fires, taken, sealedAt);
    repairs.take(fires, maxCommitEvents - fires.size(), repaired, sealedAt);
    asked.takeBackfills(fires, maxCommitEvents - fires.size(), backfills, out);
    return latest;
  }

  boolean isFull() {
    return fires.size() >= maxCommitEvents;
  }

  /** Partitions have been set aside: takes what is of them out again. */
  void drop(Set<Integer> aside) {
    if (steps.keySet().removeAll(aside)) {
      refuse(parts, aside);
      parts.removeIf(queued -> aside.contains(queued.part().partition()));
      fires = fires.only(id -> !aside.contains(id));
    }
  }

  /** Takes or refuses the first part of a queue; false if there is none, or it must wait. */
  boolean takeFrom(PartitionState partition) {
    QueuedPart queued = partition.queue.peek();
    if (queued == null) {
      return false;
    }
    PushedPart part = queued.part();
    if (part.newWatermark() > now && part.newWatermark() <= now + FireLane.AHEAD_TOLERANCE) {
      heldUntil = Math.min(heldUntil, part.newWatermark());
      return false;
    }
    Step begun = steps.get(partition.id);
    Step step = begun == null ? new Step(partition) : begun;
    Refusal.Reason fault = fault(step, part);
    if (fault != null) {
      refuse(partition, fault);
    } else if (!step.isContinuedBy(part)) {
      partition.queue.poll();
      counters.add(Counter.DUPLICATE_PARTS);
      queued.batch().settle();
    } else if (take(step, part)) {
      partition.queue.poll();
      parts.add(queued);
      steps.put(partition.id, step);
    } else {
      return false;
    }
    return true;
  }

  private Refusal.Reason fault(Step step, PushedPart part) {
    PartitionState partition = step.partition;
    if (part.epoch() != partition.epoch || partition.owner == null) {
      return Refusal.Reason.STALE_EPOCH;
    }
    if (part.newWatermark() > now + FireLane.AHEAD_TOLERANCE
        || part.newWatermark() < part.previousWatermark()
        || part.applied() < part.previousApplied()
        || part.applied() > partition.durableVersion
        || !part.isOrdered()
        || SkipChecks.hasOverlap(part.skipped())) {
      return Refusal.Reason.MALFORMED;
    }
    boolean recordedBefore =
        part.newWatermark() <= step.watermark && part.applied() <= step.applied;
    return step.isContinuedBy(part) || recordedBefore ? null : Refusal.Reason.WATERMARK_MISMATCH;
  }

  /** Refuses the head of the queue, and with it what was to follow on it. */
  private void refuse(PartitionState partition, Refusal.Reason reason) {
    for (QueuedPart queued; (queued = partition.queue.poll()) != null; ) {
      counters.add(
          switch (reason) {
            case STALE_EPOCH -> Counter.REFUSED_STALE_EPOCH;
            case WATERMARK_MISMATCH -> Counter.REFUSED_WATERMARK_MISMATCH;
            case MALFORMED -> Counter.REFUSED_MALFORMED;
          });
      queued.batch().refuse(queued.part(), reason);
      if (reason == Refusal.Reason.STALE_EPOCH) {
        return;
      }
    }
  }

  /** Checks and adds the events of a part; false, with nothing added, if it must wait. */
  private boolean take(Step step, PushedPart part) {
    int sizeBefore = fires.size();
    Map<Long, List<SkippedRun>> skipped = SkipChecks.bySchedule(part.skipped());
    for (int i = 0; i < part.size(); i++) {
      long schedule = part.schedule()[i];
      long due = part.due()[i];
      ScheduleEntry entry = step.partition.entry(schedule);
      Revision revision = entry == null ? null : entry.revision(part.version()[i]);
      Verdict verdict = verdict(step, part, entry, revision, due, due);
      if (verdict == Verdict.ACCEPT) {
        add(step, part, revision, due, skipped);
      } else if (verdict == Verdict.HOLD) {
        fires.truncate(sizeBefore);
        return false;
      }
    }
    for (SkippedRun run : part.skipped()) {
      if (!take(step, part, run)) {
        fires.truncate(sizeBefore);
        return false;
      }
    }
    step.moveTo(part);
    return true;
  }

  private void add(
      Step step,
      PushedPart part,
      Revision revision,
      long due,
      Map<Long, List<SkippedRun>> skipped) {
    long nominal = revision.nominalDueAt(due);
    if (nominal == Occurrences.NEVER_BEFORE) {
      counters.add(Counter.DROPPED_NOT_AN_OCCURRENCE);
    } else if (nominal <= revision.nominalAfter()) {
      counters.add(Counter.DROPPED_OUT_OF_RANGE);
    } else if (step.partition.stands(revision.schedule(), nominal)) {
      counters.add(Counter.FOUND_RECORDED);
    } else if (!SkipChecks.isSkipped(skipped, revision.schedule(), nominal)) {
      int row =
          fires.append(
              nominal, revision.schedule(), revision.version(), step.partition.id, part.epoch());
      fires.destination[row] = revision.destination();
    }
  }

  private boolean take(Step step, PushedPart part, SkippedRun said) {
    ScheduleEntry entry = step.partition.entry(said.schedule());
    Revision revision = entry == null ? null : entry.revision(said.version());
    if (revision != null && !SkipChecks.isRun(said, revision)) {
      counters.add(Counter.DROPPED_OUT_OF_RANGE);
      return true;
    }
    SkippedRun run = revision == null ? said : SkipChecks.upToItsEnd(said, revision);
    Verdict verdict =
        revision == null
            ? verdict(step, part, entry, null, said.first(), said.last())
            : verdict(
                step,
                part,
                entry,
                revision,
                revision.times().dueOf(run.schedule(), run.first()),
                revision.times().dueOf(run.schedule(), run.last()));
    if (verdict != Verdict.ACCEPT) {
      return verdict == Verdict.DROP;
    }
    if (!SkipChecks.mayBeSkipped(said, revision, part.applied(), now + FireLane.AHEAD_TOLERANCE)) {
      counters.add(Counter.DROPPED_OUT_OF_RANGE);
    } else if (step.partition.standing == null) {
      add(step, part, revision, run);
    } else {
      for (SkippedRun left : step.partition.standing.without(run, revision.times())) {
        add(step, part, revision, left);
      }
    }
    return true;
  }

  private void add(Step step, PushedPart part, Revision revision, SkippedRun run) {
    int row =
        fires.append(
            run.first(), run.schedule(), revision.version(), step.partition.id, part.epoch());
    fires.destination[row] = revision.destination();
    fires.lastNominalMicros[row] = run.last();
    fires.skippedCount[row] = run.count();
    fires.skipReason[row] = run.reason().code();
  }

  /** For what is due from first to last. */
  private Verdict verdict(
      Step step, PushedPart part, ScheduleEntry entry, Revision revision, long first, long last) {
    if (entry == null) {
      counters.add(Counter.DROPPED_UNKNOWN_SCHEDULE);
      return Verdict.DROP;
    }
    if (revision == null || last > revision.validTo()) {
      counters.add(Counter.DROPPED_CLOSED_REVISION);
      return Verdict.DROP;
    }
    if (revision == entry.open && last > entry.cut) {
      return Verdict.HOLD;
    }
    if (first <= revision.owesAfter(step.watermark, step.applied)
        || last > part.newWatermark()
        || last < first
        || revision.version() > part.applied()) {
      counters.add(Counter.DROPPED_OUT_OF_RANGE);
      return Verdict.DROP;
    }
    return Verdict.ACCEPT;
  }

  /**
   * Ends it. There must be something in it.
   *
   * @param some chooses the partition of a commit that moves none
   */
  CommitPlan plan(long firstSeq, long recordedAt, Function<FireColumns, PartitionState> some) {
    if (steps.isEmpty()) {
      PartitionState chosen = some.apply(fires);
      steps.put(chosen.id, new Step(chosen));
    }
    fires.seal(firstSeq, recordedAt);
    int n = steps.size();
    CommitPlan plan =
        new CommitPlan(
            new int[n],
            new long[n],
            new long[n],
            new long[n],
            new long[n],
            fires,
            fires.lastSeq(),
            parts,
            taken,
            backfills,
            repaired);
    int i = 0;
    for (Step step : steps.values()) {
      plan.partitions()[i] = step.partition.id;
      plan.epochs()[i] = step.partition.epoch;
      plan.watermarks()[i] = step.partition.watermark;
      plan.newWatermarks()[i] = step.watermark;
      plan.applied()[i] = step.applied;
      step.partition.takenWatermark = step.watermark;
      step.partition.takenApplied = step.applied;
      i++;
    }
    return plan;
  }

  /** Refuses those of partitions that are nobody's any more. */
  static void refuse(List<QueuedPart> parts, Set<Integer> aside) {
    for (QueuedPart queued : parts) {
      if (aside.contains(queued.part().partition())) {
        queued.batch().refuse(queued.part(), Refusal.Reason.STALE_EPOCH);
      }
    }
  }

  /** Where a commit takes one partition. */
  private static final class Step {
    final PartitionState partition;
    long watermark;
    long applied;

    Step(PartitionState partition) {
      this.partition = partition;
      this.watermark = partition.takenWatermark;
      this.applied = partition.takenApplied;
    }

    boolean isContinuedBy(PushedPart part) {
      return part.previousWatermark() == watermark && part.previousApplied() == applied;
    }

    void moveTo(PushedPart part) {
      watermark = part.newWatermark();
      applied = part.applied();
    }
  }
}
