package io.carillon.master.core;

/**
 * Nominal times of a revision that are owed and settled, and that the ledger has no row for.
 *
 * @param node the clock node that owned the partition as they were passed over; empty if that is
 *     not known
 * @param nominals strictly ascending, at least one
 */
public record MissedTimes(Revision revision, int partition, String node, long[] nominals) {

  /**
   * What became of times that were to be made up for.
   *
   * @param fired how many were recorded as fires
   * @param skipped how many were recorded as skipped, as the schedule's catch-up says
   * @param refusal why nothing was recorded; empty if all are that are owed
   */
  public record Result(int fired, int skipped, String refusal) {

    /** The core does not know yet that so much is recorded: ask again in a moment. */
    public static final String UNSETTLED = "UNSETTLED";

    /** Others are being made up for: ask again when they are. */
    public static final String BUSY = "BUSY";

    /** As far as the core knows, none of them is owed. */
    public static final String NOT_OWED = "NOT_OWED";

    public boolean isRecorded() {
      return refusal.isEmpty();
    }
  }
}
