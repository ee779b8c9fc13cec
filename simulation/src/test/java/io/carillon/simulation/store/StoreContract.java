package io.carillon.simulation.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.Revision;
import io.carillon.master.core.Steps;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.ParkedRow;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.store.ContractStore.InFlight;
import io.carillon.simulation.store.ContractStore.Later;
import io.carillon.simulation.store.ContractStore.Parked;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the simulated store and PostgreSQL have in common: all that the masters rely on. What holds
 * here is what the simulation's seeds prove something about.
 */
abstract class StoreContract extends LeadContract {

  @Test
  void a_takeover_waits_for_a_statement_in_flight_and_sees_what_it_did() {
    store.commit(epoch, step(1, 1, 1));
    CommitPlan second = step(1, 1, 2);
    InFlight inFlight = store.begin(epoch, second);
    Later takeover = store.takeLeadLater(store.lease(), "second");
    takeover.awaitBlocked();
    assertFalse(takeover.isDone());
    inFlight.commit();
    assertEquals(Ending.COMMITTED, takeover.get());
    assertEquals(2, log().size());
    assertEquals(Ending.STALE_EPOCH, store.commit(epoch, step(1, 1, 3)));
    assertEquals(2, log().size());
  }

  @Test
  void a_statement_in_flight_that_is_undone_lets_the_takeover_go_on() {
    store.commit(epoch, step(1, 1, 1));
    InFlight inFlight = store.begin(epoch, step(1, 1, 2));
    Later takeover = store.takeLeadLater(store.lease(), "second");
    takeover.awaitBlocked();
    inFlight.rollBack();
    assertEquals(Ending.COMMITTED, takeover.get());
    assertEquals(1, log().size());
  }

  // The fire lane.

  @Test
  void a_commit_moves_watermarks_and_adds_to_the_log() {
    CommitPlan plan = step(2, 3, 1);
    assertFalse(store.isCommitted(plan));
    assertEquals(Ending.COMMITTED, store.commit(epoch, plan));
    assertTrue(store.isCommitted(plan));
    assertArrayEquals(plan.newWatermarks(), watermarks(2));
    Fires log = log();
    assertEquals(3, log.size());
    for (int i = 0; i < 3; i++) {
      assertEquals(i + 1, log.seq[i]);
      assertEquals(plan.fires().nominalMicros[i], log.nominalMicros[i]);
      assertEquals(7, log.schedule[i]);
    }
    assertEquals(3, report().logEnd());
  }

  @Test
  void one_partition_elsewhere_and_nothing_happens() {
    long[] from = watermarks(3);
    long[] wrong = from.clone();
    wrong[1]++;
    CommitPlan plan = Steps.step(0, wrong, from[0] + 9 * SECOND, 1, 7, from[0] + SECOND);
    assertEquals(Ending.MISMATCH, store.commit(epoch, plan));
    assertFalse(store.isCommitted(plan));
    assertArrayEquals(from, watermarks(3));
    assertEquals(0, log().size());
    CommitPlan otherEpoch = Steps.step(1, from, from[0] + 9 * SECOND, 1, 7, from[0] + SECOND);
    assertEquals(Ending.MISMATCH, store.commit(epoch, otherEpoch));
    assertArrayEquals(from, watermarks(3));
  }

  @Test
  void the_same_commit_again_is_refused_and_found_by_reading_back() {
    CommitPlan plan = step(2, 2, 1);
    assertEquals(Ending.COMMITTED, store.commit(epoch, plan));
    assertEquals(Ending.MISMATCH, store.commit(epoch, plan));
    assertTrue(store.isCommitted(plan));
    assertEquals(2, log().size());
  }

  @Test
  void a_commit_without_fires_is_found_by_its_watermarks() {
    long[] from = watermarks(2);
    CommitPlan plan = Steps.step(0, from, from[0] + SECOND, 1, 7);
    assertFalse(store.isCommitted(plan));
    assertEquals(Ending.COMMITTED, store.commit(epoch, plan));
    assertTrue(store.isCommitted(plan));
    assertEquals(Ending.MISMATCH, store.commit(epoch, plan));
  }

