package io.carillon.master.core;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which partitions stand still though their owners live: heartbeats come, and nothing is pushed.
 *
 * <p>Only time counts in which it is the owner's turn: it is connected, all that it pushed is
 * settled, the store answers, and the leader itself was not away. So neither a slow store nor a
 * long catch-up is taken for a node that does not work. A partition without fires says its
 * watermark once a second; one that is being loaded says nothing, and has longer.
 */
final class Standstill {

  static final long BOUND = 5_000_000;

  /** The largest partitions are loaded in less, also on a machine that has much to do. */
  static final long LOADING_BOUND = 30_000_000;

  /** A write that takes longer is the store's fault, and not that of any node. */
  private static final long STORE_ANSWERS_WITHIN = 500_000;

  private final CoreSettings settings;
  private final PartitionState[] partitions;
  private final Map<String, Node> nodes;

  Standstill(CoreSettings settings, PartitionState[] partitions, Map<String, Node> nodes) {
    this.settings = settings;
    this.partitions = partitions;
    this.nodes = nodes;
  }

  /**
   * So much time has gone by.
   *
   * @param writing for how long the write under way takes already; 0 if there is none
   */
  void count(long micros, long writing) {
    if (micros <= 0 || writing >= STORE_ANSWERS_WITHIN) {
      return;
    }
    for (PartitionState partition : partitions) {
      Node owner = partition.owner == null ? null : nodes.get(partition.owner);
      if (owner != null
          && owner.beating
          && owner.isAlive()
          && owner.state != NodeState.SUSPECT
          && owner.batches.isEmpty()) {
        partition.stalled += micros;
      }
    }
  }

  /** A node begins a session: it opens its partitions again. */
  void begins(Node node) {
    for (PartitionState partition : partitions) {
      if (node.id.equals(partition.owner)) {
        partition.stalled = 0;
      }
    }
  }

  /** Whether its owner has left a partition standing still for too long. */
  boolean holds(PartitionState partition) {
    long bound = partition.loading ? LOADING_BOUND : BOUND;
    return partition.stalled >= (partition.releasing ? settings.releaseTimeout() : bound);
  }

  /** Who owns partitions that stand still, apart from those that are asked for. */
  Set<String> laggards() {
    Set<String> laggards = new TreeSet<>();
    for (PartitionState partition : partitions) {
      if (partition.owner != null && !partition.releasing && holds(partition)) {
        laggards.add(partition.owner);
      }
    }
    return laggards;
  }
}
