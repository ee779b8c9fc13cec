package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import io.carillon.common.ring.HashRing;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  private final CoreDriver driver = new CoreDriver(16);

  private List<String> drain(String node) {
    List<String> answers = new ArrayList<>();
    driver.core.drainNode(node, answers::add, driver.now);
    driver.settle();
    return answers;
  }

  private List<Assigned> released(long session) {
    return driver.assignment(session).partitions().stream().filter(Assigned::release).toList();
  }

  /** Answers what is asked of a node that is to release partitions: its last batches. */
  private void release(long session, long batch) {
    PartBuilder[] parts =
        released(session).stream()
            .map(assigned -> driver.part(assigned.partition()).last())
            .toArray(PartBuilder[]::new);
    driver.push(session, batch, parts);
  }

  private static String[] ring(String... nodes) {
    List<HashRing.Member> members = new ArrayList<>();
    for (String node : nodes) {
      members.add(new HashRing.Member(node, 100));
    }
    return HashRing.place(members, 16);
  }

  @Test
  void nodes_that_join_together_share_the_ring_after_the_join_delay() {
    driver.join("a");
    driver.advance(100_000);
    driver.join("b");
    assertEquals(List.of(), driver.owned("a"));
    driver.advance(200_000);
    assertEquals(List.of(ring("a", "b")), List.of(driver.store.owner));
    assertTrue(java.util.Arrays.equals(ring("a", "b"), driver.store.owner));
    for (long epoch : driver.store.epoch) {
      assertEquals(1, epoch);
    }
  }

  @Test
  void a_planned_move_is_release_then_last_batch_then_next_owner() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.advance(200_000);
    List<Assigned> asked = released(a);
    assertFalse(asked.isEmpty());
    assertEquals(16, driver.owned("a").size(), "still a's until its last batch is recorded");
    driver.advance(10_000);
    release(a, 1);
    assertTrue(java.util.Arrays.equals(ring("a", "b"), driver.store.owner));
    int moved = asked.get(0).partition();
    assertEquals(2, driver.store.epoch[moved]);
    assertEquals(driver.now, driver.store.watermark[moved], "the last batch is recorded first");
    assertTrue(released(a).isEmpty());
  }

  @Test
  void a_last_batch_that_is_not_durable_yet_moves_nothing() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.advance(200_000);
    driver.holdFires = true;
    release(a, 1);
    assertEquals(16, driver.owned("a").size());
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    assertTrue(java.util.Arrays.equals(ring("a", "b"), driver.store.owner));
  }

  @Test
  void a_partition_that_is_not_released_in_time_is_taken() {
    long a = driver.soleOwner();
    driver.join("b");
    driver.advance(200_000);
    int asked = released(a).get(0).partition();
    driver.advance(driver.settings.releaseTimeout() - 100_000);
    assertEquals("a", driver.store.owner[asked]);
    driver.advance(200_000);
    assertTrue(java.util.Arrays.equals(ring("a", "b"), driver.store.owner));
    assertEquals(2, driver.store.epoch[asked]);
    // What the node sends after that is refused.
    driver.push(a, 1, driver.part(asked).epoch(1).last());
    assertEquals(
        List.of(new Refusal(asked, 1, Refusal.Reason.STALE_EPOCH)),
        driver.last(MasterCommand.Acknowledge.class).refusals());
  }

  @Test
  void no_more_partitions_are_on_the_move_at_once_than_allowed() {
    CoreSettings few =
        Records.with(CoreSettings.defaults(), Map.of("joinDelay", 0L, "movesAtOnce", 3));
    CoreDriver narrow = new CoreDriver(16, few);
    long a = narrow.soleOwner();
    narrow.join("b");
    narrow.advance(SECOND);
    assertEquals(3, narrow.assignment(a).partitions().stream().filter(Assigned::release).count());
  }

  @Test
  void a_drained_node_hands_all_over_and_gets_none_until_it_starts_again() {
    long a = driver.soleOwner();
    long b = driver.join("b");
    driver.advance(200_000);
    release(a, 1);
    assertEquals(List.of(""), drain("b"));
    release(b, 1);
    driver.advance(SECOND);
    assertEquals(16, driver.owned("a").size());
    assertTrue(driver.assignment(b).released());
    assertEquals(NodeState.DRAINING, driver.state("b"));
    driver.begin(driver.register("b", "first", 1).session());
    driver.advance(SECOND);
    assertEquals(List.of(), driver.owned("b"), "a reconnection is no new start");
    driver.start("b", "second");
    driver.advance(300_000);
    release(a, 2);
    assertTrue(java.util.Arrays.equals(ring("a", "b"), driver.store.owner));
  }

  @Test
  void the_last_node_that_leaves_gives_its_partitions_to_nobody_and_may_stop() {
    long a = driver.soleOwner();
    driver.leave(a);
    assertEquals(16, released(a).size());
    assertFalse(driver.assignment(a).released());
    release(a, 1);
    for (String owner : driver.store.owner) {
      assertNull(owner);
    }
    assertTrue(driver.assignment(a).released());
    driver.breakStream(a);
    assertEquals(NodeState.STOPPED, driver.state("a"));
    assertEquals(NodeState.STOPPED, driver.store.nodes.get("a").state());
    driver.join("b");
    driver.advance(SECOND);
    assertEquals(16, driver.owned("b").size());
  }

  @Test
  void a_node_cannot_be_drained_without_another_that_is_active() {
    driver.soleOwner();
    assertEquals(List.of("NO_OTHER_NODE"), drain("a"));
    long b = driver.join("b");
    driver.breakStream(b);
    assertEquals(List.of("NO_OTHER_NODE"), drain("a"), "b is SUSPECT");
    driver.advance(SECOND);
    assertEquals(List.of("NODE_NOT_ALIVE"), drain("b"), "b is DEAD");
    assertEquals(List.of("NODE_NOT_ALIVE"), drain("c"), "c never was");
    assertEquals(NodeState.ACTIVE, driver.state("a"));
  }

  @Test
  void a_watch_of_a_partition_of_another_or_under_another_epoch_is_refused() {
    long a = driver.soleOwner();
    long b = driver.join("b");
    driver.core.watch(b, 0, 1, driver.now);
    driver.core.watch(a, 0, 2, driver.now);
    driver.core.watch(a, -1, 1, driver.now);
    driver.core.watch(a, 16, 1, driver.now);
    driver.settle();
    assertEquals(
        List.of(
            new RefuseWatch(b, 0, 1),
            new RefuseWatch(a, 0, 2),
            new RefuseWatch(a, -1, 1),
            new RefuseWatch(a, 16, 1)),
        driver.all(RefuseWatch.class));
  }
}
