package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.core.NodeCommand.PartitionAt;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.clocknode.core.PartitionUpdate.SnapshotStart;
import io.carillon.common.schedule.CatchUp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeCoreTest {

  private static final NodeLimits LIMITS = new NodeLimits(2_000, 1_000_000, 100, 150, 3, 200);
  private final NodeCore core = new NodeCore(LIMITS, Every.specs());

  private static AssignedPartition at(int partition, long epoch) {
    return new AssignedPartition(partition, epoch, false);
  }

  private static AssignedPartition release(int partition, long epoch) {
    return new AssignedPartition(partition, epoch, true);
  }

  private List<NodeCommand> assign(AssignedPartition... partitions) {
    return core.onAssignment(Arrays.asList(partitions));
  }

  /** Lists a partition at watermark 0 with one schedule of this period, if above 0. */
  private void list(int partition, long epoch, long period) {
    List<Revision> revisions =
        period == 0
            ? List.of()
            : List.of(
                new Revision(
                    partition,
                    1,
                    0,
                    Long.MAX_VALUE,
                    "every " + period,
                    CatchUp.all(1L << 50),
                    Long.MIN_VALUE));
    core.onPartitionUpdate(
        new PartitionUpdate(
            partition, epoch, new SnapshotStart(0, 1), revisions, List.of(), 1, false));
  }

  /** Registered, owning partition 1 with a schedule of this period; a first step is recorded. */
  private void own(long period) {
    core.onRegistered();
    assign(at(1, 5));
    list(1, 5, period);
    core.tick(1);
    core.tick(1_000_000);
    core.onAcknowledged(1, List.of());
  }

  private static <T extends NodeCommand> List<T> only(Class<T> kind, List<NodeCommand> commands) {
    return commands.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<FireBatch> pushed(List<NodeCommand> commands) {
    return only(NodeCommand.Push.class, commands).stream().map(NodeCommand.Push::batch).toList();
  }

  private static List<PartitionAt> opened(List<NodeCommand> commands) {
    return only(NodeCommand.Open.class, commands).stream()
        .flatMap(open -> open.partitions().stream())
        .toList();
  }

  private static List<Integer> closed(List<NodeCommand> commands) {
    return only(NodeCommand.Close.class, commands).stream()
        .flatMap(close -> close.partitions().stream())
        .toList();
  }

  @Test
  void opensWhatIsAssignedAndClosesWhatIsNotAnyMore() {
    core.onRegistered();
    assertEquals(
        List.of(new PartitionAt(1, 5), new PartitionAt(2, 9)), opened(assign(at(1, 5), at(2, 9))));
    List<NodeCommand> commands = assign(at(2, 10), at(3, 1));
    assertEquals(List.of(new PartitionAt(2, 10), new PartitionAt(3, 1)), opened(commands));
    assertEquals(List.of(1), closed(commands));
  }

  @Test
  void keepsTheDistanceBetweenTwoPushes() {
    own(1_000);
    FireBatch batch = pushed(core.tick(1_010_000)).get(0);
    assertEquals(2, batch.number());
    assertEquals(List.of(), core.tick(1_011_999));
    assertEquals(1_012_000, core.nextWakeMicros(1_011_000));
    assertEquals(1, pushed(core.tick(1_012_000)).size());
  }

  @Test
  void saysIdleWatermarksOfAllPartitionsInOneBatch() {
    core.onRegistered();
    assign(at(1, 5), at(2, 5), at(3, 5));
    list(1, 5, 0);
    list(2, 5, 0);
    list(3, 5, 0);
    List<FireBatch> batches = pushed(core.tick(2_000_000));
    assertEquals(1, batches.size());
    assertEquals(3, batches.get(0).parts().size());
    core.onAcknowledged(1, List.of());
    assertEquals(List.of(), core.tick(2_900_000));
    assertEquals(3_000_000, core.nextWakeMicros(2_900_000));
    assertEquals(3, pushed(core.tick(3_000_000)).get(0).parts().size());
  }

  @Test
  void wakesWhenTheNextIsDueAndNeverLaterThanASlice() {
    own(1_300_000);
    assertEquals(1_300_000, core.nextWakeMicros(1_200_000));
    NodeCore idle = new NodeCore(LIMITS, Every.specs());
    assertEquals(1_000_005, idle.nextWakeMicros(5));
  }

  @Test
  void sendsNothingMoreOfAPartitionUntilItsFirstStepIsRecorded() {
    core.onRegistered();
    assign(at(1, 5));
    list(1, 5, 10_000);
    assertEquals(1, pushed(core.tick(10_000)).size());
    assertEquals(List.of(), core.tick(20_000));
    core.onAcknowledged(1, List.of());
    assertEquals(1, pushed(core.tick(20_000)).size());
    assertEquals(1, pushed(core.tick(30_000)).size());
  }

  @Test
  void atTheBoundOfBatchesItStopsTakingAndLosesNothing() {
    own(10_000);
    assertEquals(1, pushed(core.tick(1_010_000)).size());
    assertEquals(1, pushed(core.tick(1_020_000)).size());
    assertEquals(1, pushed(core.tick(1_030_000)).size());
    assertEquals(List.of(), core.tick(1_040_000));
    assertEquals(2_050_000, core.nextWakeMicros(1_050_000));
    core.onAcknowledged(2, List.of());
    BatchPart late = pushed(core.tick(1_060_000)).get(0).parts().get(0);
    assertEquals(1_030_000, late.previousWatermark());
    assertEquals(3, late.events().size());
  }

  @Test
  void aBacklogIsCutByPartitionByBatchAndByWhatIsPending() {
    own(1_000);
    assertEquals(0, core.report().pendingEvents());
    assertEquals(100, pushed(core.tick(5_000_000)).get(0).weight());
    assertEquals(100, pushed(core.tick(5_002_000)).get(0).weight());
    assertEquals(List.of(), core.tick(5_004_000));
    core.onAcknowledged(2, List.of());
    assertEquals(100, pushed(core.tick(5_006_000)).get(0).weight());
  }

  @Test
  void whoGotNothingIsServedFirstTheNextTime() {
    core.onRegistered();
    assign(at(1, 5), at(2, 5), at(3, 5), at(4, 5));
    for (int partition = 1; partition <= 4; partition++) {
      list(partition, 5, 1_000);
    }
    List<Integer> first = partitions(pushed(core.tick(900_000)).get(0));
    assertEquals(List.of(1, 2, 3), first);
    core.onAcknowledged(1, List.of());
    assertEquals(4, partitions(pushed(core.tick(910_000)).get(0)).get(0));
  }

  @Test
  void aBacklogIsWorkedOffFromTheOldestOnInAllPartitionsAlike() {
    core.onRegistered();
    assign(at(1, 5), at(2, 5));
    list(1, 5, 1_000);
    list(2, 5, 1_000);
    List<BatchPart> parts = pushed(core.tick(900_000)).get(0).parts();
    assertEquals(List.of(75, 75), parts.stream().map(BatchPart::weight).toList());
    assertEquals(75_000, parts.get(0).newWatermark());
    assertEquals(75_000, parts.get(1).newWatermark());
  }

  private static List<Integer> partitions(FireBatch batch) {
    return batch.parts().stream().map(BatchPart::partition).toList();
  }

  @Test
  void ticksOnWithoutASessionAndSendsAgainInOrderWithTheSameNumbers() {
    own(10_000);
    FireBatch second = pushed(core.tick(1_010_000)).get(0);
    core.onSessionLost();
    assertEquals(List.of(), core.tick(1_020_000));
    List<FireBatch> again = pushed(core.onRegistered());
    assertEquals(List.of(2L, 3L), again.stream().map(FireBatch::number).toList());
    assertSame(second, again.get(0));
    assertEquals(List.of(new PartitionAt(1, 5)), opened(assign(at(1, 5))));
    BatchPart next = pushed(core.tick(1_030_000)).get(0).parts().get(0);
    assertEquals(1_020_000, next.previousWatermark());
  }

  @Test
  void anotherEpochDropsTheOldStateButKeepsTheNumbers() {
    own(10_000);
    core.tick(1_010_000);
    assertEquals(List.of(new PartitionAt(1, 6)), opened(assign(at(1, 6))));
    core.onSessionLost();
    FireBatch again = pushed(core.onRegistered()).get(0);
    assertEquals(2, again.number());
    assertEquals(List.of(), again.parts());
    assertEquals(0, core.report().pendingEvents());
  }

  @Test
  void aStaleEpochDropsThePartition() {
    own(10_000);
    core.tick(1_010_000);
    core.tick(1_020_000);
    List<NodeCommand> commands =
        core.onAcknowledged(2, List.of(new Refusal(1, 5, Refusal.Reason.STALE_EPOCH)));
    assertEquals(List.of(1), closed(commands));
    assertEquals(0, core.report().partitions());
    assertEquals(0, core.report().pendingEvents());
  }

  @Test
  void aMismatchOpensThePartitionAgainOnceItsOldStepsAreSettledAndGoesOnFromTheSnapshot() {
    own(10_000);
    core.tick(1_010_000);
    core.tick(1_020_000);
    Refusal mismatch = new Refusal(1, 5, Refusal.Reason.WATERMARK_MISMATCH);
    core.onAcknowledged(2, List.of(mismatch));
    assertEquals(List.of(), core.tick(1_030_000));
    core.onAcknowledged(3, List.of(mismatch));
    assertEquals(List.of(new PartitionAt(1, 5)), opened(core.tick(1_040_000)));
    list(1, 5, 500_000);
    BatchPart part = pushed(core.tick(1_050_000)).get(0).parts().get(0);
    assertEquals(0, part.previousWatermark());
    assertEquals(2, part.events().size());
  }

  @Test
  void refusalsAgainAndAgainDoNotMakeItOpenWithoutEnd() {
    own(10_000);
    Refusal malformed = new Refusal(1, 5, Refusal.Reason.MALFORMED);
    core.tick(1_010_000);
    core.onAcknowledged(2, List.of(malformed));
    assertEquals(1, opened(core.tick(1_011_000)).size());
    list(1, 5, 10_000);
    core.tick(1_013_000);
    core.onAcknowledged(3, List.of(malformed));
    assertEquals(List.of(), core.tick(1_015_000));
    assertEquals(1_111_000, core.nextWakeMicros(1_015_000));
    assertEquals(1, opened(core.tick(1_111_000)).size());
  }

  @Test
  void aReleaseEndsWithOneLastBatchWithAllThatIsDue() {
    own(10_000);
    assign(release(1, 5));
    FireBatch cut = pushed(core.tick(2_500_000)).get(0);
    assertFalse(cut.parts().get(0).last());
    FireBatch last = pushed(core.tick(2_502_000)).get(0);
    assertTrue(last.parts().get(0).last());
    assertEquals(2_502_000, last.parts().get(0).newWatermark());
    assertEquals(List.of(), core.tick(2_510_000));
    assertEquals(List.of(1), closed(core.onAcknowledged(3, List.of())));
    assertEquals(0, core.report().partitions());
  }

  @Test
  void aReleasedPartitionWithNothingDueIsGivenBackAtOnce() {
    own(0);
    assign(release(1, 5));
    assertEquals(1_002_500, core.nextWakeMicros(1_002_500));
    assertTrue(pushed(core.tick(1_002_500)).get(0).parts().get(0).last());
  }

  @Test
  void aDrainedNodeIsDoneWhenReleasedAndNothingIsPending() {
    own(10_000);
    core.onDrain();
    assertEquals(1, pushed(core.tick(1_010_000)).size());
    assign(release(1, 5));
    core.tick(1_020_000);
    core.onReleased();
    assertFalse(core.isDone());
    core.onAcknowledged(3, List.of());
    assertTrue(core.isDone());
  }

  private static AssignedPartition standby(int partition, long epoch) {
    return new AssignedPartition(partition, epoch, false, true, 0, 0);
  }

  /** Owned under an epoch from what is recorded. */
  private static AssignedPartition from(int partition, long epoch, long watermark) {
    return new AssignedPartition(partition, epoch, false, false, watermark, 1);
  }

  @Test
  void aStandbyIsLoadedAndEmitsNothing() {
    core.onRegistered();
    assertEquals(List.of(new PartitionAt(1, 5)), opened(assign(standby(1, 5))));
    list(1, 5, 10_000);
    assertEquals(List.of(), pushed(core.tick(1_000_000)));
    assertEquals(0, core.report().partitions());
    assertEquals(0, core.report().schedules(), "they are the owner's");
    assertEquals(List.of(), opened(assign(standby(1, 6))), "whoever owns it");
  }

  @Test
  void aStandbyThatBecomesTheOwnerGoesOnAtOnceFromWhatIsRecorded() {
    core.onRegistered();
    assign(standby(1, 5));
    list(1, 5, 10_000);
    assertEquals(List.of(), opened(assign(from(1, 6, 500_000))), "needs no snapshot");
    BatchPart part = pushed(core.tick(520_000)).get(0).parts().get(0);
    assertEquals(6, part.epoch());
    assertEquals(500_000, part.previousWatermark());
    assertEquals(2, part.events().size());
    assertEquals(510_000, part.events().due(0));
    // It goes on hearing under the epoch that it was opened with.
    Revision second =
        new Revision(7, 2, 520_000, Long.MAX_VALUE, "every 5000", CatchUp.all(1L << 50), 0);
    core.onPartitionUpdate(new PartitionUpdate(1, 5, null, List.of(second), List.of(), 2, false));
    core.onAcknowledged(1, List.of());
    assertEquals(3, pushed(core.tick(530_000)).get(0).parts().get(0).events().size());
  }

  @Test
  void aStandbyWaitsUntilItHasHeardOfAllThatIsApplied() {
    core.onRegistered();
    assign(standby(1, 5));
    list(1, 5, 10_000);
    assign(new AssignedPartition(1, 6, false, false, 500_000, 2));
    assertEquals(List.of(), pushed(core.tick(520_000)));
    core.onPartitionUpdate(new PartitionUpdate(1, 5, null, List.of(), List.of(), 2, false));
    assertEquals(1, pushed(core.tick(522_000)).size());
  }

  @Test
  void aStandbyThatIsNotLoadedYetOpensASnapshotAsTheOwner() {
    core.onRegistered();
    assign(standby(1, 5));
    assertEquals(List.of(new PartitionAt(1, 6)), opened(assign(from(1, 6, 500_000))));
  }

  @Test
  void aStandbyOfAnEarlierSessionOpensASnapshotAsTheOwner() {
    core.onRegistered();
    assign(standby(1, 5));
    list(1, 5, 10_000);
    core.onSessionLost();
    core.onRegistered();
    assertEquals(List.of(new PartitionAt(1, 6)), opened(assign(from(1, 6, 500_000))));
  }

  @Test
  void anOwnerThatBecomesTheStandbyForgetsItsStepsAndListsAnew() {
    own(10_000);
    core.tick(1_010_000);
    assertEquals(List.of(new PartitionAt(1, 6)), opened(assign(standby(1, 6))));
    assertEquals(0, core.report().pendingEvents());
    assertEquals(0, core.report().partitions());
  }

  @Test
  void newsOfAnotherEpochIsNotHeard() {
    own(10_000);
    core.onPartitionUpdate(
        new PartitionUpdate(1, 4, new SnapshotStart(0, 1), List.of(), List.of(), 1, true));
    assertEquals(1, core.report().partitions());
    assertEquals(
        1,
        Stream.of(
                core.onPartitionUpdate(
                    new PartitionUpdate(1, 5, null, List.of(), List.of(), 0, true)))
            .mapToInt(List::size)
            .sum());
    assertEquals(0, core.report().partitions());
  }
}
