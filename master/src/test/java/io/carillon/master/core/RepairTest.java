package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.T0;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.master.core.CommitPlan.Repaired;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Publish;
import io.carillon.master.core.MissedTimes.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A node said that all is recorded, and it was not; the leader has found out. */
class RepairTest {

  private static final long HOUR = 3_600 * SECOND;

  private CoreDriver driver = new CoreDriver(1);

  /** Schedule 7, every second; of it nothing is recorded though the watermark is at now. */
  private Revision leaveOut(long session, CatchUp catchUp, long forMicros) {
    Mutation.Content plain = CoreDriver.content(every(SECOND));
    Mutation.Content content =
        new Mutation.Content(
            plain.spec(),
            plain.times(),
            catchUp,
            plain.destination(),
            plain.opensBefore(),
            plain.validFrom());
    Revision made = driver.mutate(mutation(7, 0, content, false)).get(0).planned().get(0).opened();
    driver.advance(forMicros);
    driver.push(session, 1, driver.part(0).applied(made.version()));
    assertEquals(driver.now, driver.store.watermark[0]);
    assertTrue(driver.store.fires.isEmpty());
    return made;
  }

  private static long[] seconds(long first, long last) {
    return LongStream.rangeClosed(first, last).map(i -> T0 + i * SECOND).toArray();
  }

  private List<Result> repair(Revision revision, long... nominals) {
    List<Result> results = new ArrayList<>();
    driver.core.repair(
        List.of(new MissedTimes(revision, 0, "a", nominals)), results::add, driver.now);
    driver.settle();
    return results;
  }

  @Test
  void what_a_node_left_out_is_recorded_late_and_delivered_and_marked() {
    Revision revision = leaveOut(driver.soleOwner(), CatchUp.all(HOUR), 4 * SECOND);
    driver.holdFires = true;
    List<Result> results = repair(revision, seconds(2, 4));
    assertEquals(List.of(), results, "it is not durable");
    assertEquals(
        List.of(2L, 3L, 4L),
        driver.heldCommit.repaired().stream().map(r -> (r.nominal() - T0) / SECOND).toList());
    driver.endFires();
    driver.settle();
    assertEquals(List.of(new Result(3, 0, "")), results);
    assertEquals(LongStream.of(seconds(2, 4)).boxed().toList(), driver.store.nominals(7));
    assertEquals(driver.now, driver.store.fires.get(0).recordedAt());
    assertEquals(3, driver.last(Publish.class).fires().size());
    assertEquals(3, driver.counter(Counter.FIRES_REPAIRED));
    assertEquals(3, driver.counter(Counter.FIRES_RECORDED));
  }

  @Test
  void a_repair_of_more_than_a_commit_takes_is_answered_when_the_last_is_durable() {
    long session = driver.soleOwner();
    Revision revision = leaveOut(session, CatchUp.all(HOUR), 1_500 * SECOND);
    driver.holdFires = true;
    List<Result> results = repair(revision, seconds(2, 1_500));
    assertEquals(1_000, driver.heldCommit.repaired().size());
    assertEquals(new Repaired(0, 7, T0 + 2 * SECOND, false), driver.heldCommit.repaired().get(0));
    driver.endFires();
    driver.settle();
    assertEquals(List.of(), results);
    assertEquals(List.of(new Result(0, 0, Result.BUSY)), repair(revision, seconds(2, 2)));
    driver.endFires();
    driver.settle();
    assertEquals(List.of(new Result(1_499, 0, "")), results);
    assertEquals(LongStream.of(seconds(2, 1_500)).boxed().toList(), driver.store.nominals(7));
  }

  @Test
  void what_is_not_settled_or_not_owed_is_not_recorded() {
    long session = driver.soleOwner();
    Revision revision = leaveOut(session, CatchUp.all(HOUR), 4 * SECOND);
    driver.advance(2 * SECOND);
    assertEquals(refused(Result.UNSETTLED), repair(revision, seconds(4, 6)));
    assertEquals(refused(Result.NOT_OWED), repair(revision, T0 + 3 * SECOND + 1));
    assertEquals(refused(Result.NOT_OWED), repair(revision, seconds(0, 3)));
    assertEquals(refused(Result.NOT_OWED), repair(revision, seconds(3, 3)[0], seconds(3, 3)[0]));
    driver.mutate(mutation(7, revision.version(), null, true));
    driver.push(session, 2, driver.part(0).applied(revision.version() + 1));
    assertEquals(
        refused(Result.NOT_OWED),
        repair(revision.closedAt(driver.now - 1, 9), seconds(7, 7)),
        "its end was before");
    assertTrue(driver.store.fires.isEmpty());
    assertEquals("", driver.hold("a"));
    assertEquals(0, driver.counter(Counter.FIRES_REPAIRED));
  }

  @Test
  void what_a_mutation_that_is_being_written_decides_waits_for_it() {
    long session = driver.soleOwner();
    Revision revision = leaveOut(session, CatchUp.all(HOUR), 3 * SECOND + SECOND / 2);
    driver.holdMutations = true;
    driver.mutate(mutation(7, revision.version(), null, false));
    long paused = driver.now;
    driver.advance(SECOND);
    // The node says nothing of what it owes until then, so nothing of it waits.
    driver.push(session, 2, driver.part(0));
    assertEquals(driver.now, driver.store.watermark[0]);
    assertEquals(refused(Result.UNSETTLED), repair(revision, seconds(4, 5)));
    driver.endMutations();
    driver.settle();
    Revision closed = revision.closedAt(paused, revision.version() + 1);
    assertEquals(refused(Result.NOT_OWED), repair(closed, seconds(5, 5)));
    assertEquals(List.of(new Result(3, 0, "")), repair(closed, seconds(2, 4)));
  }