  @Test
  void a_second_try_waits_for_the_first_and_is_refused_if_that_happened() {
    store.commit(epoch, step(1, 1, 1));
    CommitPlan plan = step(1, 2, 2);
    InFlight first = store.begin(epoch, plan);
    Later second = store.commitLater(epoch, plan);
    second.awaitBlocked();
    first.commit();
    assertEquals(Ending.MISMATCH, second.get());
    assertTrue(store.isCommitted(plan));
    assertEquals(3, log().size());
  }

  @Test
  void a_second_try_waits_for_the_first_and_happens_if_that_did_not() {
    store.commit(epoch, step(1, 1, 1));
    CommitPlan plan = step(1, 2, 2);
    InFlight first = store.begin(epoch, plan);
    Later second = store.commitLater(epoch, plan);
    second.awaitBlocked();
    first.rollBack();
    assertEquals(Ending.COMMITTED, second.get());
    assertEquals(3, log().size());
  }

  @Test
  void a_fire_that_is_there_already_is_refused_and_nothing_moves() {
    store.commit(epoch, step(1, 3, 1));
    long[] from = watermarks(2);
    CommitPlan again = Steps.step(0, from, from[0] + SECOND, 4, 7, from[0], from[0] + SECOND);
    assertEquals(Ending.MISMATCH, store.commit(epoch, again));
    assertArrayEquals(from, watermarks(2));
    assertEquals(3, log().size());
  }

  @Test
  void owners_change_under_the_next_epoch_and_may_be_written_again() {
    List<OwnerChange> changes =
        List.of(new OwnerChange(0, 0, "a", "test"), new OwnerChange(2, 0, null, "test"));
    assertEquals(Ending.COMMITTED, store.changeOwners(epoch, changes));
    assertEquals(Ending.COMMITTED, store.changeOwners(epoch, changes));
    assertEquals("a", report().partitions().get(0).owner());
    assertEquals(1, report().partitions().get(0).epoch());
    assertEquals(0, report().partitions().get(1).epoch());
    assertEquals(1, report().partitions().get(2).epoch());
    assertEquals(
        Ending.BROKEN,
        store.changeOwners(
            epoch,
            List.of(new OwnerChange(1, 0, "b", "test"), new OwnerChange(0, 5, "b", "test"))));
    assertNull(report().partitions().get(1).owner());
    assertEquals(Ending.MISMATCH, store.commit(epoch, step(1, 1, 1)), "of the epoch before");
  }

  // The schedule lane.

