package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.T0;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Publish;
import io.carillon.master.core.MemoryStore.Fire;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the events of a part that itself is accepted. */
class PushEventsTest {

  private static final long HOUR = 3600 * SECOND;

  private final CoreDriver driver = new CoreDriver(2);
  private long session;
  private Revision good;

  @BeforeEach
  void own() {
    session = driver.soleOwner();
    good = driver.create(7, every(SECOND));
    driver.advance(3_500_000);
  }

  private PartBuilder part() {
    return driver.part(0).applied(driver.core.report(driver.now).partitions().get(0).version());
  }

  /** The event is dropped and counted, the three good ones around it are recorded. */
  private void dropped(Counter counter, long schedule, long version, long nominal) {
    PartBuilder part = part();
    boolean added = false;
    for (long t = T0 + 2 * SECOND; t <= T0 + 4 * SECOND; t += SECOND) {
      if (!added && (nominal < t || nominal == t && schedule < 7)) {
        part.event(schedule, version, nominal);
        added = true;
      }
      part.event(good, t);
    }
    if (!added) {
      part.event(schedule, version, nominal);
    }
    assertEquals(List.of(), driver.push(session, 1, part).refusals());
    assertEquals(1, driver.counter(counter));
    assertEquals(
        List.of(T0 + 2 * SECOND, T0 + 3 * SECOND, T0 + 4 * SECOND), driver.store.nominals(7));
    assertEquals(3, driver.store.fires.size());
    assertEquals(driver.now, driver.store.watermark[0]);
    assertEquals(3, driver.counter(Counter.FIRES_RECORDED));
  }

  @Test
  void an_event_of_an_unknown_schedule_is_dropped() {
    dropped(Counter.DROPPED_UNKNOWN_SCHEDULE, 99, 2, T0 + 3 * SECOND);
  }

  @Test
  void an_event_of_an_unknown_revision_is_dropped() {
    dropped(Counter.DROPPED_CLOSED_REVISION, 7, 1, T0 + 3 * SECOND + 1);
  }

  @Test
  void an_event_that_is_not_an_occurrence_is_dropped() {
    dropped(Counter.DROPPED_NOT_AN_OCCURRENCE, 7, 2, T0 + 3 * SECOND + 1);
  }

  @Test
  void an_event_at_or_before_the_opening_of_its_revision_is_dropped() {
    dropped(Counter.DROPPED_OUT_OF_RANGE, 7, 2, T0 + SECOND);
  }

  @Test
  void an_event_beyond_the_new_watermark_is_dropped() {
    dropped(Counter.DROPPED_OUT_OF_RANGE, 7, 2, T0 + 5 * SECOND);
  }

  @Test
  void an_event_beyond_the_end_of_its_revision_is_dropped() {
    Revision second = driver.create(8, every(SECOND));
    driver.advance(SECOND);
    driver.mutate(mutation(8, second.version(), null, true));
    driver.advance(SECOND);
    // Its revision ended at +5.5 s; this one lies at +6 s.
    PartBuilder part = part();
    part.events(good, good.validFrom(), T0 + 4 * SECOND).event(second, T0 + 6 * SECOND);
    driver.push(session, 1, part);
    assertEquals(1, driver.counter(Counter.DROPPED_CLOSED_REVISION));
    assertEquals(3, driver.store.fires.size());
  }

