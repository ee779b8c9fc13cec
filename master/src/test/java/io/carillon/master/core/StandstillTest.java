package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that live and do not work, and nodes that only seem to be like that. */
class StandstillTest {

  private static final int PARTITIONS = 8;

  private final CoreDriver driver = new CoreDriver(PARTITIONS);
  private long a;
  private long b;

  @BeforeEach
  void twoNodes() {
    a = driver.join("a");
    b = driver.join("b");
    driver.advance(SECOND);
    assertFalse(driver.owned("a").isEmpty());
    assertFalse(driver.owned("b").isEmpty());
  }

  private List<String> reasons() {
    return driver.events.stream()
        .filter(CoreEvent.PartitionsMoved.class::isInstance)
        .map(event -> ((CoreEvent.PartitionsMoved) event).reason())
        .filter(reason -> !reason.equals("had no owner"))
        .distinct()
        .toList();
  }

  /** Node a sends heartbeats only from now on. */
  private void hang(long micros) {
    driver.work("b", b, micros);
  }

  @Test
  void a_node_that_only_beats_loses_its_partitions_and_is_held() {
    hang(4 * SECOND);
    assertEquals("", driver.hold("a"));
    hang(2 * SECOND);
    assertEquals(PARTITIONS, driver.owned("b").size());
    assertEquals("LAGGING", driver.hold("a"));
    assertEquals("", driver.hold("b"));
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    assertEquals(List.of("stood still"), reasons());
  }

  @Test
  void a_hold_for_standing_still_ends_after_a_while() {
    hang(6 * SECOND);
    hang(60 * SECOND);
    assertEquals("", driver.hold("a"));
    assertTrue(driver.owned("a").isEmpty(), "b has not released anything");
  }

  @Test
  void the_hold_doubles_with_each_trial_up_to_an_hour_and_is_taken_back_while_it_has_no_effect() {
    NodeHolds holds = new NodeHolds(driver.settings, new Counters());
    Node node = new Node("a");
    node.hold = NodeHolds.LAGGING;
    long now = CoreDriver.T0;
    for (long minutes : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      holds.judgeLag(node, true, now);
      assertEquals(now + minutes * 60 * SECOND, node.lagHeldUntil);
      holds.judgeLag(node, false, now);
      now = node.lagHeldUntil;
    }
    holds.judgeLag(node, true, now);
    node.hold = "";
    holds.judgeLag(node, false, now);
    assertEquals(0, node.lagHeldUntil);
  }

  @Test
  void a_restart_ends_it_at_once() {
    hang(6 * SECOND);
    driver.beating.remove(a);
    driver.start("a", "second");
    driver.work("b", b, SECOND);
    assertEquals("", driver.hold("a"));
  }

  @Test
  void a_node_that_crawls_stands_still() {
    for (int i = 0; i < 8; i++) {
      hang(SECOND);
      List<Integer> owned = driver.owned("a");
      if (owned.isEmpty()) {
        return;
      }
      int one = owned.get(0);
      driver.push(a, 1 + i, driver.part(one).upTo(driver.store.watermark[one] + 1));
    }
    assertEquals(List.of(), driver.owned("a"));
  }

  @Test
  void nobody_loses_anything_if_no_other_could_take_over() {
    driver.breakStream(b);
    driver.advance(SECOND);
    long[] epochs = driver.store.epoch.clone();
    driver.advance(60 * SECOND);
    assertEquals("", driver.hold("a"));
    assertEquals(PARTITIONS, driver.owned("a").size());
    assertEquals(
        List.of(epochs[0], epochs[7]), List.of(driver.store.epoch[0], driver.store.epoch[7]));
    // It works again before another comes: that one takes nothing but its share.
    driver.work("a", a, SECOND);
    long back = driver.register("b", "first", 1).session();
    driver.begin(back);
    driver.work("a", a, SECOND);
    assertEquals("", driver.hold("a"));
  }

  @Test
  void both_stand_still_and_nobody_is_held() {
    driver.advance(60 * SECOND);
    assertEquals("", driver.hold("a"));
    assertEquals("", driver.hold("b"));
    assertEquals(List.of(), reasons());
  }

  @Test
  void what_waits_for_the_store_is_not_the_nodes_fault() {
    driver.holdFires = true;
    // It pushed, and waits; b is in the same place, but for a moment of each second.
    driver.push(a, 1, driver.part(driver.owned("a").get(0)));
    driver.advance(60 * SECOND);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    driver.work("b", b, 2 * SECOND);
    assertEquals("", driver.hold("a"));
    assertEquals(List.of(), reasons());
  }

  @Test
  void one_that_loads_has_longer() {
    for (int partition : driver.owned("a")) {
      driver.core.watch(a, partition, driver.store.epoch[partition], driver.now);
    }
    driver.settle();
    hang(29 * SECOND);
    assertEquals("", driver.hold("a"));
    hang(2 * SECOND);
    assertEquals("LAGGING", driver.hold("a"));
  }

  @Test
  void time_in_which_the_leader_was_away_does_not_count() {
    hang(3 * SECOND);
    driver.now += 30 * SECOND;
    driver.work("b", b, SECOND / 2);
    assertEquals("", driver.hold("a"));
  }

  @Test
  void a_last_batch_that_the_store_takes_long_to_write_is_in_time() {
    driver.core.drainNode("a", refusal -> assertEquals("", refusal), driver.now);
    driver.settle();
    driver.holdFires = true;
    int batch = 0;
    for (int partition : driver.owned("a")) {
      driver.push(a, ++batch, driver.part(partition).last());
    }
    driver.advance(driver.settings.releaseTimeout() + SECOND);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    assertEquals(PARTITIONS, driver.owned("b").size());
    assertEquals(List.of("node drains"), reasons());
  }

  @Test
  void what_is_being_loaded_is_not_asked_for_before_it_is() {
    driver.breakStream(b);
    driver.advance(SECOND);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      driver.core.watch(a, partition, driver.store.epoch[partition], driver.now);
    }
    driver.settle();
    long back = driver.register("b", "first", 1).session();
    driver.begin(back);
    driver.advance(3 * SECOND);
    assertEquals(PARTITIONS, driver.owned("a").size());
    driver.work("a", a, SECOND / 2);
    driver.advance(SECOND / 10);
    assertTrue(
        driver.assignment(a).partitions().stream().anyMatch(MasterCommand.Assigned::release));
  }

  @Test
  void the_grace_of_a_new_leader_begins_as_it_answers_and_not_as_it_loads() {
    driver.store.writeNode(driver.store.nodes.get("a"));
    driver.loadTime = 20 * SECOND;
    driver.restartMaster();
    long grace = driver.settings.startGrace();
    driver.advance(grace / 2);
    a = driver.register("a", "first", 1).session();
    driver.begin(a);
    // Its first stream breaks: calls to a new leader do.
    driver.breakStream(a);
    driver.advance(grace / 2 - SECOND / 10);
    assertEquals(NodeState.SUSPECT, driver.state("a"));
    assertEquals(NodeState.SUSPECT, driver.state("b"));
    driver.begin(driver.register("a", "first", 1).session());
    driver.advance(SECOND / 5);
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    assertEquals(NodeState.DEAD, driver.state("b"), "it did not come");
  }
}
