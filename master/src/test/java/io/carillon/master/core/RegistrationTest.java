package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.EndSession;
import io.carillon.master.core.Node.Registration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  private final CoreDriver driver = new CoreDriver(4);

  @Test
  void a_new_node_gets_incarnation_1_once_its_row_is_durable() {
    driver.holdNodes = true;
    assertNull(driver.register("a", "first", 0));
    driver.holdNodes = false;
    Registration again = driver.register("a", "first", 0);
    assertNull(again, "a second try must wait for the row too");
    driver.endNodes();
    driver.settle();
    assertEquals(1, driver.store.nodes.get("a").incarnation());
    assertEquals(NodeState.REGISTERED, driver.state("a"));
    assertNotEquals(0, driver.register("a", "first", 1).session());
  }

  @Test
  void a_reconnection_keeps_incarnation_partitions_and_epochs() {
    long session = driver.soleOwner();
    long epoch = driver.store.epoch[0];
    driver.breakStream(session);
    Registration back = driver.register("a", "first", 1);
    assertEquals(1, back.incarnation());
    assertNotEquals(session, back.session());
    driver.begin(back.session());
    driver.advance(5 * SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    assertEquals(epoch, driver.store.epoch[0]);
    assertEquals(4, driver.assignment(back.session()).partitions().size());
  }

  @Test
  void a_reconnection_ends_the_session_before() {
    long session = driver.soleOwner();
    Registration back = driver.register("a", "first", 1);
    EndSession end = driver.last(EndSession.class);
    assertEquals(session, end.session());
    assertTrue(!end.fenced());
    // What the old session still says counts for nothing.
    driver.core.heartbeatLost(session, driver.now);
    driver.settle();
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    driver.begin(back.session());
  }

  @Test
  void a_restart_raises_the_incarnation_and_takes_the_partitions_back_with_higher_epochs() {
    long session = driver.soleOwner();
    long[] before = driver.store.epoch.clone();
    driver.beating.clear();
    Registration restarted = driver.register("a", "second", 0);
    assertEquals(2, restarted.incarnation());
    driver.begin(restarted.session());
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    for (int p = 0; p < 4; p++) {
      assertEquals(before[p] + 1, driver.store.epoch[p], "epoch of partition " + p);
    }
    assertEquals(
        List.of(new EndSession(session, true, "a newer incarnation began")),
        driver.all(EndSession.class));
    assertEquals(1, driver.counter(Counter.NODES_FENCED));
    assertTrue(driver.events.stream().anyMatch(CoreEvent.NodeFenced.class::isInstance));
  }

  @Test
  void a_restarted_node_takes_its_partitions_back_though_a_commit_is_under_way() {
    long session = driver.soleOwner();
    driver.holdFires = true;
    driver.push(session, 1, driver.part(0));
    long restarted = driver.register("a", "second", 0).session();
    driver.advance(100_000);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    driver.begin(restarted);
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    assertEquals(2, driver.store.epoch[0]);
  }

  @Test
  void a_node_that_restarts_twice_while_owners_are_written_gets_one_epoch_for_each_write() {
    driver.soleOwner();
    driver.beating.clear();
    driver.holdFires = true;
    driver.register("a", "second", 0);
    driver.begin(driver.register("a", "third", 0).session());
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    assertEquals(2, driver.store.epoch[0]);
    assertEquals(2, driver.core.report(driver.now).partitions().get(0).epoch());
  }

  @Test
  void a_node_that_registers_and_is_never_heard_of_again_is_given_up() {
    driver.soleOwner();
    driver.beating.clear();
    driver.register("a", "second", 0);
    long b = driver.join("b");
    driver.advance(3 * SECOND);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals(List.of(0, 1, 2, 3), driver.owned("b"));
    assertEquals(4, driver.assignment(b).partitions().size());
  }

  @Test
  void a_node_that_registers_and_breaks_before_its_first_heartbeat_is_given_up() {
    driver.soleOwner();
    driver.beating.clear();
    long restarted = driver.register("a", "second", 0).session();
    driver.join("b");
    driver.breakStream(restarted);
    driver.advance(3 * SECOND);
    assertEquals(NodeState.DEAD, driver.state("a"));
    assertEquals(List.of(0, 1, 2, 3), driver.owned("b"));
  }

  @Test
  void an_older_instance_that_comes_back_is_refused_as_fenced() {
    driver.soleOwner();
    long second = driver.start("a", "second");
    Registration refused = driver.register("a", "first", 1);
    assertEquals(0, refused.session());
    assertTrue(refused.refusal().contains("started again elsewhere"), refused.refusal());
    assertEquals(2, driver.counter(Counter.NODES_FENCED));
    driver.advance(SECOND);
    assertEquals(4, driver.assignment(second).partitions().size());
  }

  @Test
  void a_node_that_was_given_up_gets_the_very_same_partitions_back_and_no_others_move() {
    CoreDriver three = new CoreDriver(64);
    three.join("a");
    three.join("b");
    long c = three.join("c");
    three.advance(SECOND);
    String[] before = three.store.owner.clone();
    three.breakStream(c);
    three.advance(SECOND);
    assertEquals(List.of(), three.owned("c"));
    String[] without = three.store.owner.clone();
    three.start("c", "second");
    for (int batch = 1;
        batch <= 64 && !java.util.Arrays.equals(before, three.store.owner);
        batch++) {
      three.advance(SECOND / 5);
      release(three, batch);
    }
    assertTrue(java.util.Arrays.equals(before, three.store.owner), "the ring remembers");
    for (int p = 0; p < 64; p++) {
      boolean moved = !before[p].equals(without[p]);
      assertEquals(moved ? 3 : 1, three.store.epoch[p], "epoch of partition " + p);
    }
  }

  /** All that nodes a and b are asked for. */
  private static void release(CoreDriver driver, long batch) {
    for (long session : new java.util.TreeSet<>(driver.beating)) {
      PartBuilder[] parts =
          driver.assignment(session).partitions().stream()
              .filter(MasterCommand.Assigned::release)
              .map(assigned -> driver.part(assigned.partition()).last())
              .toArray(PartBuilder[]::new);
      if (parts.length > 0) {
        driver.push(session, batch, parts);
      }
    }
  }

  @Test
  void of_two_processes_with_one_id_the_older_is_shut_out_and_what_it_pushes_counts_for_nothing() {
    long old = driver.soleOwner();
    long fresh = driver.start("a", "second");
    driver.advance(SECOND);
    long watermark = driver.store.watermark[0];
    driver.core.push(old, 1, List.of(driver.part(0).build()), driver.now);
    driver.settle();
    assertEquals(watermark, driver.store.watermark[0]);
    assertEquals(new EndSession(old, false, "no such session"), driver.last(EndSession.class));
    assertEquals(1, driver.counter(Counter.REFUSED_UNKNOWN_SESSION));
    // Under the session of the newer one, what is of the older one's epoch is refused and counted.
    driver.push(fresh, 1, driver.part(0).epoch(1));
    assertEquals(1, driver.counter(Counter.REFUSED_STALE_EPOCH));
    assertEquals(watermark, driver.store.watermark[0]);
    assertEquals(0, driver.register("a", "first", 1).session(), "and it may not come back");
  }

  @Test
  void an_unknown_session_is_told_to_register_anew() {
    driver.core.heartbeat(99, CoreDriver.HEALTHY, driver.now);
    driver.core.watch(98, 0, 1, driver.now);
    driver.core.push(97, 1, List.of(), driver.now);
    driver.settle();
    assertEquals(
        List.of(99L, 98L, 97L),
        driver.all(EndSession.class).stream().map(EndSession::session).toList());
    assertTrue(driver.all(EndSession.class).stream().noneMatch(EndSession::fenced));
  }

  @Test
  void a_node_that_was_given_up_and_comes_back_is_alive_in_the_store_too() {
    long session = driver.soleOwner();
    driver.breakStream(session);
    driver.advance(SECOND);
    assertEquals(NodeState.DEAD, driver.store.nodes.get("a").state());
    driver.begin(driver.register("a", "first", 1).session());
    assertEquals(NodeState.ACTIVE, driver.store.nodes.get("a").state());
  }

  @Test
  void an_incarnation_that_this_cluster_never_gave_is_refused_and_leaves_no_trace() {
    Registration refused = driver.register("stranger", "first", 7);
    assertEquals(0, refused.session());
    assertEquals(List.of(), driver.core.report(driver.now).nodes());
  }
}
