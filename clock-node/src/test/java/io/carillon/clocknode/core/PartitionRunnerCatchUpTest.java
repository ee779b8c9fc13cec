package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.core.PartitionUpdate.Close;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was missed: how much of it fires, what is skipped, and whose times they are. */
class PartitionRunnerCatchUpTest extends RunnerOfOnePartition {

  private static Revision caughtUp(CatchUp catchUp, long to, String spec) {
    return new Revision(1, 1, 0, to, spec, catchUp, Long.MIN_VALUE);
  }

  /** Of every 10, at 100: missed are those to 60, and those to 20 are beyond the window. */
  private static CatchUp limit(int limit) {
    return new CatchUp(75, limit, 35);
  }

  private static SkippedRun skipped(long first, long last, long count, SkipReason reason) {
    return new SkippedRun(1, 1, first, last, count, reason);
  }

  @Test
  void withoutALimitAllThatIsMissedWithinTheWindowFires() {
    list(0, 1, 1, caughtUp(limit(CatchUp.NO_LIMIT), OPEN, "every 10"));
    BatchPart part = take(100);
    assertEquals(List.of(skipped(10, 20, 2, WINDOW)), part.skipped());
    assertEquals(8, part.events().size());
  }

  @Test
  void noneOfTheMissedFiresIfTheLimitIsNoneAndWhatIsNotMissedDoes() {
    list(0, 1, 1, caughtUp(limit(0), OPEN, "every 10"));
    BatchPart part = take(100);
    assertEquals(
        List.of(skipped(10, 20, 2, WINDOW), skipped(30, 60, 4, SkipReason.CATCHUP_NONE)),
        part.skipped());
    assertEquals(List.of("1@70", "1@80", "1@90", "1@100"), events(part));
    assertEquals(List.of("1@110"), events(take(110)));
  }

  @Test
  void theLatestMissedOneFiresIfTheLimitIsOne() {
    list(0, 1, 1, caughtUp(limit(1), OPEN, "every 10"));
    BatchPart part = take(100);
    assertEquals(
        List.of(skipped(10, 20, 2, WINDOW), skipped(30, 50, 3, SkipReason.CATCHUP_LIMIT)),
        part.skipped());
    assertEquals(List.of("1@60", "1@70", "1@80", "1@90", "1@100"), events(part));
  }

  @Test
  void asManyOfTheMissedFireAsTheLimitSays() {
    list(0, 1, 1, caughtUp(limit(3), OPEN, "every 10"));
    BatchPart part = take(100);
    assertEquals(skipped(30, 30, 1, SkipReason.CATCHUP_LIMIT), part.skipped().get(1));
    assertEquals("1@40", events(part).get(0));
  }

  @Test
  void aLimitThatIsNotReachedSkipsNothing() {
    list(0, 1, 1, caughtUp(new CatchUp(1000, 6, 35), OPEN, "every 10"));
    BatchPart part = take(100);
    assertEquals(List.of(), part.skipped());
    assertEquals(10, part.events().size());
  }

  @Test
  void onlyWhatARevisionOwesCountsForItsLimit() {
    list(0, 1, 1, caughtUp(new CatchUp(1000, 2, 35), 45, "every 10"));
    BatchPart part = take(100);
    assertEquals(List.of(skipped(10, 20, 2, SkipReason.CATCHUP_LIMIT)), part.skipped());
    assertEquals(List.of("1@30", "1@40"), events(part));
    assertEquals(0, runner.schedules());
  }

  @Test
  void theLimitIsAgainOfWhatIsLeftAfterACut() {
    CatchUp two = new CatchUp(1000, 2, 35);
    list(0, 1, 1, caughtUp(two, OPEN, "every 10"), every(15, 2, 1, 0, OPEN));
    BatchPart first = runner.take(100, 1, false, scratch);
    assertEquals(15, first.newWatermark());
    assertEquals(List.of(skipped(10, 10, 1, SkipReason.CATCHUP_LIMIT)), first.skipped());
    BatchPart second = take(110);
    assertEquals(List.of(skipped(20, 50, 4, SkipReason.CATCHUP_LIMIT)), second.skipped());
    List<String> ofOne = events(second).stream().filter(e -> e.startsWith("1@")).toList();
    assertEquals(List.of("1@60", "1@70", "1@80", "1@90", "1@100", "1@110"), ofOne);
  }

  @Test
  void aCutBetweenTwoRunsOfARevisionLosesNothingOfTheSecond() {
    list(0, 1, 1, caughtUp(limit(0), 60, "every 10"), every(31, 2, 1, 0, OPEN));
    BatchPart first = runner.take(100, 1, false, scratch);
    assertEquals(31, first.newWatermark());
    assertEquals(
        List.of(skipped(10, 20, 2, WINDOW), skipped(30, 30, 1, SkipReason.CATCHUP_NONE)),
        first.skipped());
    BatchPart second = take(100);
    assertEquals(List.of(skipped(40, 60, 3, SkipReason.CATCHUP_NONE)), second.skipped());
    assertEquals(List.of("2@62", "2@93"), events(second));
  }

  @Test
  void withJitterTheDueTimeDecidesAndTheRunNamesNominalTimes() {
    Occurrences times = Every.parse("every 10 jitter 9");
    list(0, 1, 1, new Revision(1, 1, 0, OPEN, "every 10 jitter 9", limit(1), 0));
    BatchPart part = take(100);
    List<Long> nominals = new ArrayList<>();
    for (SkippedRun run : part.skipped()) {
      long edge = run.reason() == WINDOW ? 100 - 75 : 100 - 35;
      assertTrue(times.dueOf(1, run.lastNominal()) < edge, run + " is not missed");
      for (long at = run.firstNominal(); at <= run.lastNominal(); at += 10) {
        nominals.add(at);
      }
    }
    long before = 0;
    for (int i = 0; i < part.events().size(); i++) {
      long due = part.events().due(i);
      assertTrue(due > before && due <= 100, due + " after " + before);
      before = due;
      nominals.add(times.nominalDueBy(1, due));
    }
    long last = times.nominalDueBy(1, 100);
    assertEquals(last / 10, nominals.size(), "each once");
    for (int i = 0; i < nominals.size(); i++) {
      assertEquals(10L * (i + 1), nominals.get(i));
    }
  }

  @Test
  void aRevisionLeavesTimesToTheOneBeforeThoughTheyAreDueAfterItBegan() {
    Occurrences times = Every.parse("every 100 jitter 99");
    long reaching = 100;
    while (times.dueOf(1, reaching) <= reaching + 1) {
      reaching += 100;
    }
    long from = reaching + 1;
    String spec = "every 100 jitter 99";
    list(0, 1, 1, new Revision(1, 1, from, OPEN, spec, WIDE, reaching));
    assertEquals(times.dueOf(1, reaching + 100), runner.nextDue());
    list(0, 1, 1, new Revision(1, 1, from, OPEN, spec, WIDE, reaching - 100));
    assertEquals(times.dueOf(1, reaching), runner.nextDue());
  }

  @Test
  void aRevisionThatEndsBeforeItBeginsOwesNothing() {
    list(0, 1, 1, every(10, 1, 1, 50, 20));
    assertEquals(0, runner.schedules());
    change(2, List.of(every(10, 2, 2, 500, OPEN)), List.of());
    change(3, List.of(every(10, 2, 3, 20, OPEN)), List.of(new Close(2, 2, 20)));
    assertEquals(List.of("2@30", "2@40"), events(take(40)));
    assertEquals(1, runner.schedules());
  }
}
