package io.carillon.clocknode.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.app.Termination;
import io.carillon.clocknode.app.Termination.Outcome;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.SpecInterner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NodeOverLoopbackTest {

  private static final int PARTITIONS = 8;
  private static final CatchUp WINDOW = CatchUp.all(60_000_000);
  private static final Function<String, Occurrences> SPECS = new SpecInterner()::intern;

  @TempDir private Path dir;

  private ClockNode node(String... masters) throws Exception {
    return new ClockNode(NodeConfig.of(dir, List.of(masters)));
  }

  private static String every(long millis) {
    return new ScheduleSpec(
            new IntervalRule(millis * 1000, 0),
            ZoneId.of("UTC"),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0,
            0,
            GapPolicy.SHIFT,
            FoldPolicy.FIRST)
        .canonical();
  }

  private static void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void fill(FakeMaster master) {
    for (int i = 0; i < 160; i++) {
      String spec = every(20 + i);
      int partition = i % PARTITIONS;
      master.mutate(partition, m -> m.create(partition, spec, WINDOW, FakeMaster.now()));
    }
  }

  private static CatchUp catchUp(SplittableRandom random) {
    return new CatchUp(60_000_000, random.nextInt(5) - 1, random.nextLong(20_000));
  }

  private static void assertCompleteUpToNow(FakeMaster master) {
    long end = FakeMaster.now();
    await("recorded up to now", () -> master.ask(m -> m.isUpTo(end)));
    master.ask(
        m -> {
          m.verify();
          return null;
        });
  }

  @Test
  void nothingIsLostOrDoneTwiceWhileStreamsBreakAtRandom() throws Exception {
    long seed = Long.getLong("seed", 7);
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (FakeMaster master = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node(master.address())) {
      fill(master);
      node.start();
      await("first fires", () -> master.ask(m -> m.fired() > 100));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      for (int i = 0; System.nanoTime() < end; i++) {
        int partition = random.nextInt(PARTITIONS);
        String spec = every(10 + random.nextInt(200));
        master.mutate(
            partition, m -> m.change(partition, spec, catchUp(random), FakeMaster.now(), random));
        if (i % 40 == 39) {
          master.breakStream(random);
        }
        LockSupport.parkNanos(5_000_000);
      }
      assertCompleteUpToNow(master);
      System.out.printf(
          "recorded %d, sessions %d, batches sent again %d%n",
          master.ask(m -> m.fired()), master.registrations, master.resent);
      assertTrue(master.registrations > 4, master.registrations + " sessions");
      assertTrue(master.resent > 0, "no batch was sent again");
    }
  }

  @Test
  void aDrainedNodeGivesEverythingBackAndThenStops() throws Exception {
    try (FakeMaster master = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node(master.address())) {
      fill(master);
      node.start();
      await("first fires", () -> master.ask(m -> m.fired() > 100));
      long begun = FakeMaster.now();
      Termination termination = node.drainAndStop(Duration.ofSeconds(10));
      System.out.printf("drained in %d ms%n", (FakeMaster.now() - begun) / 1_000);
      assertEquals(Outcome.DRAINED, termination.outcome());
      assertEquals(0, node.report().partitions());
      boolean upTo = master.ask(m -> m.isUpTo(begun - 2_000));
      assertTrue(upTo, "all that was due as the drain began is recorded");
    }
  }

  @Test
  void aDrainThatNobodyAnswersEndsWithItsTimeout() throws Exception {
    try (ClockNode node = node("localhost:1")) {
      node.start();
      assertEquals(Outcome.DRAIN_TIMED_OUT, node.drainAndStop(Duration.ofMillis(50)).outcome());
    }
  }

  @Test
  void aFencedNodeStopsForGood() throws Exception {
    try (FakeMaster master = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node(master.address())) {
      master.fencing = true;
      node.start();
      Termination termination = node.termination().get(10, TimeUnit.SECONDS);
      assertEquals(Outcome.FENCED, termination.outcome());
      assertTrue(termination.reason().contains(node.nodeId()), termination.reason());
    }
  }

  @Test
  void aNodeWithOtherTimeZoneRulesTriesUntilTheyAreTheMasters() throws Exception {
    try (FakeMaster master = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node(master.address())) {
      master.otherZones = true;
      fill(master);
      node.start();
      await("it tries again", () -> master.refused > 2);
      assertFalse(node.termination().isDone());
      assertEquals(0, master.registrations);
      master.otherZones = false;
      await("first fires", () -> master.ask(m -> m.fired() > 100));
    }
  }

  @Test
  void aMasterThatRefusesIsPassedOver() throws Exception {
    try (FakeMaster standby = new FakeMaster(PARTITIONS, SPECS);
        FakeMaster leader = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node("localhost:1", standby.address(), leader.address())) {
      standby.refusing = true;
      fill(leader);
      node.start();
      await("first fires", () -> leader.ask(m -> m.fired() > 100));
      assertEquals(0, standby.registrations);
      assertCompleteUpToNow(leader);
    }
  }

  @Test
  void aMasterThatFallsSilentIsLeftAndFoundAgain() throws Exception {
    try (FakeMaster master = new FakeMaster(PARTITIONS, SPECS);
        ClockNode node = node(master.address())) {
      fill(master);
      node.start();
      await("first fires", () -> master.ask(m -> m.fired() > 100));
      master.silent = true;
      await("a second session", () -> master.registrations > 1);
      master.silent = false;
      assertCompleteUpToNow(master);
    }
  }

  @Test
  void aNodeThatNeverRanCanBeClosed() throws Exception {
    ClockNode node = node("localhost:1");
    node.close();
    assertEquals(Outcome.CLOSED, node.termination().join().outcome());
  }
}
