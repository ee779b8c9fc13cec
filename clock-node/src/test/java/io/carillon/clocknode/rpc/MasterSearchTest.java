package io.carillon.clocknode.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.app.Termination;
import io.carillon.clocknode.app.Termination.Outcome;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.SpecInterner;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a node finds the master that leads, and keeps away from those that are not its own. */
@Timeout(60)
class MasterSearchTest {

  private static final Function<String, Occurrences> SPECS = new SpecInterner()::intern;

  @TempDir private Path dir;

  private ClockNode node(String... masters) throws Exception {
    return new ClockNode(NodeConfig.of(dir, List.of(masters)));
  }

  private static void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aMasterThatDoesNotLeadSaysWhereTheLeaderIsThoughItIsNotInTheList() throws Exception {
    try (FakeMaster standby = new FakeMaster(2, SPECS);
        FakeMaster leader = new FakeMaster(2, SPECS);
        ClockNode node = node(standby.address())) {
      standby.leader = leader.address();
      node.start();
      await("a session with the leader", () -> leader.registrations == 1);
      assertTrue(standby.refused > 0);
    }
  }

  @Test
  void aLeaderThatLeavesTellsItsNodesWhereTheNextOneIs() throws Exception {
    try (FakeMaster first = new FakeMaster(2, SPECS);
        FakeMaster next = new FakeMaster(2, SPECS);
        FakeMaster bystander = new FakeMaster(2, SPECS);
        ClockNode node = node(first.address(), bystander.address())) {
      bystander.leader = first.address();
      node.start();
      await("a session with the first", () -> first.registrations == 1);
      await("streams", () -> node.report().listed() == 2);
      first.moveTo(next.address());
      await("a session with the next", () -> next.registrations == 1);
      assertEquals(0, first.refused, "nobody else was asked");
      assertEquals(0, bystander.refused, "nobody else was asked");
    }
  }

  @Test
  void mastersThatPointAtEachOtherDoNotHoldTheNode() throws Exception {
    try (FakeMaster one = new FakeMaster(2, SPECS);
        FakeMaster other = new FakeMaster(2, SPECS);
        FakeMaster leader = new FakeMaster(2, SPECS);
        ClockNode node = node(one.address(), other.address(), leader.address())) {
      one.leader = other.address();
      other.leader = one.address();
      node.start();
      await("a session with the leader", () -> leader.registrations == 1);
    }
  }

  @Test
  void whileAnElectionIsUnderWayTheNodeAsksAgainSoon() throws Exception {
    try (FakeMaster one = new FakeMaster(2, SPECS);
        FakeMaster other = new FakeMaster(2, SPECS);
        ClockNode node = node(one.address(), other.address())) {
      one.leader = "";
      other.leader = "";
      node.start();
      // With a backoff that doubles to a second, this would take three times as long as it may.
      await("it asks again and again", () -> one.refused >= 20);
      one.leader = null;
      await("a session", () -> one.registrations == 1);
    }
  }

  @Test
  void aMasterThatStandsStillIsPassedOver() throws Exception {
    try (FakeMaster still = new FakeMaster(2, SPECS);
        FakeMaster leader = new FakeMaster(2, SPECS);
        ClockNode node = node(still.address(), leader.address())) {
      still.hanging = true;
      node.start();
      await("a session with the leader", () -> leader.registrations == 1);
      assertTrue(still.refused > 0);
    }
  }

  @Test
  void aMasterThatFallsSilentIsLeftForAnother() throws Exception {
    try (FakeMaster first = new FakeMaster(2, SPECS);
        FakeMaster second = new FakeMaster(2, SPECS);
        ClockNode node = node(first.address(), second.address())) {
      node.start();
      await("a session", () -> first.registrations == 1);
      // What the node says still arrives, what the master says does not.
      first.silent = true;
      await("a session with the other", () -> second.registrations == 1);
    }
  }

  @Test
  void aNodeServesNoOtherClusterThanItsOwn() throws Exception {
    try (FakeMaster home = new FakeMaster(2, SPECS);
        FakeMaster foreign = new FakeMaster(2, SPECS)) {
      home.clusterUid = "home";
      foreign.clusterUid = "foreign";
      try (ClockNode node = node(home.address())) {
        node.start();
        await("a session", () -> node.report().registered());
      }
      try (ClockNode node = node(foreign.address())) {
        node.start();
        Termination end = node.termination().get(30, TimeUnit.SECONDS);
        assertEquals(Outcome.FOREIGN_CLUSTER, end.outcome());
        assertTrue(end.reason().contains("belongs to cluster home"), end.reason());
        assertTrue(end.reason().contains(dir.toString()), end.reason());
      }
      try (ClockNode node = node(home.address())) {
        node.start();
        await("a session at home", () -> home.registrations == 2);
      }
    }
  }

  @Test
  void aNodeWhoseIdIsGivenRemembersItsClusterOnlyWhileItRuns() throws Exception {
    try (FakeMaster foreign = new FakeMaster(2, SPECS)) {
      for (String cluster : new String[] {"one", "other"}) {
        foreign.clusterUid = cluster;
        int before = foreign.registrations;
        try (ClockNode node = new ClockNode(NodeConfig.of(dir, List.of(foreign.address()), "n"))) {
          node.start();
          await("a session", () -> node.report().registered());
        }
        assertTrue(foreign.registrations > before);
      }
    }
  }
}
