package io.carillon.master.core.ledger;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.PushedPart.SkippedRun;
import io.carillon.master.core.Revision;
import io.carillon.master.core.SkipChecks;
import java.util.List;

/** The rows in the name of one revision, against what it owes. */
final class RevisionRows {

  final Owed owed;
  private final Revision revision;
  private final Occurrences times;
  private final Comparison of;
  private final Tally tally;

  /** What is owed up to here is recorded, or is told to be missing. */
  private long covered;

  RevisionRows(Owed owed, Comparison of, Tally tally) {
    this.owed = owed;
    this.revision = owed.revision();
    this.times = revision.times();
    this.of = of;
    this.tally = tally;
    this.covered = owed.after();
  }

  long version() {
    return revision.version();
  }

  /** Takes a row; false if it is none that this revision may have, and stands for nothing. */
  boolean row(LedgerRow row) {
    return row.skipReason() == 0 ? fired(row) : skipped(row);
  }

  private boolean fired(LedgerRow row) {
    long nominal = row.nominal();
    if (row.lastNominal() != nominal || row.skippedCount() != 0 || !owed.owns(nominal, nominal)) {
      return false;
    }
    if (nominal <= owed.after() || nominal > owed.upTo()) {
      return times.matches(nominal);
    }
    if (nominal <= covered) {
      boolean isTime = times.matches(nominal);
      if (isTime) {
        of.report(Gap.Kind.DUPLICATE, revision, nominal, nominal, 1);
      }
      return isTime;
    }
    // Usually the very next time: one step proves the row, and that nothing lacks before it.
    long next = times.nextAfter(covered);
    if (next > nominal || next < nominal && !times.matches(nominal)) {
      return false;
    }
    if (next < nominal) {
      missing(next, nominal - 1);
    }
    covered = nominal;
    tally.fired++;
    long due = times.dueOf(revision.schedule(), nominal);
    of.right(row, due);
    if (row.recordedAt() < due) {
      of.report(Gap.Kind.EARLY, revision, nominal, nominal, 1);
    }
    return true;
  }

  private boolean skipped(LedgerRow row) {
    SkippedRun run = run(row);
    if (run == null || !owed.owns(run.first(), run.last())) {
      return false;
    }
    long after = Math.max(run.first() - 1, owed.after());
    long last = Math.min(run.last(), owed.upTo());
    if (after < covered && covered > owed.after()) {
      long twice = times.count(after, Math.min(last, covered));
      if (twice > 0) {
        long first = times.nextAfter(after);
        long latest = times.previousBefore(Math.min(last, covered) + 1);
        of.report(Gap.Kind.DUPLICATE, revision, first, latest, twice);
      }
    }
    after = Math.max(after, covered);
    long count = after < last ? times.count(after, last) : 0;
    if (count > 0) {
      nothingUpTo(after);
      covered = last;
      tally.skipped += count;
      of.right(row, times.dueOf(revision.schedule(), run.last()));
    }
    return true;
  }

  /** The row as a run that is whole and that the catch-up leaves out; else null. */
  private SkippedRun run(LedgerRow row) {
    SkipReason reason;
    try {
      reason = SkipReason.ofCode(row.skipReason());
    } catch (IllegalArgumentException e) {
      return null;
    }
    SkippedRun run =
        new SkippedRun(
            row.schedule(),
            row.version(),
            row.nominal(),
            row.lastNominal(),
            row.skippedCount(),
            reason);
    return SkipChecks.couldBeRecorded(run, revision, row.recordedAt()) ? run : null;
  }

  void nothingUpTo(long nominal) {
    long last = Math.min(nominal, owed.upTo());
    if (covered < last) {
      long next = times.nextAfter(covered);
      if (next <= last) {
        missing(next, last);
      }
      covered = last;
    }
  }

  private void missing(long first, long upTo) {
    of.report(
        Gap.Kind.MISSING,
        revision,
        first,
        times.previousBefore(upTo + 1),
        times.count(first - 1, upTo));
  }

  void addOpen(List<Long> to, long upTo, int most) {
    long last = Math.min(upTo, owed.upTo());
    long next = covered;
    for (int n = 0; n < most && next < last; n++) {
      next = times.nextAfter(next);
      if (next > last) {
        return;
      }
      to.add(next);
    }
  }
}
