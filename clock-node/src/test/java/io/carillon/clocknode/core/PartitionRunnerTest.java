package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.core.PartitionUpdate.Close;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.clocknode.core.PartitionUpdate.SnapshotStart;
import io.carillon.common.schedule.Occurrences;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionRunnerTest extends RunnerOfOnePartition {

  @Test
  void takesNothingBeforeTheMark() {
    runner.onUpdate(
        update(new SnapshotStart(0, 1), List.of(every(10, 1, 1, 0, OPEN)), List.of(), 0));
    assertFalse(runner.ready());
    assertNull(take(100));
    change(1, List.of(), List.of());
    assertEquals(List.of("1@10", "1@20"), events(take(20)));
  }

  @Test
  void anAppliedRevisionStartsFromTheWatermarkOrItsBeginning() {
    list(100, 5, 5, every(30, 1, 4, 0, OPEN), every(50, 2, 5, 160, OPEN));
    assertEquals(List.of("1@120", "1@150", "1@180", "2@200"), events(take(200)));
  }

  @Test
  void aRevisionThatIsNotAppliedStartsFromItsBeginningEvenBeforeTheWatermark() {
    list(100, 5, 6, every(30, 1, 6, 50, OPEN));
    BatchPart part = take(130);
    assertEquals(List.of("1@60", "1@90", "1@120"), events(part));
    assertEquals(100, part.previousWatermark());
    assertEquals(130, part.newWatermark());
    assertEquals(6, part.appliedVersion());
  }

  @Test
  void aClosedRevisionOfTheSnapshotOwesUpToItsEnd() {
    list(100, 5, 5, every(10, 1, 4, 0, 120));
    assertEquals(List.of("1@110", "1@120"), events(take(200)));
    assertEquals(0, runner.schedules());
  }

  @Test
  void aCloseStillOwesWhatIsDueUpToIt() {
    list(100, 5, 5, every(10, 1, 4, 0, OPEN));
    change(6, List.of(), List.of(new Close(1, 4, 120)));
    assertEquals(List.of("1@110", "1@120"), events(take(200)));
  }

  @Test
  void aCloseThatLeavesNothingOwedForgetsTheRevisionAtOnce() {
    list(100, 5, 5, every(1000, 1, 4, 0, OPEN));
    change(6, List.of(), List.of(new Close(1, 4, 150)));
    assertEquals(0, runner.schedules());
  }

  @Test
  void anOpenBeforeTheEmittedWatermarkIsMadeUpForInTheNextStep() {
    list(100, 5, 5, every(10, 1, 4, 0, OPEN));
    assertEquals(5, take(150).appliedVersion());
    change(6, List.of(every(20, 1, 6, 115, OPEN)), List.of(new Close(1, 4, 115)));
    BatchPart part = take(160);
    assertEquals(List.of("1@120", "1@140", "1@160"), events(part));
    assertEquals(6, part.appliedVersion());
  }

  @Test
  void anUpdateInOneMessageClosesTheOneAndOpensTheOther() {
    list(0, 1, 1, every(10, 1, 1, 0, OPEN));
    change(2, List.of(every(15, 1, 2, 20, OPEN)), List.of(new Close(1, 1, 20)));
    assertEquals(List.of("1@10", "1@20", "1@30", "1@45"), events(take(45)));
  }

  @Test
  void aRelistUnderTheSameEpochGoesOnFromWhatWasEmitted() {
    list(100, 5, 5, every(10, 1, 4, 0, OPEN));
    assertEquals(150, take(150).newWatermark());
    // The master has recorded nothing of it yet.
    list(100, 5, 6, every(10, 1, 4, 0, OPEN), every(10, 2, 6, 140, OPEN));
    BatchPart part = take(170);
    assertEquals(150, part.previousWatermark());
    assertEquals(List.of("2@150", "1@160", "2@160", "1@170", "2@170"), events(part));
  }

  @Test
  void ticksByTheOldListUntilTheMarkOfTheNew() {
    list(100, 5, 5, every(10, 1, 4, 0, OPEN));
    assertNotNull(take(105));
    runner.onUpdate(
        update(
            new SnapshotStart(100, 5),
            List.of(every(10, 1, 4, 0, OPEN), every(10, 2, 6, 105, OPEN)),
            List.of(),
            0));
    BatchPart old = take(120);
    assertEquals(List.of("1@110", "1@120"), events(old));
    assertEquals(5, old.appliedVersion());
    change(6, List.of(), List.of());
    assertEquals(List.of("2@110", "2@120", "1@130", "2@130"), events(take(130)));
  }

  @Test
  void aFirstListThatBeginsAgainForgetsWhatItHad() {
    runner.onUpdate(
        update(new SnapshotStart(0, 1), List.of(every(10, 1, 1, 0, OPEN)), List.of(), 0));
    list(100, 3, 3, every(10, 2, 2, 0, OPEN));
    assertEquals(List.of("2@110"), events(take(110)));
  }

  @Test
  void aListThatNothingWasEmittedByGivesWayAtOnceToALaterOne() {
    list(0, 1, 1, every(10, 1, 1, 0, OPEN));
    runner.onUpdate(update(new SnapshotStart(50, 1), List.of(), List.of(), 0));
    assertNull(take(100));
    change(1, List.of(every(10, 1, 1, 0, OPEN)), List.of());
    assertEquals(List.of("1@60", "1@70"), events(take(70)));
  }

  @Test
  void aCutTakesAllTiesAndSetsTheWatermarkToTheLastTaken() {
    list(0, 1, 1, every(10, 1, 1, 0, OPEN), every(10, 2, 1, 0, OPEN), every(5, 3, 1, 0, OPEN));
    BatchPart first = runner.take(20, 2, true, scratch);
    assertEquals(List.of("3@5", "1@10", "2@10", "3@10"), events(first));
    assertEquals(10, first.newWatermark());
    assertFalse(first.last());
    BatchPart second = runner.take(20, 100, true, scratch);
    assertEquals(List.of("3@15", "1@20", "2@20", "3@20"), events(second));
    assertEquals(20, second.newWatermark());
    assertTrue(second.last());
    assertFalse(runner.ready());
  }

  @Test
  void whatIsOwedBeforeTheWatermarkIsNeverCut() {
    list(1000, 5, 6, every(10, 1, 6, 500, OPEN));
    BatchPart part = runner.take(2000, 3, false, scratch);
    assertEquals(51, part.events().size());
    assertEquals(1010, part.newWatermark());
    assertEquals(6, part.appliedVersion());
  }

  @Test
  void doesNotMoveBackIfTheClockIsBehindTheWatermark() {
    list(1000, 5, 6, every(10, 1, 6, 500, OPEN));
    assertNull(take(1000));
    assertNull(runner.take(999, 10, true, scratch));
    assertNotNull(take(1001));
  }

  @Test
  void aStepWithoutEventsMovesTheWatermark() {
    list(100, 5, 8);
    BatchPart part = take(400);
    assertEquals(0, part.weight());
    assertEquals(400, part.newWatermark());
    assertEquals(8, part.appliedVersion());
  }

  @Test
  void whatIsBeyondTheWindowIsSkippedAsOneRunAndTheRestFires() {
    list(0, 1, 1, new Revision(1, 1, 0, OPEN, "every 10", window(25), Long.MIN_VALUE));
    BatchPart part = take(100);
    assertEquals(List.of(new SkippedRun(1, 1, 10, 70, 7, WINDOW)), part.skipped());
    assertEquals(List.of("1@80", "1@90", "1@100"), events(part));
    assertEquals(List.of("1@110"), events(take(110)));
  }

  @Test
  void aRunOfMillionsIsCountedNotStepped() {
    long[] calls = new long[1];
    Occurrences every = new Every(1000, Occurrences.NEVER);
    Occurrences counting =
        new Occurrences() {
          @Override
          public long nextAfter(long micros) {
            calls[0]++;
            return every.nextAfter(micros);
          }

          @Override
          public long previousBefore(long micros) {
            calls[0]++;
            return every.previousBefore(micros);
          }

          @Override
          public boolean matches(long micros) {
            return every.matches(micros);
          }

          @Override
          public long count(long after, long upTo) {
            return every.count(after, upTo);
          }

          @Override
          public long last() {
            return every.last();
          }
        };
    PartitionRunner large = new PartitionRunner(3, 7, text -> counting);
    large.onUpdate(
        update(
            new SnapshotStart(0, 1),
            List.of(new Revision(1, 1, 0, OPEN, "", window(5000), Long.MIN_VALUE)),
            List.of(),
            1));
    BatchPart part = large.take(10_000_000_000L, 1000, false, scratch);
    assertEquals(
        List.of(new SkippedRun(1, 1, 1000, 9_999_994_000L, 9_999_994, WINDOW)), part.skipped());
    assertEquals(6, part.events().size());
    assertTrue(calls[0] < 200, calls[0] + " calls");
  }

  @Test
  void aSkippedRunEndsWithTheRevision() {
    list(0, 1, 1, new Revision(1, 1, 0, 45, "every 10", window(25), Long.MIN_VALUE));
    BatchPart part = take(100);
    assertEquals(List.of(new SkippedRun(1, 1, 10, 40, 4, WINDOW)), part.skipped());
    assertEquals(0, part.events().size());
    assertEquals(0, runner.schedules());
  }

  @Test
  void aCutAlsoCutsSkippedRunsAndTheNextStepGoesOnWithThem() {
    list(
        0,
        1,
        1,
        new Revision(1, 1, 0, OPEN, "every 7", window(25), Long.MIN_VALUE),
        every(10, 2, 1, 0, OPEN));
    BatchPart first = runner.take(100, 3, false, scratch);
    assertEquals(30, first.newWatermark());
    assertEquals(List.of("2@10", "2@20", "2@30"), events(first));
    assertEquals(List.of(new SkippedRun(1, 1, 7, 28, 4, WINDOW)), first.skipped());
    BatchPart second = take(100);
    assertEquals(List.of(new SkippedRun(1, 1, 35, 70, 6, WINDOW)), second.skipped());
    assertEquals("1@77", events(second).stream().filter(e -> e.startsWith("1@")).findFirst().get());
  }

  @Test
  void aSpecThatCannotBeReadStopsThePartitionRatherThanLoseItsFires() {
    list(0, 1, 1, every(10, 1, 1, 0, OPEN));
    change(
        2, List.of(new Revision(2, 2, 0, OPEN, "moonphase full", WIDE, Long.MIN_VALUE)), List.of());
    assertFalse(runner.ready());
    assertTrue(runner.fault().contains("moonphase"), runner.fault());
    list(0, 1, 3, every(10, 1, 1, 0, OPEN));
    assertTrue(runner.ready());
    assertNull(runner.fault());
  }
}
