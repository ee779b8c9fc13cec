package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.CommitPlan.Repaired;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.PartitionState.QueuedPart;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Gathers what clock nodes push into commits, and checks every event on the way: nodes are not
 * trusted. One commit is open: it takes what comes, also while the one before it is being written,
 * until it is sealed.
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

  final Repairs repairs;

  private int firstOfRound;
  private long nextSeq;
  private Gathering open = new Gathering();

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
    this.repairs = new Repairs(partitions);
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

  /** Whether the open commit has anything in it that was pushed. */
  boolean hasTaken() {
    return !open.steps.isEmpty();
  }

  /** Takes what is queued into the open commit, as far as there is room. */
  void take(long now) {
    heldUntil = Occurrences.NEVER;
    open.now = now;
    while (!open.isFull() && takeRound()) {
      continue;
    }
    if (open.isFull()) {
      open.fires.arrange();
    }
  }

  /**
   * Takes one part of each partition. So none starves while commits are full, and what is taken
   * together is due together, which the log's key wants: it is led by time.
   *
   * @return whether there may be more to take
   */
  private boolean takeRound() {
    List<Integer> round = new ArrayList<>(dirty.tailSet(firstOfRound));
    round.addAll(dirty.headSet(firstOfRound));
    boolean went = false;
    for (int id : round) {
      if (open.isFull()) {
        firstOfRound = id;
        break;
      }
      went |= open.takeFrom(partitions[id]);
      if (partitions[id].queue.isEmpty()) {
        dirty.remove(id);
      }
    }
    return went;
  }

  /**
   * Ends the open commit, with what was asked for and made up for. None may be under way.
   *
   * @return null if there is nothing in it
   */
  CommitPlan seal(long now, List<MasterCommand> out) {
    if (!hasTaken() && asked.isEmpty() && repairs.isEmpty()) {
      return null;
    }
    Gathering sealed = open;
    open = new Gathering();
    long latest = asked.takeManual(sealed.fires, sealed.taken, now);
    repairs.take(sealed.fires, maxCommitEvents - sealed.fires.size(), sealed.repaired, now);
    int room = maxCommitEvents - sealed.fires.size();
    asked.takeBackfills(sealed.fires, room, sealed.backfills, out);
    return sealed.plan(Math.max(now, latest));
  }

  /** One commit as it grows. */
  private final class Gathering {
    private long now;
    private final FireColumns fires = new FireColumns();

    /** By partition. */
    private final Map<Integer, Step> steps = new LinkedHashMap<>();

    private final List<QueuedPart> parts = new ArrayList<>();
    private final List<ManualFire> taken = new ArrayList<>();
    private final List<BackfillFires> backfills = new ArrayList<>();
    private final List<Repaired> repaired = new ArrayList<>();

    boolean isFull() {
      return fires.size() >= maxCommitEvents;
    }

    /** Takes or refuses the first part of a queue; false if there is none, or it must wait. */
    boolean takeFrom(PartitionState partition) {
      QueuedPart queued = partition.queue.peek();
      if (queued == null) {
        return false;
      }
      PushedPart part = queued.part();
      if (part.newWatermark() > now && part.newWatermark() <= now + AHEAD_TOLERANCE) {
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
      if (part.newWatermark() > now + AHEAD_TOLERANCE
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
        int id = fires.size() == 0 ? 0 : fires.partition[0];
        steps.put(id, new Step(partitions[id]));
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
