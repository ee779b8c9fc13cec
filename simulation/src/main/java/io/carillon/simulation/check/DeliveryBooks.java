package io.carillon.simulation.check;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.Progress;
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
  private final Map<Integer, StoredDelivery> stored = new TreeMap<>();

  /** By leader and destination. */
  private final Map<String, DeliveryLife> lives = new TreeMap<>();

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

  private StoredDelivery stored(int destination) {
    return stored.getOrDefault(destination, StoredDelivery.NOTHING);
  }

  private DeliveryLife life(long leader, int destination) {
    return lives.get(leader + " " + destination);
  }

  /** A leader begins to deliver to a destination, with what is stored. */
  public void begun(long leader, int destination) {
    String name = "the leader of epoch " + leader + " to destination " + destination;
    lives.put(leader + " " + destination, new DeliveryLife(name, stored(destination)));
  }

  /** A leader hears of an acknowledgement. */
  public void heard(long leader, int destination, int subscriber, long first, long last) {
    life(leader, destination).acked(subscriber, first, last);
  }

  /** A leader asks for this to be stored. */
  public void made(long leader, Settlement settlement, int limit, long now) {
    int destination = settlement.destination();
    life(leader, destination).made(settlement, stored(destination), limit, now);
  }

  /** Fires are on their way to a subscriber. */
  public void sent(
      long leader, int destination, int subscriber, Fires fires, int maxAttempts, long now) {
    life(leader, destination).sent(subscriber, fires, maxAttempts, now);
    for (int i = 0; i < fires.size(); i++) {
      long seq = fires.seq[i];
      Row row = seq >= 1 && seq <= log.size() ? log.get((int) seq - 1) : null;
      Violation.unless(
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
    TreeSet<Long> done = ackedOf(destination);
    for (long seq : settlement.settled()) {
      Violation.unless(
          done.contains(seq), "S8 durable", "parked fire " + seq + " is gone unacknowledged");
    }
    StoredDelivery before = stored(destination);
    StoredDelivery after = before.with(settlement);
    Progress progress = settlement.progress();
    long end =
        Math.max(after.cursor(), progress.size() == 0 ? 0 : progress.end(progress.size() - 1));
    for (long seq = before.cursor() + 1; seq <= end; seq++) {
      Row row = log.get((int) seq - 1);
      Violation.unless(
          row.destination != destination
              || !row.fired
              || done.contains(seq)
              || after.rows().containsKey(seq)
              || !after.isPassed(seq),
          "S8 durable",
          "what is settled of destination "
              + destination
              + " includes fire "
              + seq
              + ", which nobody acknowledged",
          "schedule " + row.schedule);
    }
    stored.put(destination, after);
  }

  /**
   * The first fire that was recorded before a time, that nobody acknowledged and that is no dead
   * letter; 0: none.
   */
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
    return !row.fired
        || ackedOf(row.destination).contains(row.seq)
        || stored(row.destination).isDead(row.seq);
  }
}
