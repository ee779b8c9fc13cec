package io.carillon.master.core;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether what a node says that it skipped is true, and allowed. */
public final class SkipChecks {

  private SkipChecks() {}

  /** Whether a run is one of a revision's times, without a gap. */
  static boolean isRun(SkippedRun run, Revision revision) {
    Occurrences times = revision.times();
    return run.first() > revision.nominalAfter()
        && run.first() <= run.last()
        && times.matches(run.first())
        && times.matches(run.last())
        && times.count(run.first() - 1, run.last()) == run.count();
  }

  /**
   * The part of a run that the revision owes by its end. The node may not have heard of the end;
   * were the run dropped whole, what lies before the end would be lost.
   */
  static SkippedRun upToItsEnd(SkippedRun run, Revision revision) {
    Occurrences times = revision.times();
    if (times.dueOf(run.schedule(), run.last()) <= revision.validTo()) {
      return run;
    }
    long last = times.nominalDueBy(run.schedule(), revision.validTo());
    return last < run.first()
        ? run
        : new SkippedRun(
            run.schedule(),
            run.version(),
            run.first(),
            last,
            times.count(run.first() - 1, last),
            run.reason());
  }

  /**
   * Whether the revision's catch-up leaves a run out.
   *
   * @param applied the version up to which the node knew of changes
   * @param now the latest that the node's clock may have said
   */
  static boolean mayBeSkipped(SkippedRun run, Revision revision, long applied, long now) {
    Occurrences times = revision.times();
    CatchUp catchUp = revision.catchUp();
    long due = times.dueOf(run.schedule(), run.last());
    long missedUpTo = now - catchUp.graceMicros();
    return switch (run.reason()) {
      case CATCHUP_WINDOW -> due <= now - catchUp.windowMicros();
      case CATCHUP_NONE -> catchUp.limit() == 0 && due <= missedUpTo;
      case CATCHUP_LIMIT -> {
        // Times after an end that the node did not know of counted for it.
        boolean knewEnd = revision.closedBy() != 0 && revision.closedBy() <= applied;
        long end = knewEnd ? Math.min(missedUpTo, revision.validTo()) : missedUpTo;
        long last = times.nominalDueBy(run.schedule(), end);
        yield catchUp.limit() >= 1 && times.count(run.last(), last) >= catchUp.limit();
      }
      case NONE -> false;
    };
  }

  /**
   * What the catch-up of its revision says of a time that is reached only now: NONE if it fires.
   */
  static SkipReason ofReachedNow(Revision revision, long nominal, long now) {
    CatchUp catchUp = revision.catchUp();
    Occurrences times = revision.times();
    long due = times.dueOf(revision.schedule(), nominal);
    if (due <= now - catchUp.windowMicros()) {
      return SkipReason.CATCHUP_WINDOW;
    }
    long missedUpTo = now - catchUp.graceMicros();
    if (due > missedUpTo || catchUp.limit() == CatchUp.NO_LIMIT) {
      return SkipReason.NONE;
    }
    if (catchUp.limit() == 0) {
      return SkipReason.CATCHUP_NONE;
    }
    long end = Math.min(missedUpTo, revision.validTo());
    long last = times.nominalDueBy(revision.schedule(), end);
    return times.count(nominal, last) >= catchUp.limit()
        ? SkipReason.CATCHUP_LIMIT
        : SkipReason.NONE;
  }

  /**
   * Whether a run that is recorded is one that could have been let in. Which changes the node knew
   * of then is not known: allowed is what any of them would have allowed.
   */
  public static boolean couldBeRecorded(SkippedRun run, Revision revision, long recordedAt) {
    return isRun(run, revision)
        && revision.times().dueOf(run.schedule(), run.last()) <= recordedAt
        && mayBeSkipped(run, revision, 0, recordedAt + FireLane.AHEAD_TOLERANCE);
  }

  /** Runs of one schedule that share a time would be recorded under one key. */
  static boolean hasOverlap(List<SkippedRun> skipped) {
    List<SkippedRun> runs = new ArrayList<>(skipped);
    runs.sort(Comparator.comparingLong(SkippedRun::schedule).thenComparingLong(SkippedRun::first));
    for (int i = 1; i < runs.size(); i++) {
      SkippedRun before = runs.get(i - 1);
      if (before.schedule() == runs.get(i).schedule() && runs.get(i).first() <= before.last()) {
        return true;
      }
    }
    return false;
  }

  /** By schedule: after a long outage a part has many runs and many events. */
  static Map<Long, List<SkippedRun>> bySchedule(List<SkippedRun> skipped) {
    return skipped.isEmpty()
        ? Map.of()
        : skipped.stream().collect(Collectors.groupingBy(SkippedRun::schedule));
  }

  /** Whether one of the runs, as {@link #bySchedule} gives them, has a time. */
  static boolean isSkipped(Map<Long, List<SkippedRun>> runs, long schedule, long nominal) {
    if (runs.isEmpty()) {
      return false;
    }
    for (SkippedRun run : runs.getOrDefault(schedule, List.of())) {
      if (nominal >= run.first() && nominal <= run.last()) {
        return true;
      }
    }
    return false;
  }
}
