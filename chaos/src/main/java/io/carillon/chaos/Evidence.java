package io.carillon.chaos;

import io.carillon.bench.load.WallClock;
import java.util.List;
import java.util.Set;

/**
 * All that a verdict is made of.
 *
 * @param ops in the order in which they ended; those of one schedule follow each other
 * @param rows the whole ledger
 * @param received what subscribers saw, in any order
 * @param undeliverable fire ids that are parked or dead letters
 * @param horizon every partition is recorded past this time
 */
record Evidence(
    List<Op> ops,
    List<Row> rows,
    List<Received> received,
    Set<String> undeliverable,
    List<FaultSpan> faults,
    long horizon) {

  /** How much a fire may seem early on a clock that is not cluster time's own. */
  static final long CLOCKS_DRIFT = 5_000;

  /**
   * A row of the ledger.
   *
   * @param kind 0 for scheduled, 1 for manual
   * @param reason 0: it fired; else why not: 1 the window, 2 the limit, 3 none is made up for
   */
  record Row(
      long uid,
      long nominal,
      long seq,
      long recorded,
      long version,
      long epoch,
      long last,
      long skipped,
      String destination,
      int partition,
      int kind,
      int reason) {

    static final int SCHEDULED = 0;
    static final int MANUAL = 1;

    boolean fired() {
      return reason == 0;
    }

    String fireId() {
      return uid + "-" + nominal + "-" + (kind == SCHEDULED ? "s" : "m");
    }

    @Override
    public String toString() {
      return "row seq "
          + seq
          + " "
          + (fired() ? "FIRED " : "SKIPPED(" + reason + ") ")
          + (kind == SCHEDULED ? "" : "MANUAL ")
          + WallClock.show(nominal)
          + (last == nominal ? "" : ".." + WallClock.show(last) + " (" + skipped + ")")
          + ", recorded "
          + WallClock.show(recorded)
          + ", version "
          + version
          + ", partition "
          + partition
          + ", epoch "
          + epoch;
    }
  }

  /**
   * A delivery as a subscriber saw it.
   *
   * @param definition number of the definition in its payload
   * @param at on the reference clock
   */
  record Received(
      String fireId,
      String schedule,
      long nominal,
      boolean manual,
      int definition,
      String destination,
      long at,
      boolean acked) {}

  /** A fault on the reference clock, and whether it was seen to bite. */
  record FaultSpan(String kind, String target, long begin, long end, boolean bit, String proof) {
    @Override
    public String toString() {
      return "fault "
          + kind
          + " of "
          + target
          + ", "
          + WallClock.show(begin)
          + " to "
          + WallClock.show(end)
          + ": "
          + proof;
    }
  }
}
