package io.carillon.clocknode.core;

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
   * Owes every nominal time of its spec in {@code (validFrom, validTo]}.
   *
   * @param validTo {@link Long#MAX_VALUE} while it is open
   * @param spec canonical text
   */
  public record Revision(
      long schedule, long version, long validFrom, long validTo, String spec, long window) {}

  /** A revision that ends. */
  public record Close(long schedule, long version, long validTo) {}
}