  @Test
  void a_mutation_closes_one_revision_and_opens_the_next() {
    PlannedGroup creation = creation(7, "seven");
    assertFalse(store.isWritten(creation));
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(creation)));
    assertTrue(store.isWritten(creation));
    long end = watermark(0) + 60 * SECOND;
    PlannedGroup update =
        store.mutation(
            7,
            "seven",
            "",
            2,
            revision(7, 2, 2_000, end, 3),
            revision(7, 3, end, Revision.OPEN, 0));
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(update)));
    assertTrue(store.isWritten(update));
    assertFalse(store.isWritten(creation));
    assertEquals(1, report().schedules());
    assertEquals(3, report().partitions().get(0).version());
  }

  @Test
  void a_mutation_from_another_version_is_rejected_and_all_with_it() {
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(creation(7, "seven"))));
    PlannedGroup stale =
        store.mutation(7, "seven", "", 5, revision(7, 5, 2_000, 9_000, 6), revision(7, 6));
    assertEquals(Ending.REJECTED, store.mutate(epoch, List.of(creation(8, "eight"), stale)));
    assertFalse(store.isWritten(stale));
    assertEquals(1, report().schedules());
  }

  @Test
  void names_and_request_ids_are_given_once() {
    PlannedGroup first = store.mutation(7, "seven", "request", 0, null, revision(7, 2));
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(first)));
    assertEquals(Ending.REJECTED, store.mutate(epoch, List.of(creation(8, "seven"))));
    PlannedGroup sameRequest = store.mutation(9, "nine", "request", 0, null, revision(9, 3));
    assertEquals(Ending.REJECTED, store.mutate(epoch, List.of(sameRequest)));
    PlannedGroup delete = store.mutation(7, "seven", "", 2, revision(7, 2, 2_000, 9_000, 4), null);
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(delete)));
    assertEquals(Ending.REJECTED, store.mutate(epoch, List.of(sameRequest)));
    assertEquals(Ending.COMMITTED, store.mutate(epoch, List.of(creation(10, "seven"))));
    assertEquals(
        Ending.REJECTED,
        store.mutate(epoch, List.of(creation(11, "twice"), creation(12, "twice"))),
        "two of one transaction");
  }

  @Test
  void a_node_has_one_row_which_the_next_leader_reads() {
    assertEquals(Ending.COMMITTED, store.writeNode(epoch, node(1, NodeState.ACTIVE)));
    assertEquals(Ending.COMMITTED, store.writeNode(epoch, node(2, NodeState.DEAD)));
    assertEquals(1, report().nodes().size());
    NodeRow row = report().nodes().get(0).node();
    assertEquals(2, row.incarnation());
    assertEquals(NodeState.DEAD, row.state());
  }

  // Delivery.

  private static ParkedRow parked(CommitPlan plan, int row, int attempts, long next) {
    return parked(plan, row, attempts, next, "");
  }

  private static ParkedRow parked(
      CommitPlan plan, int row, int attempts, long next, String lastError) {
    return new ParkedRow(
        row + 1, plan.fires().nominalMicros[row], 7, 0, attempts, next, false, lastError);
  }

  private void park(ParkedRow... rows) {
    assertEquals(
        Ending.COMMITTED,
        store.settle(
            epoch, List.of(new Settlement(1, 0, Progress.NONE, List.of(rows), List.of()))));
  }

  @Test
  void the_last_error_of_a_parked_fire_stays_until_there_is_another() {
    CommitPlan plan = step(1, 2, 1);
    store.commit(epoch, plan);
    park(parked(plan, 0, 1, 900, ""), parked(plan, 1, 1, 900, "of another"));
    assertEquals("", store.lastError(1, 1));
    park(parked(plan, 0, 1, 900, "the first"));
    assertEquals("the first", store.lastError(1, 1));
    park(parked(plan, 0, 2, 950, ""));
    assertEquals("the first", store.lastError(1, 1));
    park(parked(plan, 0, 2, 990, "the second"));
    assertEquals("the second", store.lastError(1, 1));
    assertEquals("of another", store.lastError(1, 2));
  }

  @Test
  void cursors_and_parked_fires_are_written_together_and_the_cursor_never_goes_back() {
    CommitPlan plan = step(1, 5, 1);
    store.commit(epoch, plan);
    Progress ahead = new Progress.Builder().add(4, 1).add(5, Progress.SETTLED).build();
    assertEquals(
        Ending.COMMITTED,
        store.settle(
            epoch,
            List.of(
                new Settlement(
                    1,
                    3,
                    ahead,
                    List.of(parked(plan, 1, 1, 900), parked(plan, 4, 2, 800)),
                    List.of()))));
    assertEquals(3, store.cursor(1));
    assertEquals(ahead, store.progress(1));
    Parked page = store.read(1, new ParkedRead(Long.MIN_VALUE, Long.MIN_VALUE, 10));
    assertEquals(2, page.fires().size());
    assertEquals(5, page.fires().seq[0]);
    assertEquals(2, page.fires().attempt[0]);
    assertArrayEquals(new long[] {800, 900}, page.next());
    assertEquals(1, store.read(1, new ParkedRead(800, 5, 10)).fires().size());
    assertEquals(
        Ending.COMMITTED,
        store.settle(
            epoch,
            List.of(
                new Settlement(
                    1, 2, Progress.NONE, List.of(parked(plan, 1, 3, 950)), List.of(5L)))));
    assertEquals(3, store.cursor(1));
    assertEquals(Progress.NONE, store.progress(1));
    Parked after = store.read(1, new ParkedRead(Long.MIN_VALUE, Long.MIN_VALUE, 10));
    assertEquals(1, after.fires().size());
    assertEquals(3, after.fires().attempt[0]);
    assertArrayEquals(new long[] {950}, after.next());
  }

  @Test
  void the_log_is_read_in_order_and_up_to_a_limit() {
    store.commit(epoch, step(1, 5, 1));
    Fires some = store.read(1, new LogRead(1, 4, 2));
    assertEquals(2, some.size());
    assertEquals(2, some.seq[0]);
    assertEquals(3, some.seq[1]);
    assertEquals(0, store.read(1, new LogRead(5, 9, 2)).size());
  }
}
