package io.carillon.simulation.store;

import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogPage;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedPage;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.ParkedRow;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.ledger.LedgerRow;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Cursors and parked fires, and the reads of the log that delivery makes. */
public final class DeliveryTables {

  private final List<LedgerRow> log;
  private final TreeMap<Integer, Long> cursors = new TreeMap<>();
  private final TreeMap<Integer, Progress> progress = new TreeMap<>();
  private final TreeMap<Integer, TreeMap<Long, ParkedRow>> parked = new TreeMap<>();

  DeliveryTables(List<LedgerRow> log) {
    this.log = log;
  }

  private TreeMap<Long, ParkedRow> of(int destination) {
    return parked.computeIfAbsent(destination, d -> new TreeMap<>());
  }

  void settle(Settlement settlement) {
    TreeMap<Long, ParkedRow> rows = of(settlement.destination());
    settlement
        .parked()
        .forEach(row -> rows.merge(row.seq(), row, (before, after) -> after.over(before)));
    settlement.settled().forEach(rows::remove);
    cursors.merge(settlement.destination(), settlement.cursor(), Math::max);
    progress.put(settlement.destination(), settlement.progress());
  }

  public long cursor(int destination) {
    return cursors.getOrDefault(destination, 0L);
  }

  public ParkedRow parked(int destination, long seq) {
    return of(destination).get(seq);
  }

  /** How the fires above the cursor stand. */
  public Progress progress(int destination) {
    return progress.getOrDefault(destination, Progress.NONE);
  }

  public LogPage read(int destination, LogRead request) {
    Fires fires = new Fires(16);
    for (LedgerRow fire : log) {
      if (fire.seq() > request.after()
          && fire.seq() <= request.upTo()
          && fire.destination() == destination
          && fire.skipReason() == 0) {
        add(fires, fire, 0);
        if (fires.size() == request.limit()) {
          return new LogPage(fires, fire.seq());
        }
      }
    }
    return new LogPage(fires, request.upTo());
  }

  public ParkedPage read(int destination, ParkedRead request) {
    List<ParkedRow> rows =
        of(destination).values().stream()
            .filter(row -> !row.dead())
            .filter(
                row ->
                    row.nextMicros() > request.afterMicros()
                        || row.nextMicros() == request.afterMicros()
                            && row.seq() > request.afterSeq())
            .sorted(
                Comparator.comparingLong(ParkedRow::nextMicros).thenComparingLong(ParkedRow::seq))
            .limit(request.limit())
            .toList();
    Fires fires = new Fires(16);
    for (ParkedRow row : rows) {
      log.stream()
          .filter(fire -> fire.seq() == row.seq())
          .forEach(fire -> add(fires, fire, row.attempts()));
    }
    return new ParkedPage(fires, rows.stream().mapToLong(ParkedRow::nextMicros).toArray());
  }

  private static void add(Fires fires, LedgerRow fire, int attempts) {
    int row = fires.append();
    fires.seq[row] = fire.seq();
    fires.nominalMicros[row] = fire.nominal();
    fires.schedule[row] = fire.schedule();
    fires.version[row] = fire.version();
    fires.recordedAtMicros[row] = fire.recordedAt();
    fires.epoch[row] = fire.epoch();
    fires.partition[row] = fire.partition();
    fires.kind[row] = fire.kind();
    fires.attempt[row] = attempts;
  }
}
