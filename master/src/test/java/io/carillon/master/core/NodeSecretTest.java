package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.EndSession;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.Node.Denial;
import io.carillon.master.core.Node.Registration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may be a node: ids are public, secrets are not. And how nodes are forgotten. */
class NodeSecretTest {

  private static final long DAY = 86_400 * SECOND;

  private final CoreDriver driver = new CoreDriver(4);

  private Registration register(String id, String instance, long incarnation, String secret) {
    List<Registration> answers = new ArrayList<>();
    driver.core.register(
        CoreDriver.candidate(id, instance, incarnation, secret),
        driver.nextSession++,
        answers::add,
        driver.now);
    driver.settle();
    return answers.isEmpty() ? null : answers.get(0);
  }

  private String delete(String id) {
    List<String> answers = new ArrayList<>();
    driver.core.deleteNode(id, answers::add, driver.now);
    driver.settle();
    return answers.isEmpty() ? null : answers.get(0);
  }

  private void kill(long session) {
    driver.breakStream(session);
    driver.advance(SECOND);
  }

  @Test
  void who_knows_an_id_and_not_its_secret_cannot_take_it_and_the_node_runs_on() {
    long session = driver.soleOwner();
    for (String instance : List.of("other", "first")) {
      Registration refused = register("a", instance, 0, "a guess");
      assertEquals(0, refused.session());
      assertEquals(Denial.ID_TAKEN, refused.denial());
    }
    driver.advance(5 * SECOND);
    assertEquals(List.of(), driver.all(EndSession.class));
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    assertEquals(NodeState.ACTIVE, driver.state("a"));
    assertEquals(2, driver.counter(Counter.REFUSED_NODE_ID));
    assertEquals(0, driver.counter(Counter.NODES_FENCED));
    driver.push(session, 1, driver.part(0));
  }

  @Test
  void an_id_stays_bound_when_its_node_is_dead_and_under_another_leader() {
    kill(driver.soleOwner());
    assertEquals(Denial.ID_TAKEN, register("a", "other", 0, "a guess").denial());
    driver.restartMaster();
    assertEquals(Denial.ID_TAKEN, register("a", "other", 0, "a guess").denial());
    assertNotEquals(0, driver.register("a", "second", 0).session());
  }

  @Test
  void a_row_of_before_there_were_secrets_is_bound_by_the_next_registration() {
    for (String instance : List.of("first", "second")) {
      driver.store.nodes.put(
          "a", new NodeRow("a", 3, "first", NodeState.ACTIVE, 1, 100, "here", "1", ""));
      driver.restartMaster();
      driver.holdNodes = true;
      assertNull(
          register("a", instance, instance.equals("first") ? 3 : 0, "mine"), "not durable yet");
      driver.holdNodes = false;
      driver.endNodes();
      driver.settle();
      assertEquals("mine", driver.store.nodes.get("a").secretHash());
      assertEquals(Denial.ID_TAKEN, register("a", "third", 0, "a guess").denial());
    }
  }

  @Test
  void a_session_has_the_name_that_chance_gave_it_and_no_other_has_it_too() {
    List<Registration> answers = new ArrayList<>();
    long[] drawn = {0x1234_5678_9abc_def0L, -5, 0, 0x1234_5678_9abc_def0L};
    for (int i = 0; i < drawn.length; i++) {
      driver.core.register(
          CoreDriver.candidate("n" + i, "first", 0, "secret"), drawn[i], answers::add, driver.now);
      driver.settle();
    }
    assertEquals(
        List.of(drawn[0], -5L, 1L, drawn[0] + 1),
        answers.stream().map(Registration::session).toList());
  }

  @Test
  void a_row_that_the_store_refuses_refuses_the_registration_and_hinders_nobody() {
    driver.holdNodes = true;
    List<Registration> answers = new ArrayList<>();
    driver.core.register(
        CoreDriver.candidate("a", "first", 0, "secret"), 7, answers::add, driver.now);
    driver.settle();
    driver.core.nodeRefused(driver.heldNodes.poll(), "value too long", driver.now);
    driver.settle();
    assertEquals(Denial.NOT_STORED, answers.get(0).denial());
    driver.holdNodes = false;
    driver.join("b");
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("b"));
    driver.start("a", "second");
  }

  @Test
  void there_are_no_more_nodes_than_a_thousand() {
    for (int i = 0; i < Membership.MOST_NODES; i++) {
      assertNotEquals(0, register("n" + i, "first", 0, "secret").session());
    }
    assertEquals(Denial.TOO_MANY_NODES, register("more", "first", 0, "secret").denial());
    // Those that are known come and go as before.
    assertNotEquals(0, register("n7", "second", 0, "secret").session());
    driver.advance(3 * SECOND);
    assertEquals("", delete("n8"));
    assertNotEquals(0, register("more", "first", 0, "secret").session());
  }

  @Test
  void a_node_is_deleted_once_it_is_gone_and_then_another_may_have_its_id() {
    long session = driver.soleOwner();
    assertEquals("NODE_ALIVE", delete("a"));
    driver.breakStream(session);
    assertEquals("NODE_ALIVE", delete("a"), "SUSPECT");
    driver.advance(SECOND);
    driver.holdNodes = true;
    assertNull(delete("a"), "answered before it was durable");
    driver.endNodes();
    driver.settle();
    driver.holdNodes = false;
    assertEquals("NODE_NOT_FOUND", delete("a"));
    assertEquals(List.of(), List.copyOf(driver.store.nodes.keySet()));
    // What it owned as the last of all goes to whoever comes.
    Registration other = register("a", "another", 0, "another secret");
    assertEquals(1, other.incarnation());
    driver.begin(other.session());
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("a"));
    assertEquals("NODE_NOT_FOUND", delete("nobody"));
  }

  @Test
  void a_node_that_is_gone_for_long_is_forgotten() {
    kill(driver.soleOwner());
    driver.join("b");
    driver.advance(SECOND);
    assertEquals(List.of(0, 1, 2, 3), driver.owned("b"));
    driver.beating.clear();
    driver.now += 6 * DAY;
    driver.advance(SECOND);
    assertEquals(List.of("a", "b"), List.copyOf(driver.store.nodes.keySet()));
    driver.now += DAY;
    driver.advance(SECOND);
    // The partitions are still b's: nobody else could take them.
    assertEquals(List.of("b"), List.copyOf(driver.store.nodes.keySet()));
  }
}
