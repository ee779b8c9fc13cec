package io.carillon.master.verification;

import io.carillon.common.time.TimeSource;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.Promise;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Range;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.fires.LedgerScan.Snapshot.Extent;
import io.carillon.master.store.sql.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Proves for a caller that the ledger is complete: slice by slice of nominal times, each in one
 * snapshot of its own, on the caller's thread. Reads PostgreSQL and nothing else, so any master can
 * do it.
 */
public final class Completeness {

  /** The start of a verification that has none: with the first of the revisions. */
  public static final long NO_START = Long.MIN_VALUE + 1;

  /** Bounds what one statement reads and sorts. */
  private static final int SLICE_ROWS = 500_000;

  private static final int ROWS_BETWEEN_LOOKS = 10_000;
  private static final long TALK_EVERY_MICROS = 500_000;

  private final LedgerScan scan;
  private final Function<byte[], Range> backfills;
  private final TimeSource clock;

  /**
   * @param backfills the range of a backfill, given the request that began it
   */
  public Completeness(LedgerScan scan, Function<byte[], Range> backfills, TimeSource clock) {
    this.scan = scan;
    this.backfills = backfills;
    this.clock = clock;
  }

  /** For whom a verification is done. */
  public interface Listener {
    /** Whether nobody listens any more: then it ends with a {@link CancellationException}. */
    boolean isGone();

    /** Told at least at the begin and at the end. */
    void progress(long schedulesDone, long schedulesTotal);

    void gap(Gap gap);
  }

  /**
   * What was found of the nominal times in {@code [start, end)}.
   *
   * @param extent schedules and revisions that were looked at
   */
  public record Verdict(long start, long end, Extent extent, Tally tally) {}

  /**
   * Verifies nominal times in {@code [from, before)}.
   *
   * @param from {@link #NO_START} for all before that time
   * @param mostGaps the listener hears of so many at most; all are counted
   * @throws CancellationException if the listener has gone
   */
  public Verdict verify(Scope scope, long from, long before, int mostGaps, Listener listener) {
    return new Run(scope, from, before, mostGaps, listener).run();
  }

  /** One verification. */
  private final class Run {
    private final Listener listener;
    private final Scope scope;
    private final long start;
    private final int mostGaps;
    private final long end;
    private final Extent extent;
    private final long before;
    private final Tally tally = new Tally();
    private RowPlaces places = RowPlaces.none();
    private final List<Gap> found = new ArrayList<>();
    private int listed;
    private int rows;
    private long talked;
    private long done;

    Run(Scope scope, long from, long before, int mostGaps, Listener listener) {
      this.scope = scope;
      this.before = before;
      this.mostGaps = mostGaps;
      this.listener = listener;
      this.extent = scan.snapshot(snapshot -> snapshot.extent(scope, from - 1, before - 1));
      this.start = from == NO_START ? Math.min(before, extent.firstRevision()) : from;
      this.end = Math.max(start, Math.min(before, extent.leastWatermark() + 1));
      this.done = start;
    }

    Verdict run() {
      talk();
      while (done < before) {
        done = scan.snapshot(this::slice);
        found.forEach(listener::gap);
        found.clear();
        talk();
      }
      return new Verdict(start, end, extent, tally);
    }

    /**
     * Checks the next slice and answers where the one after it begins. Beyond what is settled
     * nothing is asked for, but of what is there each row is judged.
     */
    private long slice(Snapshot snapshot) {
      long after = done - 1;
      long upTo = snapshot.sliceEnd(after, before - 1, SLICE_ROWS);
      var partitions = snapshot.partitions();
      places = places.in(snapshot.owners(null), snapshot.logEnd());
      try (Rows<Promise> promises = promises(snapshot, after, upTo)) {
        new LedgerCheck(
                snapshot,
                places,
                (revision, partition) ->
                    Owed.ofNominals(
                        revision,
                        partitions.get(partition).settled(),
                        after,
                        Math.max(after, Math.min(upTo, end - 1))),
                partition -> tally,
                this::found,
                this::look)
            .nominals(scope, promises, after, upTo);
      }
      return upTo + 1;
    }

    private Rows<Promise> promises(Snapshot snapshot, long after, long upTo) {
      return snapshot.promises(scope, after, upTo, backfills);
    }

    private void found(Gap gap) {
      if (listed < mostGaps) {
        listed++;
        found.add(gap);
      }
    }

    private void look(LedgerRow row, long due) {
      if (++rows % ROWS_BETWEEN_LOOKS == 0) {
        if (listener.isGone()) {
          throw new CancellationException();
        }
        if (clock.nowMicros() - talked > TALK_EVERY_MICROS) {
          talk();
        }
      }
    }

    /** Time is swept, not schedules: each of them is done as far as the range is. */
    private void talk() {
      talked = clock.nowMicros();
      double share = end <= done ? 1 : (double) (done - start) / (end - start);
      listener.progress((long) (extent.schedules() * share), extent.schedules());
    }
  }
}