  @Test
  void an_event_at_or_before_the_watermark_is_dropped() {
    driver.push(session, 1, part().events(good, good.validFrom(), driver.now));
    driver.advance(SECOND);
    driver.push(session, 2, part().event(good, T0 + 4 * SECOND).event(good, T0 + 5 * SECOND));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void an_event_of_a_revision_above_the_applied_version_is_dropped() {
    Revision newer = driver.create(8, every(SECOND));
    driver.advance(SECOND);
    driver.push(session, 1, driver.part(0).applied(good.version()).event(newer, T0 + 5 * SECOND));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(0, driver.store.fires.size());
  }

  @Test
  void a_batch_that_is_sent_again_is_acknowledged_and_records_nothing_twice() {
    PartBuilder part = part().events(good, good.validFrom(), driver.now);
    driver.push(session, 1, part);
    assertEquals(List.of(), driver.push(session, 1, part).refusals());
    assertEquals(1, driver.counter(Counter.DUPLICATE_PARTS));
    assertEquals(3, driver.store.fires.size());
    // Also from a new session, behind which there is more already.
    driver.advance(SECOND);
    driver.push(session, 2, part().event(good, T0 + 5 * SECOND));
    driver.breakStream(session);
    long again = driver.register("a", "first", 1).session();
    driver.begin(again);
    Acknowledge answer = driver.push(again, 1, part);
    assertEquals(again, answer.session());
    assertEquals(List.of(), answer.refusals());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_batch_is_acknowledged_only_when_it_is_durable_and_in_order() {
    driver.holdFires = true;
    assertNull(driver.push(session, 1, part().events(good, good.validFrom(), driver.now)));
    // Refused at once, but its turn comes after the first.
    assertNull(driver.push(session, 2, driver.part(1).epoch(9)));
    assertNull(driver.last(Publish.class));
    driver.endFires();
    driver.settle();
    assertEquals(
        List.of(
            new Acknowledge(session, 2, List.of(new Refusal(1, 9, Refusal.Reason.STALE_EPOCH)))),
        driver.all(Acknowledge.class));
    assertEquals(3, driver.last(Publish.class).fires().size());
  }

  @Test
  void all_that_gathers_while_a_commit_is_under_way_goes_into_the_next_one() {
    driver.holdFires = true;
    long before = driver.counter(Counter.COMMITS);
    driver.push(session, 1, driver.part(1));
    long now = driver.now;
    driver.push(session, 2, part().events(good, good.validFrom(), now));
    driver.advance(SECOND);
    driver.push(session, 3, part().previous(now).event(good, T0 + 5 * SECOND));
    driver.endFires();
    driver.settle();
    driver.endFires();
    driver.settle();
    assertEquals(before + 2, driver.counter(Counter.COMMITS));
    assertEquals(3, driver.last(Acknowledge.class).batch());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void skipped_runs_beyond_the_catch_up_window_are_recorded_as_one_row() {
    driver.advance(2 * HOUR);
    long cut = driver.now - HOUR;
    long last = cut / SECOND * SECOND;
    long count = good.times().count(good.validFrom(), last);
    driver.push(
        session, 1, part().skip(good, T0 + 2 * SECOND, last, count).events(good, last, driver.now));
    assertEquals(count, driver.counter(Counter.FIRES_SKIPPED));
    Fire skipped =
        driver.store.fires.stream().filter(fire -> fire.skipReason() == 1).findFirst().get();
    assertEquals(T0 + 2 * SECOND, skipped.nominal());
    assertEquals(last, skipped.lastNominal());
    assertEquals(count, skipped.count());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_run_within_the_catch_up_window_must_not_be_skipped() {
    driver.push(session, 1, part().skip(good, T0 + 2 * SECOND, T0 + 4 * SECOND, 3));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(0, driver.store.fires.size());
  }

  @Test
  void a_skipped_run_with_a_wrong_count_or_ends_is_dropped() {
    driver.advance(2 * HOUR);
    long from = T0 + 2 * SECOND;
    long to = T0 + 100 * SECOND;
    driver.push(
        session,
        1,
        part()
            .skip(good, from, to, 98)
            .skip(good, to + SECOND + 1, to + 2 * SECOND, 1)
            .skip(good, to + 3 * SECOND, to + 4 * SECOND - 1, 1)
            .skip(good, to + 6 * SECOND, to + 5 * SECOND, 0));
    assertEquals(4, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(0, driver.store.fires.size());
  }

  /** A schedule with this catch-up, every second since now. */
  private Revision caughtUp(CatchUp catchUp) {
    Mutation.Content content =
        new Mutation.Content(
            "", every(SECOND).compile(), catchUp, 1, Long.MAX_VALUE, Mutation.Content.EFFECTIVE);
    return driver.mutate(mutation(8, 0, content, false)).get(0).planned().get(0).opened();
  }

  /** Whether a run may be skipped whose last time is so far in the past; nothing follows fires. */
  private void assertSkip(boolean allowed, CatchUp catchUp, SkipReason reason, long ago) {
    Revision revision = caughtUp(catchUp);
    driver.advance(100 * SECOND);
    long first = revision.times().nextAfter(revision.validFrom());
    long last = revision.times().previousBefore(driver.now - ago + 1);
    long count = revision.times().count(first - 1, last);
    driver.push(session, 1, part().skip(revision, first, last, count, reason));
    List<Fire> rows = driver.store.fires.stream().filter(f -> f.schedule() == 8).toList();
    assertEquals(allowed ? 1 : 0, rows.size());
    assertEquals(allowed ? 0 : 1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    if (allowed) {
      assertEquals(reason.code(), rows.get(0).skipReason());
      assertEquals(last, rows.get(0).lastNominal());
    }
  }

  @Test
  void what_is_missed_is_skipped_if_none_fires() {
    assertSkip(true, new CatchUp(HOUR, 0, 10 * SECOND), SkipReason.CATCHUP_NONE, 10 * SECOND);
  }

  @Test
  void what_is_not_missed_is_not_skipped_though_none_fires() {
    assertSkip(false, new CatchUp(HOUR, 0, 10 * SECOND), SkipReason.CATCHUP_NONE, 8 * SECOND);
  }

  @Test
  void what_is_missed_is_not_skipped_for_none_if_some_fire() {
    assertSkip(false, new CatchUp(HOUR, 1, 10 * SECOND), SkipReason.CATCHUP_NONE, 50 * SECOND);
  }

  @Test
  void what_is_missed_is_skipped_if_enough_missed_follow() {
    assertSkip(true, new CatchUp(HOUR, 5, 10 * SECOND), SkipReason.CATCHUP_LIMIT, 15 * SECOND);
  }

  @Test
  void what_is_missed_is_not_skipped_if_too_few_missed_follow() {
    assertSkip(false, new CatchUp(HOUR, 5, 10 * SECOND), SkipReason.CATCHUP_LIMIT, 13 * SECOND);
  }

  @Test
  void nothing_is_skipped_for_a_limit_where_there_is_none() {
    CatchUp all = new CatchUp(HOUR, CatchUp.NO_LIMIT, 10 * SECOND);
    assertSkip(false, all, SkipReason.CATCHUP_LIMIT, 50 * SECOND);
  }

  @Test
  void nothing_is_skipped_without_a_reason() {
    assertSkip(false, new CatchUp(SECOND, 0, SECOND), SkipReason.NONE, 50 * SECOND);
  }

  @Test
  void only_times_that_the_revision_owes_count_for_its_limit() {
    Revision revision = caughtUp(new CatchUp(HOUR, 5, SECOND));
    driver.advance(20 * SECOND);
    long end = driver.now;
    driver.mutate(mutation(8, revision.version(), null, false));
    driver.advance(100 * SECOND);
    long first = revision.times().nextAfter(revision.validFrom());
    long last = revision.times().previousBefore(end);
    long count = revision.times().count(first - 1, last);
    driver.push(session, 1, part().skip(revision, first, last, count, SkipReason.CATCHUP_LIMIT));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
  }

  @Test
  void a_run_that_goes_on_after_an_end_unknown_to_the_node_is_recorded_up_to_it() {
    Revision revision = caughtUp(new CatchUp(HOUR, 1, SECOND));
    driver.advance(20 * SECOND);
    long end = driver.now;
    driver.mutate(mutation(8, revision.version(), null, false));
    driver.advance(100 * SECOND);
    long first = revision.times().nextAfter(revision.validFrom());
    long last = revision.times().previousBefore(driver.now - 10 * SECOND);
    driver.push(
        session,
        1,
        driver
            .part(0)
            .applied(revision.version())
            .skip(
                revision,
                first,
                last,
                revision.times().count(first - 1, last),
                SkipReason.CATCHUP_LIMIT));
    Fire row = driver.store.fires.get(0);
    assertEquals(revision.times().previousBefore(end + 1), row.lastNominal());
    assertEquals(revision.times().count(first - 1, end), row.count());
    assertEquals(driver.store.expected(8), driver.store.nominals(8));
  }

  @Test
  void what_a_part_says_both_to_fire_and_to_be_skipped_is_recorded_once() {
    Revision revision = caughtUp(new CatchUp(HOUR, 0, SECOND));
    driver.advance(20 * SECOND);
    long first = revision.times().nextAfter(revision.validFrom());
    driver.push(
        session,
        1,
        part().event(revision, first).skip(revision, first, first, 1, SkipReason.CATCHUP_NONE));
    assertEquals(List.of(first), driver.store.nominals(8));
  }

  /** One that opens at a time that it does not own, because it is not after its opening. */
  private Revision openedWithinJitter() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Mutation.Content content =
        new Mutation.Content(
            "", times, new CatchUp(HOUR, 0, 0), 1, Long.MAX_VALUE, Mutation.Content.EFFECTIVE);
    driver.advanceTo(times.nextAfter(driver.now));
    Revision revision =
        driver.mutate(mutation(8, 0, content, false)).get(0).planned().get(0).opened();
    assertEquals(driver.now, revision.nominalAfter());
    assertTrue(times.matches(driver.now) && times.dueOf(8, driver.now) > driver.now);
    driver.advance(10 * SECOND);
    return revision;
  }

  @Test
  void what_the_revision_before_owned_is_dropped_though_its_jitter_reaches_into_this_one() {
    Revision revision = openedWithinJitter();
    long before = revision.nominalAfter();
    driver.push(session, 1, part().event(revision, revision.times().dueOf(8, before)));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(List.of(), driver.store.nominals(8));
  }

  @Test
  void what_the_revision_before_owned_is_not_skipped_by_this_one() {
    Revision revision = openedWithinJitter();
    long before = revision.nominalAfter();
    driver.push(session, 1, part().skip(revision, before, before, 1, SkipReason.CATCHUP_NONE));
    assertEquals(1, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
    assertEquals(List.of(), driver.store.nominals(8));
  }

  @Test
  void an_event_with_jitter_is_said_by_its_due_time_and_recorded_by_its_nominal_one() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Mutation.Content content =
        new Mutation.Content(
            "", times, CatchUp.all(HOUR), 1, Long.MAX_VALUE, Mutation.Content.EFFECTIVE);
    Revision revision =
        driver.mutate(mutation(8, 0, content, false)).get(0).planned().get(0).opened();
    driver.advance(35 * SECOND);
    long first = times.nextAfter(revision.validFrom());
    long second = times.nextAfter(first);
    long due = times.dueOf(8, first);
    assertTrue(due > first && times.dueOf(8, second) > second);
    driver.push(
        session, 1, part().event(revision, first).event(revision, due).event(revision, second));
    assertEquals(2, driver.counter(Counter.DROPPED_NOT_AN_OCCURRENCE));
    assertEquals(List.of(first), driver.store.nominals(8));
  }
}
