package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.T0;
import static io.carillon.master.core.CoreDriver.content;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.Mutation.Planned;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MutationTest {

  private final CoreDriver driver = new CoreDriver(2);
  private long session;

  @BeforeEach
  void own() {
    session = driver.soleOwner();
  }

  private static Outcome outcome(List<GroupResult> results) {
    return results.get(0).outcome();
  }

  private long version() {
    return driver.core.report(driver.now).partitions().get(0).version();
  }

  private PartBuilder part() {
    return driver.part(0).applied(version());
  }

  @Test
  void a_mutation_takes_effect_now_or_at_the_watermark_whichever_is_later() {
    assertEquals(driver.now, driver.create(7, every(SECOND)).validFrom());
    driver.push(session, 1, part());
    // A new leader's clock may be behind what the one before has recorded.
    long watermark = driver.store.watermark[0];
    driver.now -= 50_000;
    driver.restartMaster();
    assertEquals(watermark, driver.create(8, every(SECOND)).validFrom());
  }

  @Test
  void versions_rise_with_every_mutation_of_a_partition() {
    long first = driver.create(7, every(SECOND)).version();
    long second = driver.create(8, every(SECOND)).version();
    long third = driver.update(7, first, every(2 * SECOND)).version();
    assertTrue(first < second && second < third);
    assertEquals(third, version());
    assertEquals(3, driver.counter(Counter.MUTATIONS));
  }

  @Test
  void a_mutation_of_another_version_than_expected_is_a_conflict() {
    long version = driver.create(7, every(SECOND)).version();
    driver.update(7, version, every(2 * SECOND));
    assertEquals(
        Outcome.VERSION_CONFLICT, outcome(driver.mutate(mutation(7, version, null, true))));
    assertEquals(
        Outcome.VERSION_CONFLICT,
        outcome(driver.mutate(mutation(7, 0, content(every(SECOND)), false))),
        "it exists already");
    assertEquals(
        Outcome.VERSION_CONFLICT, outcome(driver.mutate(mutation(9, 2, null, true))), "unknown");
  }

  @Test
  void a_mutation_that_waits_for_another_of_its_schedule_sees_what_that_did() {
    long version = driver.create(7, every(SECOND)).version();
    driver.holdMutations = true;
    List<GroupResult> pause = driver.mutate(mutation(7, version, null, false));
    List<GroupResult> update =
        driver.mutate(mutation(7, version, content(every(2 * SECOND)), false));
    List<GroupResult> other = driver.mutate(mutation(8, 0, content(every(SECOND)), false));
    assertTrue(pause.isEmpty() && update.isEmpty() && other.isEmpty());
    driver.holdMutations = false;
    driver.endMutations();
    driver.settle();
    assertEquals(Outcome.DONE, outcome(pause));
    assertEquals(Outcome.VERSION_CONFLICT, outcome(update));
    assertEquals(Outcome.DONE, outcome(other));
  }

  @Test
  void a_group_happens_all_or_not_at_all() {
    long version = driver.create(7, every(SECOND)).version();
    List<GroupResult> conflict =
        driver.mutate(
            mutation(8, 0, content(every(SECOND)), false), mutation(7, version - 1, null, true));
    assertEquals(Outcome.VERSION_CONFLICT, outcome(conflict));
    assertNull(driver.store.revisions.get(8L));
    driver.rejection = group -> "SCHEDULE_EXISTS";
    List<GroupResult> rejected =
        driver.mutate(
            mutation(8, 0, content(every(SECOND)), false), mutation(7, version, null, true));
    assertEquals(Outcome.REJECTED, outcome(rejected));
    assertEquals("SCHEDULE_EXISTS", rejected.get(0).reason());
    driver.rejection = group -> null;
    List<GroupResult> done =
        driver.mutate(
            mutation(8, 0, content(every(SECOND)), false), mutation(7, version, null, true));
    assertEquals(Outcome.DONE, outcome(done));
    assertEquals(2, done.get(0).planned().size());
  }

  @Test
  void too_many_waiting_mutations_are_refused() {
    driver.holdMutations = true;
    driver.beginCreate(7);
    Outcome last = null;
    for (int i = 0; i < 21 && last == null; i++) {
      List<Mutation> thousand = new ArrayList<>();
      for (int n = 0; n < 1_000; n++) {
        thousand.add(mutation(1_000_000L + i * 1_000 + n, 0, content(every(SECOND)), false));
      }
      List<GroupResult> results = driver.mutate(thousand.toArray(Mutation[]::new));
      last = results.isEmpty() ? null : outcome(results);
    }
    assertEquals(Outcome.OVERLOADED, last);
  }

  /** An event beyond the cut of a mutation that is being written. */
  private long holdAnUpdateThatIsOvertaken(Revision open) {
    driver.holdMutations = true;
    driver.mutate(mutation(7, open.version(), content(every(2 * SECOND)), false));
    long cut = driver.now;
    driver.advance(SECOND);
    driver.push(session, 1, part().events(open, open.validFrom(), driver.now));
    assertTrue(driver.store.fires.isEmpty(), "waits for the mutation");
    return cut;
  }

  @Test
  void an_event_beyond_the_cut_is_dropped_when_the_mutation_has_happened() {
    Revision open = driver.create(7, every(300_000));
    driver.advance(SECOND);
    long cut = holdAnUpdateThatIsOvertaken(open);
    driver.endMutations();
    driver.settle();
    assertTrue(driver.store.fires.stream().allMatch(fire -> fire.nominal() <= cut));
    assertEquals(3, driver.store.fires.size());
    assertEquals(cut, driver.store.revisions.get(7L).get(open.version()).revision().validTo());
  }

  @Test
  void an_event_beyond_the_cut_is_recorded_when_the_mutation_was_rejected() {
    Revision open = driver.create(7, every(300_000));
    driver.advance(SECOND);
    holdAnUpdateThatIsOvertaken(open);
    driver.rejection = group -> "SCHEDULE_EXISTS";
    driver.endMutations();
    driver.settle();
    assertEquals(driver.now, driver.store.watermark[0]);
    assertEquals(7, driver.store.fires.size());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_part_that_waits_for_a_mutation_holds_up_no_other_partition() {
    Revision open = driver.create(7, every(300_000));
    driver.advance(SECOND);
    holdAnUpdateThatIsOvertaken(open);
    driver.push(session, 2, driver.part(1));
    assertEquals(driver.now, driver.store.watermark[1]);
  }

  @Test
  void a_revision_from_before_the_watermark_is_recorded_by_the_batch_that_applies_it() {
    long before = version();
    Revision opened = driver.create(7, every(100_000));
    driver.advance(SECOND);
    // The node has not heard of it, and moves the watermark past its beginning.
    driver.push(session, 1, driver.part(0).applied(before));
    assertTrue(driver.store.watermark[0] > opened.validFrom());
    driver.push(session, 2, part().events(opened, opened.validFrom(), driver.now));
    assertEquals(10, driver.store.fires.size());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_closed_revision_that_still_owes_is_in_the_snapshot_until_it_is_recorded() {
    Revision open = driver.create(7, every(100_000));
    driver.advance(SECOND);
    Revision next = driver.update(7, open.version(), every(200_000));
    SendSnapshot snapshot = driver.watch(session, 0);
    assertEquals(List.of(open.closedAt(driver.now, next.version()), next), snapshot.revisions());
    driver.push(session, 1, part().events(open, open.validFrom(), driver.now));
    driver.advance(SECOND);
    driver.push(session, 2, part().events(next, next.validFrom(), driver.now));
    assertEquals(List.of(next), driver.watch(session, 0).revisions());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_deleted_schedule_is_forgotten_once_it_owes_nothing() {
    Revision open = driver.create(7, every(100_000));
    driver.advance(SECOND);
    driver.mutate(mutation(7, open.version(), null, true));
    assertEquals(1, driver.watch(session, 0).revisions().size());
    driver.push(session, 1, part().events(open, open.validFrom(), driver.now));
    assertEquals(List.of(), driver.watch(session, 0).revisions());
    assertEquals(0, driver.core.report(driver.now).schedules());
  }

  @Test
  void a_snapshot_tells_only_what_is_durable_and_the_rest_follows() {
    Revision first = driver.create(7, every(SECOND));
    driver.holdMutations = true;
    driver.mutate(mutation(8, 0, content(every(SECOND)), false));
    SendSnapshot snapshot = driver.watch(session, 0);
    assertEquals(first.version(), snapshot.version());
    assertEquals(List.of(first), snapshot.revisions());
    driver.endMutations();
    driver.settle();
    SendChange change = driver.last(SendChange.class);
    assertEquals(first.version() + 1, change.version());
    assertEquals(8, change.opened().get(0).schedule());
  }

  @Test
  void changes_reach_the_watcher_in_the_order_of_versions() {
    driver.watch(session, 0);
    long version = driver.create(7, every(SECOND)).version();
    driver.holdMutations = true;
    driver.mutate(mutation(7, version, null, false));
    driver.mutate(mutation(8, 0, content(every(SECOND)), false));
    driver.mutate(mutation(9, 0, content(every(SECOND)), false));
    driver.holdMutations = false;
    driver.endMutations();
    driver.settle();
    long mark = 0;
    long opened = 0;
    for (SendChange change : driver.all(SendChange.class)) {
      assertTrue(change.version() > mark);
      mark = change.version();
      for (Revision revision : change.opened()) {
        assertTrue(revision.version() > opened && revision.version() <= mark);
        opened = revision.version();
      }
    }
    assertEquals(version(), mark);
    assertEquals(1, driver.all(SendChange.class).stream().mapToInt(c -> c.closed().size()).sum());
  }

  @Test
  void nobody_hears_of_changes_after_it_closed_its_watch() {
    driver.watch(session, 0);
    driver.core.unwatch(session, 0);
    driver.core.unwatch(session, 99);
    driver.create(7, every(SECOND));
    assertEquals(List.of(), driver.all(SendChange.class));
  }

  @Test
  void a_single_time_that_is_just_past_fires_on_create() {
    long at = driver.now - 5 * SECOND;
    driver.push(session, 1, part());
    ScheduleSpec once = ScheduleSpec.of(new ScheduleSpec.OnceRule(at), ZoneId.of("UTC"));
    Mutation.Content content =
        new Mutation.Content(
            once.canonical(),
            once.compile(),
            CatchUp.all(3600 * SECOND),
            1,
            at - 1,
            Mutation.Content.EFFECTIVE);
    List<GroupResult> results = driver.mutate(mutation(7, 0, content, false));
    Planned planned = results.get(0).planned().get(0);
    assertEquals(at - 1, planned.opened().validFrom());
    driver.push(session, 2, part().event(planned.opened(), at));
    assertEquals(List.of(at), driver.store.nominals(7));
  }

  @Test
  void an_update_to_a_single_time_that_has_just_passed_is_rejected() {
    long version = driver.create(7, every(SECOND)).version();
    long at = driver.now - 1;
    ScheduleSpec once = ScheduleSpec.of(new ScheduleSpec.OnceRule(at), ZoneId.of("UTC"));
    Mutation.Content content =
        new Mutation.Content(
            once.canonical(),
            once.compile(),
            CatchUp.all(3600 * SECOND),
            1,
            at - 1,
            Mutation.Content.EFFECTIVE);
    List<GroupResult> results = driver.mutate(mutation(7, version, content, false));
    assertEquals(Outcome.REJECTED, outcome(results));
    assertEquals("SCHEDULE_NEVER_FIRES", results.get(0).reason());
    assertEquals(version, driver.create(8, every(SECOND)).version() - 1, "no version was used up");
  }

  @Test
  void a_version_that_was_rejected_is_never_told_as_a_mark() {
    driver.watch(session, 0);
    driver.holdMutations = true;
    driver.beginCreate(6);
    driver.mutate(mutation(7, 0, content(every(SECOND)), false));
    driver.mutate(mutation(8, 0, content(every(SECOND)), false));
    driver.holdMutations = false;
    driver.rejection =
        group -> group.planned().get(0).mutation().schedule() == 8 ? "SCHEDULE_EXISTS" : null;
    driver.endMutations();
    driver.settle();
    long told = driver.last(SendChange.class).version();
    // The next leader knows of no more versions than the schedules have, and gives others out.
    driver.restartMaster();
    assertTrue(told <= version(), "told " + told + ", stored " + version());
  }

  @Test
  void a_new_leader_gives_out_no_version_that_a_partition_has_applied() {
    driver.store.applied[0] = 40;
    driver.restartMaster();
    assertTrue(driver.create(7, every(SECOND)).version() > 40);
    assertTrue(T0 < driver.now);
  }
}