  @Test
  void what_was_seen_before_a_mutation_was_durable_is_looked_at_again() {
    long session = driver.soleOwner();
    Revision open = leaveOut(session, CatchUp.all(HOUR), 3 * SECOND + SECOND / 2);
    driver.holdMutations = true;
    driver.mutate(mutation(7, open.version(), null, false));
    driver.advance(2 * SECOND);
    driver.push(session, 2, driver.part(0));
    driver.endMutations();
    driver.settle();
    // All that the closed revision owes is settled, so the core forgets it.
    driver.push(session, 3, driver.part(0).applied(open.version() + 1));
    assertEquals(refused(Result.UNSETTLED), repair(open, seconds(5, 5)));
    assertTrue(driver.store.fires.isEmpty());
  }

  private static List<Result> refused(String why) {
    return List.of(new Result(0, 0, why));
  }

  @Test
  void a_deleted_schedule_gets_what_it_was_owed_until_then() {
    long session = driver.soleOwner();
    Revision revision = leaveOut(session, CatchUp.all(HOUR), 4 * SECOND);
    driver.mutate(mutation(7, revision.version(), null, true));
    driver.push(session, 2, driver.part(0).applied(revision.version() + 1));
    Revision closed = revision.closedAt(driver.now, revision.version() + 1);
    assertEquals(List.of(new Result(3, 0, "")), repair(closed, seconds(2, 4)));
  }

  @Test
  void the_catch_up_of_the_schedule_decides_as_if_the_times_were_reached_now() {
    CatchUp window = new CatchUp(3 * SECOND, CatchUp.NO_LIMIT, SECOND);
    CatchUp none = new CatchUp(HOUR, 0, 3 * SECOND);
    CatchUp last = new CatchUp(HOUR, 2, 3 * SECOND);
    // At 10.5: older than the window up to 7, missed up to 7.
    assertEquals("WWWWWW...", dispositions(window));
    assertEquals("NNNNNN...", dispositions(none));
    assertEquals("LLLL.....", dispositions(last));
  }

  /** Of the times 2 to 10, a dot for each that fires. */
  private String dispositions(CatchUp catchUp) {
    driver = new CoreDriver(1);
    Revision revision = leaveOut(driver.soleOwner(), catchUp, 9 * SECOND + SECOND / 2);
    long skipped = repair(revision, seconds(2, 10)).get(0).skipped();
    StringBuilder text = new StringBuilder();
    for (MemoryStore.Fire fire : driver.store.fires) {
      SkipReason reason = SkipReason.ofCode(fire.skipReason());
      text.append(reason == SkipReason.NONE ? '.' : reason.name().charAt("CATCHUP_".length()));
    }
    assertEquals(skipped, text.chars().filter(c -> c != '.').count());
    return text.toString();
  }

  @Test
  void the_node_that_left_it_out_is_given_no_partitions_until_it_is_started_anew() {
    long b = driver.join("b");
    long a = driver.join("a");
    driver.advance(SECOND);
    driver.push(a, 1, new PartBuilder(0, driver.store.epoch[0], T0, driver.now, 0));
    Revision revision = driver.create(7, every(SECOND));
    driver.advance(4 * SECOND);
    String owner = driver.store.owner[0];
    driver.push(owner.equals("a") ? a : b, 2, driver.part(0).applied(revision.version()));
    List<Result> results = new ArrayList<>();
    long second = revision.times().nextAfter(revision.validFrom());
    driver.core.repair(
        List.of(new MissedTimes(revision, 0, owner, new long[] {second})),
        results::add,
        driver.now);
    driver.settle();
    driver.advance(SECOND / 10);
    assertTrue(results.get(0).isRecorded(), results::toString);
    assertEquals("UNTRUSTED", driver.hold(owner));
    String other = owner.equals("a") ? "b" : "a";
    assertEquals("", driver.hold(other));
    driver.work(other, owner.equals("a") ? b : a, HOUR / 60);
    assertEquals("UNTRUSTED", driver.hold(owner), "it does not pass by itself");
    driver.start(owner, "anew");
    driver.advance(SECOND);
    assertEquals("", driver.hold(owner));
    assertEquals(
        List.of("UNTRUSTED", ""),
        driver.events.stream()
            .filter(CoreEvent.NodeHeld.class::isInstance)
            .map(event -> ((CoreEvent.NodeHeld) event).reason())
            .toList());
  }

  @Test
  void what_is_of_a_partition_that_is_set_aside_is_let_go_of() {
    Revision revision = leaveOut(driver.soleOwner(), CatchUp.all(HOUR), 4 * SECOND);
    driver.faults =
        plan ->
            plan.repaired().isEmpty()
                ? new TreeMap<>()
                : new TreeMap<>(Map.of(0, "a row is in the way"));
    assertEquals(
        List.of(new Result(0, 0, Result.UNSETTLED)), repair(revision, seconds(2, 4)), "look again");
    assertEquals(List.of(new Result(0, 0, Result.NOT_OWED)), repair(revision, seconds(2, 4)));
    assertTrue(driver.store.fires.isEmpty());
    assertEquals(0, driver.counter(Counter.FIRES_REPAIRED));
  }

  @Test
  void a_node_without_another_goes_on_and_what_it_leaves_out_is_made_up_for() {
    Revision revision = leaveOut(driver.soleOwner(), CatchUp.all(HOUR), 4 * SECOND);
    assertEquals(List.of(new Result(1, 0, "")), repair(revision, seconds(2, 2)));
    driver.advance(SECOND);
    assertEquals("", driver.hold("a"));
    assertEquals("a", driver.store.owner[0]);
  }
}
