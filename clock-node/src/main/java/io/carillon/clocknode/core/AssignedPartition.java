package io.carillon.clocknode.core;

/**
 * A partition that the node is to own, or to keep loaded.
 *
 * @param release give it back: one last batch, and no more
 * @param standby another node owns it: load it, emit nothing, and be ready to own it
 * @param watermark of an owned one: recorded up to here, for revisions up to {@code applied}
 */
public record AssignedPartition(
    int partition, long epoch, boolean release, boolean standby, long watermark, long applied) {

  /** One to own that has to be listed first. */
  public AssignedPartition(int partition, long epoch, boolean release) {
    this(partition, epoch, release, false, 0, 0);
  }
}
