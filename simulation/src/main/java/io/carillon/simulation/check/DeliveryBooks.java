package io.carillon.simulation.check;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is in the log, what was sent, and what subscribers acknowledged. */
public final class DeliveryBooks {

  private record Row(
      long seq, long schedule, long nominal, int destination, boolean fired, long at) {}

  private final List<Row> log = new ArrayList<>();
  private final Map<Integer, TreeSet<Long>> acked = new TreeMap<>();
  private final Map<Integer, TreeSet<Long>> parked = new TreeMap<>();
  private final Map<Integer, Long> cursors = new TreeMap<>();

  /** All before this place in the log are acknowledged. */
  private int delivered;

  int logSize() {
    return log.size();
  }

  void recorded(FireColumns f, int row, long now) {
    log.add(
        new Row(
            f.firstSeq() + row,
            f.schedule[row],
            f.nominalMicros[row],
            f.destination[row],
            f.skipReason[row] == 0,
            now));
  }

  private TreeSet<Long> ackedOf(int destination) {
    return acked.computeIfAbsent(destination, d -> new TreeSet<>());
  }

  /** Fires are on their way to a subscriber. */
  public void sent(int destination, Fires fires) {
    for (int i = 0; i < fires.size(); i++) {
      long seq = fires.seq[i];
      Row row = seq >= 1 && seq <= log.size() ? log.get((int) seq - 1) : null;
      Checker.check(
          row != null
              && row.schedule == fires.schedule[i]
              && row.nominal == fires.nominalMicros[i]
              && row.destination == destination
              && row.fired,
          "S7 log before deliver",
          "fire " + seq + " of schedule " + fires.schedule[i] + " is sent, and not in the log",
          "schedule " + fires.schedule[i]);
    }
  }

  /** A subscriber acknowledges a fire. */
  public void acknowledged(int destination, long seq) {
    ackedOf(destination).add(seq);
  }

  void settled(Settlement settlement) {
    int destination = settlement.destination();
    TreeSet<Long> rows = parked.computeIfAbsent(destination, d -> new TreeSet<>());
    TreeSet<Long> done = ackedOf(destination);
    settlement.parked().forEach(row -> rows.add(row.seq()));
    for (long seq : settlement.settled()) {
      Checker.check(
          done.contains(seq), "S8 durable", "parked fire " + seq + " is gone unacknowledged");
      rows.remove(seq);
    }
    long before = cursors.getOrDefault(destination, 0L);
    for (long seq = before + 1; seq <= settlement.cursor(); seq++) {
      Row row = log.get((int) seq - 1);
      Checker.check(
          row.destination != destination || !row.fired || done.contains(seq) || rows.contains(seq),
          "S8 durable",
          "the cursor of destination "
              + destination
              + " passes fire "
              + seq
              + ", which nobody acknowledged",
          "schedule " + row.schedule);
    }
    cursors.merge(destination, settlement.cursor(), Math::max);
  }

  /** The first fire that was recorded before a time and that nobody acknowledged; 0: none. */
  public long firstUnacknowledged(long before) {
    while (delivered < log.size() && isDone(log.get(delivered))) {
      delivered++;
    }
    for (int i = delivered; i < log.size() && log.get(i).at < before; i++) {
      if (!isDone(log.get(i))) {
        return log.get(i).seq;
      }
    }
    return 0;
  }

  private boolean isDone(Row row) {
    return !row.fired || ackedOf(row.destination).contains(row.seq);
  }
}
