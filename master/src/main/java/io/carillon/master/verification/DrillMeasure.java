package io.carillon.master.verification;

import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import java.util.Map;
import java.util.TreeMap;

/** What the ledger says of a range of time: how late its fires are, and what lacks. */
public final class DrillMeasure {

  private static final int SLICE_ROWS = 500_000;

  private final LedgerScan scan;
  private final long lateAfter;
  private final Tally tally = new Tally();

  /** By partition and moment of recording: the earliest due time of what was recorded then. */
  private final TreeMap<Integer, TreeMap<Long, Long>> moments = new TreeMap<>();

  private long fires;
  private long late;
  private long maxLateness;

  /**
   * How late fires were.
   *
   * @param gap the longest time in which nothing of a partition was recorded though something of it
   *     was due
   */
  public record Cost(long gap, long fires, long late, long maxLateness) {}

  public DrillMeasure(LedgerScan scan, long lateAfter) {
    this.scan = scan;
    this.lateAfter = lateAfter;
  }

  /** Of nominal times from {@code start} to {@code end}. */
  public Cost of(long start, long end) {
    long after = start - 1;
    while (after < end) {
      long from = after;
      after = scan.snapshot(snapshot -> slice(snapshot, from, end));
    }
    long gap = 0;
    for (TreeMap<Long, Long> ofPartition : moments.values()) {
      gap = Math.max(gap, gap(ofPartition));
    }
    return new Cost(gap, fires, late, maxLateness);
  }

  /** What differs from what is owed. */
  public Tally tally() {
    return tally;
  }

  private long slice(Snapshot snapshot, long after, long end) {
    long upTo = snapshot.sliceEnd(after, end, SLICE_ROWS);
    var partitions = snapshot.partitions();
    new LedgerCheck(
            snapshot,
            RowPlaces.OF_REVISIONS,
            (revision, partition) ->
                Owed.ofNominals(revision, partitions.get(partition).settled(), after, upTo),
            partition -> tally,
            (Gap gap) -> {},
            this::recorded)
        .nominals(Scope.ALL, after, upTo);
    return upTo;
  }

  private void recorded(LedgerRow row, long due) {
    if (row.skipReason() != 0) {
      return;
    }
    long lateness = row.recordedAt() - due;
    fires++;
    late += lateness > lateAfter ? 1 : 0;
    maxLateness = Math.max(maxLateness, lateness);
    moments
        .computeIfAbsent(row.partition(), partition -> new TreeMap<>())
        .merge(row.recordedAt(), due, Math::min);
  }

  private static long gap(TreeMap<Long, Long> moments) {
    long gap = 0;
    // Of what was recorded then or later.
    long earliestDue = Long.MAX_VALUE;
    for (Map.Entry<Long, Long> moment : moments.descendingMap().entrySet()) {
      earliestDue = Math.min(earliestDue, moment.getValue());
      Long before = moments.lowerKey(moment.getKey());
      long since = before == null ? earliestDue : Math.max(before, earliestDue);
      gap = Math.max(gap, moment.getKey() - since);
    }
    return gap;
  }
}
