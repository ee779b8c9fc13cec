package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.PartitionState.QueuedPart;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Gathers what clock nodes push into commits, and checks every event on the way: nodes are not
 * trusted.
 *
 * <p>What holds: an event that enters a commit has a nominal time of the revision's spec, after its
 * {@code nominalAfter}, that is due not after the leader's now at that moment, in {@code
 * (revision.owesAfter, min(new watermark, revision end)]}, and once. A mutation's effective time is
 * taken later than or at that now, so it never cuts off what is already on its way.
 */
final class FireLane {

  /**
   * How far a node's clock may run ahead of the leader's before it is refused; less than that
   * waits.
   */
  static final long AHEAD_TOLERANCE = 1_000_000;

  private final PartitionState[] partitions;
  private final Counters counters;
  private final int maxCommitEvents;

  /** Partitions with something queued. */
  private final TreeSet<Integer> dirty = new TreeSet<>();

  /** What clients asked for beside the spec. */
  final AskedFires asked;

  private int firstOfRound;
  private long nextSeq;

  /** When the first part that was ahead of the leader's clock may go on. */
  private long heldUntil = Occurrences.NEVER;

  private enum Verdict {
    ACCEPT,
    DROP,
    /** A mutation that is being written decides about this event: wait for it. */
    HOLD
  }

  FireLane(PartitionState[] partitions, Counters counters, int maxCommitEvents, long nextSeq) {
    this.partitions = partitions;
    this.asked = new AskedFires(partitions);
    this.counters = counters;
    this.maxCommitEvents = maxCommitEvents;
    this.nextSeq = nextSeq;
  }

  long logEnd() {
    return nextSeq - 1;
  }

  void enqueue(PushedBatch batch, PushedPart part) {
    partitions[part.partition()].queue.add(new QueuedPart(batch, part));
    dirty.add(part.partition());
  }

  boolean isEmpty() {
    return dirty.isEmpty() && asked.isEmpty();
  }

  long heldUntil() {
    return heldUntil;
  }

  /** Refuses all that is queued for a partition under another epoch than its present one. */
  void dropStale(PartitionState partition) {
    for (Iterator<QueuedPart> it = partition.queue.iterator(); it.hasNext(); ) {
      QueuedPart queued = it.next();
      if (queued.part().epoch() != partition.epoch || partition.owner == null) {
        it.remove();
        counters.add(Counter.REFUSED_STALE_EPOCH);
        queued.batch().refuse(queued.part(), Refusal.Reason.STALE_EPOCH);
      }
    }
  }

  /** The next commit, or null if nothing can be committed now. */
  CommitPlan gather(long now, List<MasterCommand> out) {
    heldUntil = Occurrences.NEVER;
    Gathering gathering = new Gathering(now);
    // Goes round, so that no partition starves while commits are full.
    List<Integer> round = new ArrayList<>(dirty.tailSet(firstOfRound));
    round.addAll(dirty.headSet(firstOfRound));
    for (int id : round) {
      if (gathering.fires.size() >= maxCommitEvents) {
        firstOfRound = id;
        break;
      }
      gathering.takeFrom(partitions[id]);
      if (partitions[id].queue.isEmpty()) {
        dirty.remove(id);
      }
    }
    long latest = asked.takeManual(gathering.fires, gathering.taken, now);
    int room = maxCommitEvents - gathering.fires.size();
    asked.takeBackfills(gathering.fires, room, gathering.backfills, out);
    return gathering.plan(Math.max(now, latest));
  }

  /** One commit as it grows. */
  private final class Gathering {
    private final long now;
    private final FireColumns fires = new FireColumns();
    private final List<Step> steps = new ArrayList<>();
    private final List<QueuedPart> parts = new ArrayList<>();
    private final List<ManualFire> taken = new ArrayList<>();
    private final List<BackfillFires> backfills = new ArrayList<>();

    Gathering(long now) {
      this.now = now;
    }

