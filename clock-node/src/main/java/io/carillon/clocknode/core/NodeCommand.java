package io.carillon.clocknode.core;

import java.util.List;

/** What the core asks its shell to do. Whatever cannot be done for want of a session is void. */
public sealed interface NodeCommand {

  /**
   * Send the batch; the same number may come again after a reconnection, perhaps with less in it.
   */
  record Push(FireBatch batch) implements NodeCommand {}

  /** Ask for a snapshot of these, and for what follows. */
  record Open(List<PartitionAt> partitions) implements NodeCommand {}

  /** Ask for nothing more of these. */
  record Close(List<Integer> partitions) implements NodeCommand {}

  /**
   * A transition that an operator may want to read of.
   *
   * @param trouble should not happen in a healthy cluster
   */
  record Announce(String text, boolean trouble) implements NodeCommand {}

  /** A partition under an epoch. */
  record PartitionAt(int partition, long epoch) {}
}
