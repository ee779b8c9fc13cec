package io.carillon.clocknode.core;

import io.carillon.common.schedule.CatchUp;
import java.util.List;

/**
 * News of one partition from the watch stream, to be taken in the order of its parts.
 *
 * @param start a snapshot begins, or null
 * @param markVersion everything up to this version is now said; 0: no mark
 * @param refused the partition is not the node's under that epoch
 */
public record PartitionUpdate(
    int partition,
    long epoch,
    SnapshotStart start,
    List<Revision> revisions,
    List<Close> closes,
    long markVersion,
    boolean refused) {

  /** The recorded state of the partition at the snapshot. */
  public record SnapshotStart(long watermark, long appliedVersion) {}

  /**
   * Owes every nominal time of its spec after {@code nominalAfter} that is due in {@code
   * (validFrom, validTo]}.
   *
   * @param validTo {@link Long#MAX_VALUE} while it is open; before validFrom if it owes nothing
   * @param spec canonical text
   * @param catchUp equal ones should be the same object: there are a million
   * @param nominalAfter {@link Long#MIN_VALUE} for no bound but validFrom
   */
  public record Revision(
      long schedule,
      long version,
      long validFrom,
      long validTo,
      String spec,
      CatchUp catchUp,
      long nominalAfter) {}

  /** A revision that ends. */
  public record Close(long schedule, long version, long validTo) {}
}
