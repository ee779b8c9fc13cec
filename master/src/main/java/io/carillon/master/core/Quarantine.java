package io.carillon.master.core;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Announce;
import io.carillon.master.core.MasterCommand.Answer;
import java.util.List;
import java.util.Map;

/**
 * Partitions that are set aside because what is stored stands in the way of what is to be recorded
 * of them: a row of the log, another watermark. All others go on. One that is set aside is
 * nobody's, until an operator has looked and has it repaired. The next leader knows nothing of it
 * and finds out anew, within its first commits.
 */
final class Quarantine {

  private final PartitionState[] partitions;
  private final Assignments assignments;
  private final Counters counters;

  Quarantine(PartitionState[] partitions, Assignments assignments, Counters counters) {
    this.partitions = partitions;
    this.assignments = assignments;
    this.counters = counters;
  }

  /**
   * @param faults what stands in the way of each
   */
  void setAside(Map<Integer, String> faults, long now, List<MasterCommand> out) {
    faults.forEach(
        (id, fault) -> {
          PartitionState partition = partitions[id];
          partition.quarantine = withWhatToDo(id, fault);
          partition.quarantinedAt = now;
          counters.add(Counter.PARTITIONS_QUARANTINED);
          out.add(new Announce(new CoreEvent.PartitionQuarantined(now, id, partition.quarantine)));
          assignments.setAside(partition, out);
        });
  }

  private static String withWhatToDo(int id, String fault) {
    return fault
        + ". Look at it, put right or delete what is wrong, then run `carillon cluster"
        + " repair-partition "
        + id
        + "`: what the log has then counts as recorded";
  }

  /** It goes on from what is stored now; answers "" or why not. */
  void repair(
      int id, StoredPartition stored, Reply<String> reply, long now, List<MasterCommand> out) {
    PartitionState partition = partitions[id];
    if (partition.quarantine == null) {
      out.add(new Answer<>(reply, "PARTITION_NOT_QUARANTINED"));
      return;
    }
    partition.reread(stored);
    out.add(new Announce(new CoreEvent.PartitionQuarantined(now, id, "")));
    out.add(new Answer<>(reply, ""));
    // With the next owner comes another epoch: nothing of before is taken for what follows.
    assignments.proceed(out);
  }
}
