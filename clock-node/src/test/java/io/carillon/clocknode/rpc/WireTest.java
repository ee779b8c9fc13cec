package io.carillon.clocknode.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.FireBatch;
import io.carillon.clocknode.core.ModelMaster;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.SkippedRun;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.Revision;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {

  private static Revision.Builder revision() {
    return Revision.newBuilder()
        .setSchedule(1)
        .setVersion(2)
        .setValidFromMicros(3)
        .setSpec("spec")
        .setCatchUpWindowMicros(4_000)
        .setCatchUpLimit(-1)
        .setCatchUpGraceMicros(500)
        .setNominalAfterMicros(Long.MIN_VALUE);
  }

  private static PartitionUpdate.Revision read(Revision.Builder revision) {
    return Wire.update(
            io.carillon.cluster.v1.PartitionUpdate.newBuilder().addRevisions(revision).build())
        .revisions()
        .get(0);
  }

  @Test
  void aRevisionIsReadWithItsCatchUpAndTheTimesThatAreNotItsOwn() {
    CatchUp all = new CatchUp(4_000, CatchUp.NO_LIMIT, 500);
    assertEquals(
        new PartitionUpdate.Revision(1, 2, 3, Long.MAX_VALUE, "spec", all, Long.MIN_VALUE),
        read(revision()));
    Revision.Builder other =
        revision().setValidToMicros(2).setCatchUpLimit(7).setNominalAfterMicros(99);
    assertEquals(
        new PartitionUpdate.Revision(1, 2, 3, 2, "spec", new CatchUp(4_000, 7, 500), 99),
        read(other));
  }

  @Test
  void equalCatchUpsAreOneObject() {
    assertSame(read(revision()).catchUp(), read(revision().setSchedule(9)).catchUp());
  }

  @Test
  void aStepIsWrittenWithDueTimesAndReasons() {
    List<SkippedRun> skipped = new ArrayList<>();
    for (SkipReason reason : SkipReason.values()) {
      if (reason != SkipReason.NONE) {
        skipped.add(new SkippedRun(5, 6, 10, 30, 3, reason));
      }
    }
    BatchPart part =
        new BatchPart(
            1,
            2,
            3,
            4,
            500,
            6,
            ModelMaster.columns(List.of(8L, 9L), List.of(400L, 7L), List.of(1L, 2L)),
            skipped,
            true);
    PartitionBatch message =
        Wire.message(new FireBatch(1, List.of(part), part.weight())).getPartitions(0);
    assertEquals(List.of(400L, 7L), message.getDueDeltaMicrosList());
    assertEquals(List.of(8L, 9L), message.getScheduleList());
    assertEquals(
        List.of(
            io.carillon.cluster.v1.SkippedRun.Reason.CATCHUP_WINDOW,
            io.carillon.cluster.v1.SkippedRun.Reason.CATCHUP_LIMIT,
            io.carillon.cluster.v1.SkippedRun.Reason.CATCHUP_NONE),
        message.getSkippedList().stream().map(run -> run.getReason()).toList());
    assertEquals(30, message.getSkipped(0).getLastNominalMicros());
  }
}
