package io.carillon.simulation.check;

import io.carillon.master.core.delivery.ParkedRow;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import java.util.TreeMap;

/** What is stored of the delivery to one destination. Immutable. */
record StoredDelivery(long cursor, Progress progress, TreeMap<Long, ParkedRow> rows) {

  static final StoredDelivery NOTHING = new StoredDelivery(0, Progress.NONE, new TreeMap<>());

  StoredDelivery with(Settlement settlement) {
    TreeMap<Long, ParkedRow> after = new TreeMap<>(rows);
    settlement.parked().forEach(row -> after.put(row.seq(), row));
    settlement.settled().forEach(after::remove);
    return new StoredDelivery(Math.max(cursor, settlement.cursor()), settlement.progress(), after);
  }

  /** Settled, or parked with a row. */
  boolean isPassed(long seq) {
    return seq <= cursor || inProgress(seq) == Progress.SETTLED;
  }

  /** Nothing will ever be done about it. */
  boolean isGone(long seq) {
    return isPassed(seq) && !rows.containsKey(seq);
  }

  boolean isDead(long seq) {
    return rows.containsKey(seq) && rows.get(seq).dead();
  }

  /** How often it was delivered; SETTLED if it will not be any more. */
  int attempts(long seq) {
    return isDead(seq) || isGone(seq) ? Progress.SETTLED : tried(seq);
  }

  /** How often it was delivered; without meaning if it is gone. */
  int tried(long seq) {
    return rows.containsKey(seq) ? rows.get(seq).attempts() : inProgress(seq);
  }

  private int inProgress(long seq) {
    for (int i = 0; i < progress.size(); i++) {
      if (seq <= progress.end(i)) {
        return progress.attempts(i);
      }
    }
    return 0;
  }
}
