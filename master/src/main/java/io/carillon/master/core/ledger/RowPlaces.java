package io.carillon.master.core.ledger;

import java.util.Map;

/**
 * Where rows of the log belong beside their times: partition and destination of their revision, the
 * epoch that their partition was at when their place in the log was given, and a place of their
 * own. Of one thread.
 */
public final class RowPlaces {

  /** Where nothing is known but what the revisions say. */
  public static final RowPlaces OF_REVISIONS = new RowPlaces(Map.of(), Long.MAX_VALUE, null);

  private final Map<Integer, OwnerHistory> owners;
  private final long logEnd;

  /** Null: the same place may be met again. */
  private final SeqSet met;

  private RowPlaces(Map<Integer, OwnerHistory> owners, long logEnd, SeqSet met) {
    this.owners = owners;
    this.logEnd = logEnd;
    this.met = met;
  }

  /** At the beginning of a look in which each row is met once. */
  public static RowPlaces none() {
    return new RowPlaces(Map.of(), 0, new SeqSet());
  }

  /**
   * For the next slice of the same look.
   *
   * @param logEnd highest seq of the log
   */
  public RowPlaces in(Map<Integer, OwnerHistory> ownersNow, long logEndNow) {
    return new RowPlaces(ownersNow, logEndNow, met);
  }

  /**
   * What is wrong with where a row is, in words; null if nothing is.
   *
   * @param partition of its schedule
   * @param destination of its revision; -1 if that is not known
   */
  String fault(LedgerRow row, int partition, int destination) {
    if (row.partition() != partition) {
      return "partition " + row.partition() + " where its schedule has " + partition;
    }
    if (destination >= 0 && row.destination() != destination) {
      return "destination number " + row.destination() + " where its revision has " + destination;
    }
    if (met == null) {
      return null;
    }
    if (row.seq() < 1 || row.seq() > logEnd) {
      return "seq " + row.seq() + " where the log ends with " + logEnd;
    }
    if (!met.add(row.seq())) {
      return "seq " + row.seq() + ", which another row has";
    }
    OwnerHistory history = owners.get(partition);
    return history == null || history.isUnder(row.epoch(), row.seq())
        ? null
        : "partition epoch " + row.epoch() + ", which was not in force at its seq " + row.seq();
  }
}
