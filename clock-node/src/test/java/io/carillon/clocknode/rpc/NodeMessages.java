package io.carillon.clocknode.rpc;

import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.ModelMaster;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.SkippedRun;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.Revision;
import io.carillon.cluster.v1.RevisionClose;
import io.carillon.cluster.v1.SnapshotStart;
import io.carillon.common.fire.SkipReason;

/** What a clock node and its master say, in the words of the cores. */
final class NodeMessages {

  private NodeMessages() {}

  static BatchPart part(PartitionBatch part) {
    return new BatchPart(
        part.getPartition(),
        part.getEpoch(),
        part.getPreviousWatermarkMicros(),
        part.getPreviousAppliedVersion(),
        part.getNewWatermarkMicros(),
        part.getAppliedVersion(),
        ModelMaster.columns(
            part.getScheduleList(), part.getDueDeltaMicrosList(), part.getVersionList()),
        part.getSkippedList().stream()
            .map(
                run ->
                    new SkippedRun(
                        run.getSchedule(),
                        run.getVersion(),
                        run.getFirstNominalMicros(),
                        run.getLastNominalMicros(),
                        run.getCount(),
                        SkipReason.valueOf(run.getReason().name())))
            .toList(),
        part.getFinal());
  }

  static io.carillon.cluster.v1.PartitionUpdate message(PartitionUpdate update) {
    io.carillon.cluster.v1.PartitionUpdate.Builder message =
        io.carillon.cluster.v1.PartitionUpdate.newBuilder()
            .setPartition(update.partition())
            .setEpoch(update.epoch())
            .setMarkVersion(update.markVersion())
            .setRefused(update.refused());
    if (update.start() != null) {
      message.setSnapshotStart(
          SnapshotStart.newBuilder()
              .setWatermarkMicros(update.start().watermark())
              .setAppliedVersion(update.start().appliedVersion()));
    }
    for (PartitionUpdate.Revision r : update.revisions()) {
      message.addRevisions(
          Revision.newBuilder()
              .setSchedule(r.schedule())
              .setVersion(r.version())
              .setValidFromMicros(r.validFrom())
              .setValidToMicros(r.validTo() == Long.MAX_VALUE ? 0 : r.validTo())
              .setSpec(r.spec())
              .setCatchUpWindowMicros(r.catchUp().windowMicros())
              .setCatchUpLimit(r.catchUp().limit())
              .setCatchUpGraceMicros(r.catchUp().graceMicros())
              .setNominalAfterMicros(r.nominalAfter()));
    }
    for (PartitionUpdate.Close c : update.closes()) {
      message.addCloses(
          RevisionClose.newBuilder()
              .setSchedule(c.schedule())
              .setVersion(c.version())
              .setValidToMicros(c.validTo()));
    }
    return message.build();
  }
}
