package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.EndSession;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossTest {

  private final CoreDriver driver = new CoreDriver(8);

  private int owned(String node) {
    return driver.owned(node).size();
  }

  @Test
  void a_node_whose_stream_broke_is_lost_after_the_grace() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.breakStream(a);
    assertEquals(NodeState.SUSPECT, driver.state("a"));
    driver.advance(driver.settings.lossGrace() - 40_000);
    assertEquals(8, owned("a"));
    driver.advance(80_000);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals(8, owned("b"));
    assertEquals(2, driver.store.epoch[0]);
    assertEquals(1, driver.counter(Counter.NODES_LOST));
    assertEquals(NodeState.DEAD, driver.store.nodes.get("a").state());
  }

  @Test
  void a_drill_takes_everything_from_a_node_at_once_and_it_may_come_back() {
    long a = driver.soleOwner();
    driver.join("b");
    List<String> answers = new java.util.ArrayList<>();
    driver.core.lose("a", answers::add, driver.now);
    driver.core.lose("nobody", answers::add, driver.now);
    driver.settle();
    assertEquals(List.of("", "NODE_NOT_ALIVE"), answers);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals(8, owned("b"));
    assertEquals(2, driver.store.epoch[0]);
    assertEquals(new EndSession(a, false, "drill"), driver.last(EndSession.class));
    driver.beating.remove(a);
    driver.begin(driver.register("a", "first", 1).session());
    driver.advance(SECOND);
    assertEquals(NodeState.ACTIVE, driver.state("a"));
  }

  @Test
  void a_node_that_has_nobody_beside_it_is_not_sent_to_rest() {
    driver.soleOwner();
    List<String> answers = new java.util.ArrayList<>();
    driver.core.rest("a", true, answers::add, driver.now);
    driver.settle();
    assertEquals(List.of("NO_OTHER_NODE"), answers);
    assertEquals(8, owned("a"));
  }

  @Test
  void a_node_that_returns_within_the_grace_keeps_its_partitions() {
    long a = driver.soleOwner();
    driver.breakStream(a);
    driver.advance(driver.settings.lossGrace() - 40_000);
    driver.begin(driver.register("a", "first", 1).session());
    driver.advance(5 * SECOND);
    assertEquals(8, owned("a"));
    assertEquals(1, driver.store.epoch[0]);
    assertEquals(0, driver.counter(Counter.NODES_LOST));
  }

  @Test
  void a_node_without_heartbeats_is_lost_after_the_session_timeout() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.beating.remove(a);
    driver.advance(driver.settings.sessionTimeout() - 300_000);
    assertEquals(NodeState.SUSPECT, driver.state("a"));
    assertEquals(8, owned("a"));
    driver.advance(400_000);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals(8, owned("b"));
    assertTrue(
        driver.all(EndSession.class).contains(new EndSession(a, false, "no heartbeat")),
        () -> driver.all(EndSession.class).toString());
  }

  @Test
  void a_node_of_which_three_heartbeats_are_missing_is_suspect_until_the_next_one_comes() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.advance(3 * SECOND);
    driver.beating.remove(a);
    driver.advance(2 * driver.settings.heartbeatInterval());
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    int before = owned("a");
    driver.advance(2 * driver.settings.heartbeatInterval());
    assertEquals(NodeState.SUSPECT, driver.state("a"));
    assertEquals(
        "heartbeats are missing",
        driver.events.stream()
            .filter(CoreEvent.NodeSuspected.class::isInstance)
            .map(event -> ((CoreEvent.NodeSuspected) event).reason())
            .findFirst()
            .orElseThrow());
    assertEquals(before, owned("a"), "they stay its own");
    driver.begin(a);
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    driver.advance(5 * SECOND);
    assertEquals(0, driver.counter(Counter.NODES_LOST));
    assertEquals(1, driver.counter(Counter.NODES_SUSPECTED));
  }

  @Test
  void partitions_of_a_lost_node_stay_its_own_while_there_is_nobody_else() {
    long a = driver.soleOwner();
    driver.breakStream(a);
    driver.advance(10 * SECOND);
    assertEquals(8, owned("a"));
    assertEquals(1, driver.store.epoch[0], "epochs do not rise for nothing");
    long again = driver.register("a", "first", 1).session();
    driver.begin(again);
    driver.advance(SECOND);
    assertEquals(8, driver.assignment(again).partitions().size());
  }

  @Test
  void a_node_that_registers_again_within_the_grace_has_time_to_open_its_streams() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.advance(3 * SECOND);
    int before = owned("a");
    driver.breakStream(a);
    driver.advance(SECOND / 4);
    long again = driver.register("a", "first", 1).session();
    driver.advance(SECOND / 4);
    driver.begin(again);
    driver.advance(SECOND);
    assertEquals(before, owned("a"));
    assertEquals(0, driver.counter(Counter.NODES_LOST));
  }

  @Test
  void a_master_that_was_paused_does_not_take_its_own_silence_for_that_of_the_nodes() {
    driver.soleOwner();
    driver.join("b");
    driver.advance(3 * SECOND);
    int before = owned("a");
    driver.now += 10 * SECOND;
    driver.core.tick(driver.now);
    driver.settle();
    assertEquals(before, owned("a"));
    assertEquals(0, driver.counter(Counter.NODES_LOST));
  }

  @Test
  void what_a_lost_node_still_has_queued_is_refused() {
    // What is taken into the next commit is recorded: see TakeAheadTest.
    driver.takesAhead = false;
    long a = driver.soleOwner();
    driver.join("b");
    driver.holdFires = true;
    driver.push(a, 1, driver.part(0));
    driver.push(a, 2, driver.part(1));
    driver.beating.remove(a);
    driver.advance(3 * SECOND);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    assertEquals(8, owned("b"));
    assertEquals(1, driver.counter(Counter.REFUSED_STALE_EPOCH));
    assertEquals(List.of(), driver.all(Acknowledge.class), "its session is over");
  }

  @Test
  void nodes_have_a_grace_to_come_back_after_the_master_restarted() {
    driver.soleOwner();
    driver.join("b");
    driver.advance(3 * SECOND);
    List<Integer> ofB = driver.owned("b");
    assertTrue(!ofB.isEmpty());
    driver.restartMaster();
    long a = driver.register("a", "first", 1).session();
    driver.begin(a);
    driver.advance(driver.settings.startGrace() - 100_000);
    assertEquals(NodeState.SUSPECT, driver.state("b"));
    assertEquals(ofB, driver.owned("b"));
    driver.advance(200_000);
    assertEquals(NodeState.DEAD, driver.state("b"));
    assertEquals(8, owned("a"));
  }

  @Test
  void a_session_of_the_master_before_is_unknown_to_the_next() {
    long a = driver.soleOwner();
    driver.restartMaster();
    driver.core.push(a, 1, List.of(driver.part(0).build()), driver.now);
    driver.settle();
    assertEquals(
        List.of(new EndSession(a, false, "no such session")),
        driver.sent.stream().filter(EndSession.class::isInstance).toList());
    driver.begin(driver.register("a", "first", 1).session());
    driver.advance(5 * SECOND);
    assertEquals(8, owned("a"));
    assertEquals(1, driver.store.epoch[0], "a master's restart takes no partition from its owner");
  }
}