    void takeFrom(PartitionState partition) {
      Step step = new Step(partition);
      while (!partition.queue.isEmpty() && fires.size() < maxCommitEvents) {
        QueuedPart queued = partition.queue.peek();
        PushedPart part = queued.part();
        if (part.newWatermark() > now && part.newWatermark() <= now + AHEAD_TOLERANCE) {
          heldUntil = Math.min(heldUntil, part.newWatermark());
          break;
        }
        Refusal.Reason fault = fault(step, part);
        if (fault != null) {
          refuse(partition, fault);
        } else if (!step.isContinuedBy(part)) {
          partition.queue.poll();
          counters.add(Counter.DUPLICATE_PARTS);
          queued.batch().settle();
        } else if (!take(step, part)) {
          break;
        } else {
          partition.queue.poll();
          parts.add(queued);
        }
      }
      if (step.moved) {
        steps.add(step);
      }
    }

    private Refusal.Reason fault(Step step, PushedPart part) {
      PartitionState partition = step.partition;
      if (part.epoch() != partition.epoch || partition.owner == null) {
        return Refusal.Reason.STALE_EPOCH;
      }
      if (part.newWatermark() > now + AHEAD_TOLERANCE
          || part.newWatermark() < part.previousWatermark()
          || part.applied() < part.previousApplied()
          || part.applied() > partition.durableVersion
          || !isOrdered(part)
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
      if (SkipChecks.mayBeSkipped(said, revision, part.applied(), now + AHEAD_TOLERANCE)) {
        int row =
            fires.append(
                run.first(), run.schedule(), revision.version(), step.partition.id, part.epoch());
        fires.destination[row] = revision.destination();
        fires.lastNominalMicros[row] = run.last();
        fires.skippedCount[row] = run.count();
        fires.skipReason[row] = run.reason().code();
      } else {
        counters.add(Counter.DROPPED_OUT_OF_RANGE);
      }
      return true;
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

    CommitPlan plan(long recordedAt) {
      if (steps.isEmpty() && fires.size() == 0 && backfills.isEmpty()) {
        return null;
      }
      if (steps.isEmpty()) {
        // The end of the log is kept with the partitions of a commit, so there must be one.
        steps.add(new Step(partitions[fires.size() == 0 ? 0 : fires.partition[0]]));
      }
      fires.seal(nextSeq, recordedAt);
      nextSeq += fires.size();
      int n = steps.size();
      CommitPlan plan =
          new CommitPlan(
              new int[n],
              new long[n],
              new long[n],
              new long[n],
              new long[n],
              fires,
              nextSeq - 1,
              parts,
              taken,
              backfills);
      for (int i = 0; i < n; i++) {
        Step step = steps.get(i);
        plan.partitions()[i] = step.partition.id;
        plan.epochs()[i] = step.partition.epoch;
        plan.watermarks()[i] = step.partition.watermark;
        plan.newWatermarks()[i] = step.watermark;
        plan.applied()[i] = step.applied;
      }
      return plan;
    }
  }

  /** Where a commit takes one partition. */
  private static final class Step {
    final PartitionState partition;
    long watermark;
    long applied;
    boolean moved;

    Step(PartitionState partition) {
      this.partition = partition;
      this.watermark = partition.watermark;
      this.applied = partition.applied;
    }

    boolean isContinuedBy(PushedPart part) {
      return part.previousWatermark() == watermark && part.previousApplied() == applied;
    }

    void moveTo(PushedPart part) {
      watermark = part.newWatermark();
      applied = part.applied();
      moved = true;
    }
  }

  /** Strictly ascending by (due, schedule): so no event is twice in one part. */
  private static boolean isOrdered(PushedPart part) {
    for (int i = 1; i < part.size(); i++) {
      long before = part.due()[i - 1];
      long due = part.due()[i];
      if (due < before || due == before && part.schedule()[i] <= part.schedule()[i - 1]) {
        return false;
      }
    }
    return true;
  }
}
