package io.carillon.clocknode.rpc;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.carillon.clocknode.core.AssignedPartition;
import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.EventColumns;
import io.carillon.clocknode.core.FireBatch;
import io.carillon.clocknode.core.NodeCommand;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.Refusal;
import io.carillon.cluster.v1.Assignment;
import io.carillon.cluster.v1.OpenPartition;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.PartitionRefusal;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RevisionClose;
import io.carillon.cluster.v1.SkippedRun;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import java.util.ArrayList;
import java.util.List;

/** Between the messages of the protocol and the words of the core. */
final class Wire {

  /** A million revisions have few different ones. */
  private static final Interner<CatchUp> CATCH_UPS = Interners.newWeakInterner();

  private Wire() {}

  static PushFiresRequest message(FireBatch batch) {
    PushFiresRequest.Builder message = PushFiresRequest.newBuilder().setBatch(batch.number());
    for (BatchPart part : batch.parts()) {
      message.addPartitions(message(part));
    }
    return message.build();
  }

  private static PartitionBatch message(BatchPart part) {
    PartitionBatch.Builder message =
        PartitionBatch.newBuilder()
            .setPartition(part.partition())
            .setEpoch(part.epoch())
            .setPreviousWatermarkMicros(part.previousWatermark())
            .setPreviousAppliedVersion(part.previousApplied())
            .setNewWatermarkMicros(part.newWatermark())
            .setAppliedVersion(part.appliedVersion())
            .setFinal(part.last());
    EventColumns events = part.events();
    long before = 0;
    for (int i = 0; i < events.size(); i++) {
      message.addSchedule(events.schedule(i));
      message.addDueDeltaMicros(events.due(i) - before);
      message.addVersion(events.version(i));
      before = events.due(i);
    }
    for (io.carillon.clocknode.core.SkippedRun run : part.skipped()) {
      message.addSkipped(
          SkippedRun.newBuilder()
              .setSchedule(run.schedule())
              .setVersion(run.version())
              .setFirstNominalMicros(run.firstNominal())
              .setLastNominalMicros(run.lastNominal())
              .setCount(run.count())
              .setReason(reason(run.reason())));
    }
    return message.build();
  }

  private static SkippedRun.Reason reason(SkipReason reason) {
    return switch (reason) {
      case NONE -> SkippedRun.Reason.REASON_UNSPECIFIED;
      case CATCHUP_WINDOW -> SkippedRun.Reason.CATCHUP_WINDOW;
      case CATCHUP_LIMIT -> SkippedRun.Reason.CATCHUP_LIMIT;
      case CATCHUP_NONE -> SkippedRun.Reason.CATCHUP_NONE;
    };
  }

  static WatchPartitionsRequest open(List<NodeCommand.PartitionAt> partitions) {
    WatchPartitionsRequest.Builder message = WatchPartitionsRequest.newBuilder();
    for (NodeCommand.PartitionAt at : partitions) {
      message.addOpen(OpenPartition.newBuilder().setPartition(at.partition()).setEpoch(at.epoch()));
    }
    return message.build();
  }

  static WatchPartitionsRequest close(List<Integer> partitions) {
    return WatchPartitionsRequest.newBuilder().addAllClose(partitions).build();
  }

  static List<AssignedPartition> assignment(Assignment message) {
    List<AssignedPartition> partitions = new ArrayList<>(message.getPartitionsCount());
    for (io.carillon.cluster.v1.AssignedPartition p : message.getPartitionsList()) {
      partitions.add(
          new AssignedPartition(
              p.getPartition(),
              p.getEpoch(),
              p.getRelease(),
              p.getStandby(),
              p.getWatermarkMicros(),
              p.getAppliedVersion()));
    }
    return partitions;
  }

  static PartitionUpdate update(io.carillon.cluster.v1.PartitionUpdate message) {
    PartitionUpdate.SnapshotStart start =
        message.hasSnapshotStart()
            ? new PartitionUpdate.SnapshotStart(
                message.getSnapshotStart().getWatermarkMicros(),
                message.getSnapshotStart().getAppliedVersion())
            : null;
    List<PartitionUpdate.Revision> revisions = new ArrayList<>(message.getRevisionsCount());
    for (io.carillon.cluster.v1.Revision r : message.getRevisionsList()) {
      revisions.add(
          new PartitionUpdate.Revision(
              r.getSchedule(),
              r.getVersion(),
              r.getValidFromMicros(),
              r.getValidToMicros() == 0 ? Long.MAX_VALUE : r.getValidToMicros(),
              r.getSpec(),
              CATCH_UPS.intern(
                  new CatchUp(
                      r.getCatchUpWindowMicros(), r.getCatchUpLimit(), r.getCatchUpGraceMicros())),
              r.getNominalAfterMicros()));
    }
    List<PartitionUpdate.Close> closes = new ArrayList<>(message.getClosesCount());
    for (RevisionClose c : message.getClosesList()) {
      closes.add(new PartitionUpdate.Close(c.getSchedule(), c.getVersion(), c.getValidToMicros()));
    }
    return new PartitionUpdate(
        message.getPartition(),
        message.getEpoch(),
        start,
        revisions,
        closes,
        message.getMarkVersion(),
        message.getRefused());
  }

  /** A reason that this node does not know is taken as one that opens the partition again. */
  static List<Refusal> refusals(PushFiresResponse message) {
    List<Refusal> refusals = new ArrayList<>(message.getRefusalsCount());
    for (PartitionRefusal r : message.getRefusalsList()) {
      Refusal.Reason reason =
          switch (r.getReason()) {
            case STALE_EPOCH -> Refusal.Reason.STALE_EPOCH;
            case WATERMARK_MISMATCH -> Refusal.Reason.WATERMARK_MISMATCH;
            case MALFORMED, REASON_UNSPECIFIED, UNRECOGNIZED -> Refusal.Reason.MALFORMED;
          };
      refusals.add(new Refusal(r.getPartition(), r.getEpoch(), reason));
    }
    return refusals;
  }
}
