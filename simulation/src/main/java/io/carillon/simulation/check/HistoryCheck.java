package io.carillon.simulation.check;

import io.carillon.common.fire.FireKind;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.simulation.check.History.Acknowledged;
import io.carillon.simulation.oracle.PlainTimes;
import io.carillon.simulation.store.ScheduleTables.StoredRevision;
import io.carillon.simulation.store.SimStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Joins the log, as it is at the end, with the times that the oracle computes from what the client
 * was answered. Every time up to the watermark has one row; there is no other row.
 */
public final class HistoryCheck {

  private final SimStore store;
  private final History history;
  private final Map<Long, List<LedgerRow>> rows = new TreeMap<>();
  private long expected;

  public HistoryCheck(SimStore store, History history) {
    this.store = store;
    this.history = history;
  }

  /** How many nominal times there had to be. */
  public long expected() {
    return expected;
  }

  public void check() {
    long seq = 0;
    for (LedgerRow fire : store.fires().log()) {
      if (fire.seq() != ++seq) {
        throw new Violation("S6 append-only", "seq " + fire.seq() + " where " + seq + " belongs");
      }
      rows.computeIfAbsent(fire.schedule(), s -> new ArrayList<>()).add(fire);
    }
    for (long schedule : rows.keySet()) {
      if (!history.schedules().containsKey(schedule)) {
        throw new Violation(
            "S3 no phantom", "schedule " + schedule + " fires, and no client knows of it");
      }
    }
    history.schedules().values().forEach(this::check);
  }

  private void check(History.Of of) {
    acknowledgedIsThere(of);
    String topic = "schedule " + of.num;
    TreeSet<Long> owed = new TreeSet<>();
    long end = store.fires().watermark(of.partition);
    for (Acknowledged known : of.revisions) {
      for (long time :
          PlainTimes.of(
              known.expectation().spec(), known.from() + 1, Math.min(known.to(), end) + 1)) {
        if (!owed.add(time)) {
          throw new Violation("S1 unique", topic + " owes " + time + " twice", topic);
        }
      }
    }
    expected += owed.size();
    Set<Long> skipped = new HashSet<>();
    TreeSet<Long> manual = new TreeSet<>();
    int manualRows = 0;
    for (LedgerRow fire : rows.getOrDefault(of.num, List.of())) {
      if (FireKind.ofCode(fire.kind()) == FireKind.MANUAL) {
        manual.add(fire.nominal());
        manualRows++;
      } else {
        remove(of, owed, skipped, fire);
      }
    }
    for (LedgerRow fire : store.fires().planted()) {
      if (fire.schedule() == of.num) {
        // It counts if it is owed, and stands in nobody's name if it is not.
        owed.remove(fire.nominal());
      }
    }
    if (!owed.isEmpty()) {
      throw new Violation(
          "L1 complete",
          topic
              + " in partition "
              + of.partition
              + " lacks "
              + owed.size()
              + " times, the first "
              + owed.first()
              + " of "
              + of.revisions,
          topic,
          "partition " + of.partition);
    }
    if (!manual.containsAll(of.triggered)) {
      throw new Violation("S8 durable", topic + " lacks a fire by hand", topic);
    }
    // A call may come twice, and has no id.
    if (manualRows > 2 * of.triggersRequested) {
      throw new Violation("S3 no phantom", topic + " has fires by hand unasked", topic);
    }
  }

  /**
   * What a watermark was taken back over by hand may be skipped once more, as a run of skipped
   * times is under the key of its first: nothing refuses one that begins elsewhere. {@code verify}
   * names it.
   *
   * @param skipped times of the schedule that are recorded as skipped so far
   */
  private void remove(History.Of of, TreeSet<Long> owed, Set<Long> skipped, LedgerRow fire) {
    List<Long> said = new ArrayList<>();
    if (fire.skipReason() == 0) {
      said.add(fire.nominal());
    } else {
      for (Acknowledged known : of.revisions) {
        if (known.version() == fire.version()) {
          said.addAll(
              PlainTimes.of(known.expectation().spec(), fire.nominal(), fire.lastNominal() + 1));
        }
      }
    }
    for (long time : said) {
      boolean isNew = owed.remove(time);
      if (fire.skipReason() != 0) {
        skipped.add(time);
      }
      if (!isNew && !(store.fires().wasSetBack(fire.partition()) && skipped.contains(time))) {
        throw new Violation(
            "S3 no phantom",
            "schedule " + of.num + " at " + time + " is recorded and not owed, or twice",
            "schedule " + of.num);
      }
    }
    if (said.isEmpty()) {
      throw new Violation("S3 no phantom", "a row of an unknown revision: " + fire);
    }
  }

  /** What was answered to the client is what is stored. */
  private void acknowledgedIsThere(History.Of of) {
    Map<Long, StoredRevision> stored = store.schedules().revisions(of.num);
    for (Acknowledged known : of.revisions) {
      Revision revision =
          stored.containsKey(known.version()) ? stored.get(known.version()).revision() : null;
      if (revision == null
          || revision.validFrom() != known.from()
          || revision.validTo() != known.to()) {
        throw new Violation(
            "S8 durable",
            "schedule " + of.num + " was answered " + known + " and has " + revision,
            "schedule " + of.num);
      }
    }
    if (stored.size() != of.revisions.size()) {
      throw new Violation(
          "S8 durable",
          "schedule " + of.num + " has " + stored.size() + " revisions of " + of.revisions,
          "schedule " + of.num);
    }
  }
}
