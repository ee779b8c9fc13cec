package io.carillon.master.core;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import java.util.List;

/** Which node may do what with a partition, and who hears of its revisions. */
final class Watches {

  private final PartitionState[] partitions;
  private final Counters counters;

  Watches(PartitionState[] partitions, Counters counters) {
    this.partitions = partitions;
    this.counters = counters;
  }

  /** Refuses a part of a batch unless its partition is the node's under that epoch. */
  boolean mayPush(Node node, PushedBatch batch, PushedPart part) {
    if (owns(node, part.partition(), part.epoch())) {
      return true;
    }
    boolean foreign = !isOwnedBy(node, part.partition());
    counters.add(foreign ? Counter.REFUSED_FOREIGN_PARTITION : Counter.REFUSED_STALE_EPOCH);
    batch.refuse(part, Refusal.Reason.STALE_EPOCH);
    return false;
  }

  /** Owner under an epoch: whoever else says so is refused. */
  private boolean owns(Node node, int partition, long epoch) {
    return isOwnedBy(node, partition) && partitions[partition].epoch == epoch;
  }

  private boolean isOwnedBy(Node node, int partition) {
    return exists(partition) && node.id.equals(partitions[partition].owner);
  }

  private boolean exists(int partition) {
    return partition >= 0 && partition < partitions.length;
  }

  /**
   * A snapshot, and from then on every change. For the owner, and for the standby under whatever
   * epoch it has heard of: it emits nothing, and the epoch is only the name of its watch.
   */
  void open(Node node, int partition, long epoch, List<MasterCommand> out) {
    if (owns(node, partition, epoch)) {
      partitions[partition].watch = new PartitionState.Watch(node.session, epoch);
      partitions[partition].loading = true;
    } else if (exists(partition) && node.id.equals(partitions[partition].standby)) {
      partitions[partition].standbyWatch = new PartitionState.Watch(node.session, epoch);
    } else {
      out.add(new RefuseWatch(node.session, partition, epoch));
      return;
    }
    PartitionState state = partitions[partition];
    out.add(
        new SendSnapshot(
            node.session,
            partition,
            epoch,
            state.watermark,
            state.applied,
            state.durableVersion,
            state.revisions()));
  }

  void close(long session, int partition) {
    if (exists(partition)) {
      partitions[partition].unwatch(session);
    }
  }
}
