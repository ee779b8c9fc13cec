package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Assigned;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldTest {

  private static final long HALF_SECOND = SECOND / 2;

  private final CoreDriver driver = new CoreDriver(16);
  private long batch;

  /** Two nodes that share the ring. */
  private long[] twoNodes() {
    long[] sessions = {driver.join("a"), driver.join("b")};
    driver.advance(SECOND);
    assertFalse(driver.owned("a").isEmpty());
    assertFalse(driver.owned("b").isEmpty());
    return sessions;
  }

  /** The stream of b breaks, it is given up, and it is there again with the same instance. */
  private long loseAndReturn(long session) {
    driver.breakStream(session);
    driver.advance(HALF_SECOND);
    assertEquals(NodeState.DEAD, driver.state("b"));
    long back = driver.register("b", "first", 1).session();
    driver.begin(back);
    driver.advance(HALF_SECOND);
    return back;
  }

  /** The last batches of all that a node is asked for. */
  private void release(long session) {
    PartBuilder[] parts =
        driver.assignment(session).partitions().stream()
            .filter(Assigned::release)
            .map(assigned -> driver.part(assigned.partition()).last())
            .toArray(PartBuilder[]::new);
    driver.push(session, ++batch, parts);
  }

  private List<CoreEvent> holds() {
    return driver.events.stream().filter(CoreEvent.NodeHeld.class::isInstance).toList();
  }

  @Test
  void a_node_that_was_lost_three_times_gets_partitions_only_after_it_has_stayed() {
    long b = twoNodes()[1];
    List<Integer> ofB = driver.owned("b");
    for (int loss = 1; loss <= 2; loss++) {
      b = loseAndReturn(b);
      assertEquals("", driver.hold("b"));
    }
    loseAndReturn(b);
    long returned = driver.now - HALF_SECOND;
    assertEquals("FLAPPING", driver.hold("b"));
    assertEquals(NodeState.ACTIVE, driver.state("b"), "it registers and beats");
    assertEquals(16, driver.owned("a").size());
    long a = driver.beating.first();
    driver.work("a", a, returned + driver.settings.firstHold() - 100_000 - driver.now);
    assertEquals("FLAPPING", driver.hold("b"));
    driver.advance(200_000);
    assertEquals("", driver.hold("b"));
    release(driver.beating.first());
    assertEquals(ofB, driver.owned("b"));
    assertEquals(
        List.of("FLAPPING", ""),
        holds().stream().map(event -> ((CoreEvent.NodeHeld) event).reason()).toList());
    assertEquals(1, driver.counter(Counter.NODES_HELD));
  }

  @Test
  void the_hold_doubles_with_each_further_loss_up_to_a_bound_and_is_forgotten_in_time() {
    NodeHolds holds = new NodeHolds(driver.settings, new Counters());
    Node node = new Node("b");
    long now = CoreDriver.T0;
    for (long seconds : new long[] {0, 0, 5, 10, 20, 40, 60, 60}) {
      holds.lost(node, now);
      assertEquals(seconds * SECOND, node.holdTime);
      now += SECOND;
    }
    holds.isBack(node, now);
    assertEquals(now + 60 * SECOND, node.heldUntil);
    now += 120 * SECOND;
    holds.review(List.of(node), now, new java.util.ArrayList<>());
    assertEquals(0, node.holdTime);
    holds.lost(node, now);
    assertEquals(0, node.holdTime, "the losses of long ago do not count");
  }

  @Test
  void a_node_that_starts_anew_again_and_again_flaps_too() {
    twoNodes();
    for (int start = 2; start <= 4; start++) {
      driver.beating.remove(driver.beating.last());
      driver.start("b", "start-" + start);
      driver.advance(SECOND);
    }
    assertEquals("FLAPPING", driver.hold("b"));
    assertFalse(driver.owned("b").isEmpty(), "what it owns moves away in order");
    assertTrue(
        driver.assignment(driver.beating.last()).partitions().stream().allMatch(Assigned::release));
  }

  @Test
  void nobody_is_held_while_no_other_could_take_the_partitions() {
    long b = twoNodes()[1];
    for (int loss = 1; loss <= 3; loss++) {
      b = loseAndReturn(b);
    }
    assertEquals("FLAPPING", driver.hold("b"));
    driver.breakStream(driver.beating.first());
    driver.advance(SECOND);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals("", driver.hold("b"));
    assertEquals(16, driver.owned("b").size());
    long a = driver.register("a", "first", 1).session();
    driver.begin(a);
    driver.advance(HALF_SECOND);
    assertEquals("FLAPPING", driver.hold("b"), "now there is one again");
  }

  @Test
  void a_node_that_leaves_in_order_is_not_blamed() {
    twoNodes();
    for (int round = 0; round < 4; round++) {
      long b = driver.beating.last();
      driver.leave(b);
      release(b);
      driver.breakStream(b);
      assertEquals(NodeState.STOPPED, driver.state("b"));
      driver.start("b", "again-" + round);
      driver.advance(HALF_SECOND);
      release(driver.beating.first());
    }
    assertEquals("", driver.hold("b"));
    assertFalse(driver.owned("b").isEmpty());
  }

  @Test
  void a_node_whose_clock_is_ahead_twice_in_a_row_is_held_and_comes_back_with_good_ones() {
    long[] nodes = twoNodes();
    List<Integer> ofB = driver.owned("b");
    driver.setClock(nodes[1], driver.settings.clockBound() + 1);
    driver.advance(driver.settings.heartbeatInterval());
    assertEquals("", driver.hold("b"), "one may be an accident");
    driver.advance(driver.settings.heartbeatInterval() + 50_000);
    assertEquals("CLOCK_SKEW", driver.hold("b"));
    release(nodes[1]);
    assertEquals(16, driver.owned("a").size(), "moved in order");
    driver.setClock(nodes[1], 0);
    driver.advance(7 * driver.settings.heartbeatInterval());
    assertEquals("CLOCK_SKEW", driver.hold("b"));
    driver.advance(2 * driver.settings.heartbeatInterval());
    assertEquals("", driver.hold("b"));
    release(nodes[0]);
    assertEquals(ofB, driver.owned("b"));
  }

  @Test
  void a_node_that_does_not_know_the_time_well_enough_is_held() {
    long[] nodes = twoNodes();
    driver.setClockError(nodes[1], driver.settings.clockBound() + 1);
    driver.advance(SECOND);
    assertEquals("CLOCK_SKEW", driver.hold("b"));
  }

  @Test
  void a_node_that_seems_behind_is_not_held_as_its_heartbeats_may_only_be_slow() {
    long[] nodes = twoNodes();
    driver.setClock(nodes[1], -3 * SECOND);
    driver.advance(3 * SECOND);
    assertEquals("", driver.hold("b"));
  }

  @Test
  void if_all_clocks_seem_ahead_it_is_the_leaders_and_nobody_is_held() {
    long[] nodes = twoNodes();
    driver.setClock(nodes[0], SECOND);
    driver.setClock(nodes[1], SECOND);
    driver.advance(3 * SECOND);
    assertEquals("", driver.hold("a"));
    assertEquals("", driver.hold("b"));
    assertEquals(0, driver.counter(Counter.PARTITIONS_MOVED) - 16);
  }

  @Test
  void what_is_early_is_not_recorded_whoever_says_so() {
    long a = driver.soleOwner();
    driver.create(1, CoreDriver.every(SECOND));
    int before = driver.store.fires.size();
    long early = driver.now + 2 * SECOND;
    driver.push(
        a, 1, new PartBuilder(0, driver.store.epoch[0], driver.store.watermark[0], early, 1));
    assertEquals(
        Refusal.Reason.MALFORMED, driver.last(Acknowledge.class).refusals().get(0).reason());
    assertEquals(before, driver.store.fires.size());
  }
}
