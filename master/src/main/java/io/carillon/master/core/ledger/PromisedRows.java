package io.carillon.master.core.ledger;

import io.carillon.common.schedule.Occurrences;
import java.util.ArrayDeque;

/** The rows of one kind of fires beside the spec, against what clients were told of them. */
abstract class PromisedRows {

  final Comparison of;
  final Tally tally;

  private PromisedRows(Comparison of, Tally tally) {
    this.of = of;
    this.tally = tally;
  }

  /** Takes a row, by rising nominal times; false if it stands for nothing. */
  abstract boolean row(LedgerRow row);

  /** There are no more rows. */
  abstract void end();

  /** Of the revision in whose name they fire; -1 if that is not known. */
  abstract int destination();

  /** Triggers that were answered, by rising nominal times. */
  static final class Triggers extends PromisedRows {
    private static final int KIND = 1;
    private final ArrayDeque<Long> left = new ArrayDeque<>();

    Triggers(Comparison of, Tally tally) {
      super(of, tally);
    }

    void add(long nominal) {
      left.add(nominal);
      tally.owed++;
    }

    @Override
    boolean row(LedgerRow row) {
      while (!left.isEmpty() && left.peek() < row.nominal()) {
        missing(left.poll());
      }
      if (left.isEmpty() || left.peek() != row.nominal()) {
        return false;
      }
      left.poll();
      tally.fired++;
      return true;
    }

    private void missing(long nominal) {
      of.report(Gap.Kind.MISSING, 0, nominal, nominal, 1, KIND, "", null);
    }

    @Override
    void end() {
      left.forEach(this::missing);
      left.clear();
    }

    @Override
    int destination() {
      return -1;
    }
  }

  /** A backfill. */
  static final class Backfilled extends PromisedRows {
    private final Promise.Backfill promise;
    private final Occurrences times;
    private final long done;

    /** What was done up to here is recorded, or is told to be missing. */
    private long covered;

    /**
     * @param after asked for are the times after this one
     * @param upTo up to this one
     */
    Backfilled(Promise.Backfill promise, long after, long upTo, Comparison of, Tally tally) {
      super(of, tally);
      this.promise = promise;
      this.times = promise.times();
      this.covered = Math.max(after, promise.after());
      this.done = Math.min(upTo, promise.done());
      tally.owed += covered < done ? times.count(covered, done) : 0;
    }

    @Override
    boolean row(LedgerRow row) {
      long nominal = row.nominal();
      if (nominal <= covered || nominal > promise.end() || !times.matches(nominal)) {
        return false;
      }
      nothingUpTo(nominal - 1);
      tally.fired += nominal <= done ? 1 : 0;
      covered = nominal;
      return true;
    }

    private void nothingUpTo(long nominal) {
      long last = Math.min(nominal, done);
      if (covered < last) {
        long count = times.count(covered, last);
        if (count > 0) {
          of.report(
              Gap.Kind.MISSING,
              promise.version(),
              times.nextAfter(covered),
              times.previousBefore(last + 1),
              count,
              promise.kind(),
              "",
              null);
        }
        covered = last;
      }
    }

    @Override
    void end() {
      nothingUpTo(done);
    }

    @Override
    int destination() {
      return promise.destination();
    }
  }
}
