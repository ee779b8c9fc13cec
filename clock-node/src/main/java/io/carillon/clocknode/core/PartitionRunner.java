package io.carillon.clocknode.core;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One partition under one epoch: what its revisions owe, and how far that has been emitted; or as a
 * standby, what it would owe.
 *
 * <p>What holds: a step contains everything owed up to its new watermark by revisions up to its
 * applied version, and nothing of later ones. A revision that the steps so far did not apply starts
 * from its own validFrom, even before the watermark; one that they did goes on from the watermark.
 *
 * <p>The first step is sent alone. A snapshot may be older than what is recorded, as one that was
 * under way when the partition was opened again; the first step then does not fit and is refused.
 * Were a second one sent meanwhile, and the first by chance ended at the recorded watermark, the
 * second would fit, and what only the first had applied would be lost.
 *
 * <p>A snapshot is loaded beside the queue in use, and takes its place at the mark. So the
 * partition ticks on while it is listed anew; what it emits meanwhile is by the old list, and says
 * so by its applied version.
 *
 * <p>A standby takes no steps, so it holds everything owed since the watermark of its snapshot. As
 * the recorded watermark only rises, that is more than what is left, and {@link #promote} passes
 * over the rest. It hears of changes under the epoch that it was opened with, also after it was
 * promoted: none can be lost between. It takes no step before it has heard of every version that is
 * applied.
 */
final class PartitionRunner {

  private final int partition;
  private long epoch;

  /** What the news of it are known by: the epoch that it was opened with in this session. */
  private long watchEpoch;

  private boolean standby;
  private final Function<String, Occurrences> specs;

  /** Emitted up to here, for revisions up to appliedVersion; that of the snapshot at first. */
  private long watermark;

  private long appliedVersion;

  /** Whether something was emitted, so that the two above are ours and not a snapshot's. */
  private boolean emitted;

  private long saidVersion;
  private TimerQueue queue;

  /** Closings that a standby has heard of since its snapshot: what they left is let go by none. */
  private int closings;

  /** The snapshot that is being loaded, or null. */
  private TimerQueue loading;

  /** False between a change and its mark. */
  private boolean settled;

  private boolean finished;

  /** Whether a step of ours was recorded, so that what we started from is known to be true. */
  private boolean proven;

  /** The batch with the first step; nothing is taken until it is settled. */
  private long proof;

  /** Why the partition stands still, or null. */
  private String fault;

  PartitionRunner(int partition, long epoch, Function<String, Occurrences> specs) {
    this(partition, epoch, false, specs);
  }

  PartitionRunner(int partition, long epoch, boolean standby, Function<String, Occurrences> specs) {
    this.partition = partition;
    this.epoch = epoch;
    this.watchEpoch = epoch;
    this.standby = standby;
    this.specs = specs;
  }

  int partition() {
    return partition;
  }

  long epoch() {
    return epoch;
  }

  /** A snapshot is asked for under this epoch, in a session that had none of it. */
  void onOpened(long underEpoch) {
    watchEpoch = underEpoch;
  }

  long watchEpoch() {
    return watchEpoch;
  }

  boolean standby() {
    return standby;
  }

  /** Whether a standby has all that it needs to go on as the owner. */
  boolean canBePromoted() {
    return standby && queue != null && loading == null && fault == null;
  }

  /**
   * The standby is the owner now, and goes on from what is recorded. That is exact: nobody else can
   * record anything under this epoch.
   */
  void promote(long newEpoch, long recorded, long applied) {
    standby = false;
    epoch = newEpoch;
    watermark = recorded;
    appliedVersion = applied;
    emitted = true;
    queue.passOver(watermark, appliedVersion);
    queue.order();
  }

  /** Whether a standby holds more that is past than what is open: better list it anew. */
  boolean isLittered() {
    return standby && queue != null && loading == null && closings > 1_000 + queue.size();
  }

  /** A snapshot is asked for. */
  void onListedAnew() {
    closings = 0;
  }

  long watermark() {
    return watermark;
  }

  long appliedVersion() {
    return appliedVersion;
  }

  int schedules() {
    return queue == null ? 0 : queue.size();
  }

  long bytes() {
    return queue == null ? 0 : queue.bytes();
  }

  String fault() {
    return fault;
  }

  /** Whether it can take a step: it is listed, all that was begun is said, and it did not end. */
  boolean ready() {
    return queue != null
        && !standby
        && settled
        && saidVersion >= appliedVersion
        && !finished
        && (proven || proof == 0);
  }

  /** The step just taken went into this batch. */
  void onPushed(long batch) {
    if (!proven && proof == 0) {
      proof = batch;
    }
  }

  /** All batches up to a number are settled, and this partition was not refused. */
  void onSettled(long upTo) {
    proven |= proof != 0 && proof <= upTo;
  }

  boolean finished() {
    return finished;
  }

  /** When the next is due; meaningful while ready. */
  long nextDue() {
    return queue.firstDue();
  }

  void onUpdate(PartitionUpdate update) {
    closings += update.closes().size();
    if (update.start() != null) {
      start(update.start());
    }
    for (PartitionUpdate.Revision revision : update.revisions()) {
      open(revision);
    }
    for (PartitionUpdate.Close close : update.closes()) {
      close(close);
    }
    if (update.markVersion() > 0) {
      mark(update.markVersion());
    }
  }

  private void start(PartitionUpdate.SnapshotStart start) {
    if (!emitted) {
      watermark = start.watermark();
      appliedVersion = start.appliedVersion();
      // A list made for an earlier watermark would emit up to this one again.
      queue = null;
    }
    loading = new TimerQueue();
    closings = 0;
    fault = null;
  }

  private void open(PartitionUpdate.Revision revision) {
    if (loading == null && (queue == null || revision.version() <= saidVersion)) {
      return;
    }
    Occurrences occurrences;
    try {
      occurrences = specs.apply(revision.spec());
    } catch (RuntimeException e) {
      // To go on without it would move the watermark past fires that nobody recorded.
      fault =
          "schedule %d version %d has a spec that this node cannot read: %s (%s)"
              .formatted(revision.schedule(), revision.version(), revision.spec(), e.getMessage());
      settled = loading != null && settled;
      return;
    }
    long after =
        revision.version() <= appliedVersion
            ? Math.max(watermark, revision.validFrom())
            : revision.validFrom();
    long due = firstDue(occurrences, revision, after);
    boolean owes = due != Occurrences.NEVER && due <= revision.validTo();
    if (loading != null) {
      if (owes) {
        loading.append(
            revision.schedule(),
            revision.version(),
            revision.validTo(),
            revision.catchUp(),
            occurrences,
            due);
      }
      return;
    }
    settled = false;
    if (owes) {
      queue.insert(
          revision.schedule(),
          revision.version(),
          revision.validTo(),
          revision.catchUp(),
          occurrences,
          due);
    }
  }

  /** When the first time is due that a revision owes after a time. */
  private static long firstDue(
      Occurrences occurrences, PartitionUpdate.Revision revision, long after) {
    long due = occurrences.nextDueAfter(revision.schedule(), after);
    if (revision.nominalAfter() == Long.MIN_VALUE || due == Occurrences.NEVER) {
      return due;
    }
    long first = occurrences.nextAfter(revision.nominalAfter());
    return first == Occurrences.NEVER
        ? Occurrences.NEVER
        : Math.max(due, occurrences.dueOf(revision.schedule(), first));
  }

  private void close(PartitionUpdate.Close close) {
    if (loading != null) {
      loading.close(close.schedule(), close.version(), close.validTo());
    } else if (queue != null) {
      queue.close(close.schedule(), close.version(), close.validTo());
    }
  }

  private void mark(long version) {
    if (fault != null) {
      return;
    }
    if (loading != null) {
      // Steps may have been taken since the first revisions of the snapshot came in.
      loading.passOver(watermark, appliedVersion);
      loading.order();
      queue = loading;
      loading = null;
      saidVersion = version;
      settled = true;
    } else if (queue != null) {
      saidVersion = Math.max(saidVersion, version);
      settled = true;
    }
  }

  /**
   * Takes a step, if ready and the watermark can move.
   *
   * <p>A step is cut after {@code most} events: its watermark is then the last due time taken, with
   * all ties. A cut must move the watermark, so that no two steps look alike; what is owed before
   * the watermark is therefore never cut.
   *
   * @param last end with this step, unless it is cut
   * @param scratch is overwritten
   * @return null if there is no step to take
   */
  BatchPart take(long now, int most, boolean last, EventColumns scratch) {
    if (!ready() || now <= watermark) {
      return null;
    }
    scratch.clear();
    List<LateRun> late = null;
    long upTo = now;
    long taken = Long.MIN_VALUE;
    boolean cut = false;
    while (queue.firstDue() <= now) {
      long due = queue.firstDue();
      if (scratch.size() >= most && taken > watermark && due > taken) {
        upTo = taken;
        cut = true;
        break;
      }
      long schedule = queue.firstSchedule();
      Occurrences occurrences = queue.firstOccurrences();
      CatchUp catchUp = queue.firstCatchUp();
      Omission omission =
          due >= now - catchUp.graceMicros()
              ? null
              : Omission.at(now, catchUp, occurrences, schedule, due, queue.firstValidTo());
      if (omission != null) {
        late = late == null ? new ArrayList<>() : late;
        late.add(new LateRun(schedule, queue.firstVersion(), due, omission, occurrences));
        queue.setFirstAside(occurrences.nextDueAfter(schedule, omission.upTo()));
      } else {
        scratch.add(schedule, due, queue.firstVersion());
        queue.advanceFirst(occurrences.nextDueAfter(schedule, due));
      }
      taken = due;
    }
    List<SkippedRun> skipped = late == null ? List.of() : settleLate(late, upTo);
    long previous = watermark;
    long previousApplied = appliedVersion;
    watermark = upTo;
    appliedVersion = saidVersion;
    emitted = true;
    finished = last && !cut;
    return new BatchPart(
        partition,
        epoch,
        previous,
        previousApplied,
        upTo,
        appliedVersion,
        scratch.copy(),
        skipped,
        finished);
  }

  /** What is late beyond a cut is left for the steps after it. */
  private List<SkippedRun> settleLate(List<LateRun> late, long upTo) {
    List<SkippedRun> skipped = new ArrayList<>(late.size());
    for (LateRun run : late) {
      long end = Math.min(run.omission.upTo(), upTo);
      long first = run.occurrences.nominalDueBy(run.schedule, run.firstDue);
      long last = run.occurrences.nominalDueBy(run.schedule, end);
      skipped.add(
          new SkippedRun(
              run.schedule,
              run.version,
              first,
              last,
              run.occurrences.count(first - 1, last),
              run.omission.reason()));
      if (end < run.omission.upTo()) {
        queue.settle(run.schedule, run.version, run.occurrences.nextDueAfter(run.schedule, end));
      }
    }
    for (LateRun run : late) {
      // After all are settled, because a row may have two runs. It may also have fired since, in
      // this very step: where it is now is right.
      queue.forgetIfDone(run.schedule, run.version);
    }
    return skipped;
  }

  /** Times of a row that its catch-up leaves out, while a step is taken. */
  private record LateRun(
      long schedule, long version, long firstDue, Omission omission, Occurrences occurrences) {}
}
