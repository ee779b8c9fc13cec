package io.carillon.simulation.cluster;

import io.carillon.clocknode.core.AssignedPartition;
import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.EventColumns;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.PushedPart;
import io.carillon.master.core.Refusal;
import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Between the words of the two cores, as the protocol's messages carry them. */
public final class Messages {

  private static final int REVISIONS_PER_MESSAGE = 3;

  private Messages() {}

  /** What a part of a batch is to the master. */
  public static PushedPart part(BatchPart part) {
    EventColumns events = part.events();
    int n = events.size();
    long[] schedule = new long[n];
    long[] due = new long[n];
    long[] version = new long[n];
    for (int i = 0; i < n; i++) {
      schedule[i] = events.schedule(i);
      due[i] = events.due(i);
      version[i] = events.version(i);
    }
    List<PushedPart.SkippedRun> skipped = new ArrayList<>();
    for (io.carillon.clocknode.core.SkippedRun run : part.skipped()) {
      skipped.add(
          new PushedPart.SkippedRun(
              run.schedule(),
              run.version(),
              run.firstNominal(),
              run.lastNominal(),
              run.count(),
              SkipReason.ofCode(run.reason().code())));
    }
    return new PushedPart(
        part.partition(),
        part.epoch(),
        part.previousWatermark(),
        part.previousApplied(),
        part.newWatermark(),
        part.appliedVersion(),
        schedule,
        due,
        version,
        skipped,
        part.last());
  }

  /** A part without some of its events, and then without what it skipped. */
  static PushedPart without(PushedPart whole, IntPredicate isLeftOut) {
    int[] kept = IntStream.range(0, whole.size()).filter(isLeftOut.negate()).toArray();
    return new PushedPart(
        whole.partition(),
        whole.epoch(),
        whole.previousWatermark(),
        whole.previousApplied(),
        whole.newWatermark(),
        whole.applied(),
        Arrays.stream(kept).mapToLong(i -> whole.schedule()[i]).toArray(),
        Arrays.stream(kept).mapToLong(i -> whole.due()[i]).toArray(),
        Arrays.stream(kept).mapToLong(i -> whole.version()[i]).toArray(),
        List.of(),
        whole.last());
  }

  static List<AssignedPartition> assignment(SendAssignment command) {
    return command.partitions().stream()
        .map(
            a ->
                new AssignedPartition(
                    a.partition(), a.epoch(), a.release(), a.standby(), a.watermark(), a.applied()))
        .toList();
  }

  static List<io.carillon.clocknode.core.Refusal> refusals(List<Refusal> refusals) {
    return refusals.stream()
        .map(
            r ->
                new io.carillon.clocknode.core.Refusal(
                    r.partition(),
                    r.epoch(),
                    io.carillon.clocknode.core.Refusal.Reason.valueOf(r.reason().name())))
        .toList();
  }

  /** A snapshot, in messages of a few revisions. */
  static List<PartitionUpdate> updates(SendSnapshot snapshot) {
    List<PartitionUpdate> updates = new ArrayList<>();
    int size = snapshot.revisions().size();
    for (int from = 0; from == 0 || from < size; from += REVISIONS_PER_MESSAGE) {
      int to = Math.min(size, from + REVISIONS_PER_MESSAGE);
      updates.add(
          new PartitionUpdate(
              snapshot.partition(),
              snapshot.epoch(),
              from == 0
                  ? new PartitionUpdate.SnapshotStart(snapshot.watermark(), snapshot.applied())
                  : null,
              snapshot.revisions().subList(from, to).stream().map(Messages::revision).toList(),
              List.of(),
              to == size ? snapshot.version() : 0,
              false));
    }
    return updates;
  }

  static PartitionUpdate update(SendChange change) {
    return new PartitionUpdate(
        change.partition(),
        change.epoch(),
        null,
        change.opened().stream().map(Messages::revision).toList(),
        change.closed().stream()
            .map(r -> new PartitionUpdate.Close(r.schedule(), r.version(), r.validTo()))
            .toList(),
        change.version(),
        false);
  }

  static PartitionUpdate refusal(int partition, long epoch) {
    return new PartitionUpdate(partition, epoch, null, List.of(), List.of(), 0, true);
  }

  private static PartitionUpdate.Revision revision(Revision r) {
    return new PartitionUpdate.Revision(
        r.schedule(),
        r.version(),
        r.validFrom(),
        r.validTo(),
        r.spec(),
        r.catchUp(),
        r.nominalAfter());
  }
}
