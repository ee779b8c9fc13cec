package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.Mutation.Planned;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From where on a revision owns times: pauses with an end, resumes that make up, jitter. */
class RevisionOpeningTest {

  private final CoreDriver driver = new CoreDriver(2);
  private long session;
  private Planned paused;
  private long batch;

  @BeforeEach
  void own() {
    session = driver.soleOwner();
  }

  private static Content content(Occurrences times, long opensBefore, long validFrom) {
    return new Content("", times, CatchUp.all(3600 * SECOND), 1, opensBefore, validFrom);
  }

  private static Content from(long validFrom) {
    return content(every(100_000).compile(), Long.MAX_VALUE, validFrom);
  }

  private Planned done(long version, Content content) {
    Mutation.GroupResult result = driver.mutate(mutation(7, version, content, false)).get(0);
    assertEquals(Outcome.DONE, result.outcome(), result.reason());
    return result.planned().get(0);
  }

  /** The node says what these owe, and the log is what the revisions say. */
  private void record(Revision... revisions) {
    long version = driver.core.report(driver.now).partitions().get(0).version();
    PartBuilder part = driver.part(0).applied(version);
    for (Revision revision : revisions) {
      Occurrences times = revision.times();
      long after = revision.owesAfter(driver.store.watermark[0], driver.store.applied[0]);
      long upTo = Math.min(revision.validTo(), driver.now);
      for (long due = times.nextDueAfter(7, after); due <= upTo; due = times.nextDueAfter(7, due)) {
        if (times.nominalDueBy(7, due) > revision.nominalAfter()) {
          part.event(revision, due);
        }
      }
    }
    assertEquals(List.of(), driver.push(session, ++batch, part).refusals());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
    assertEquals(0, driver.counter(Counter.DROPPED_OUT_OF_RANGE));
  }

  @Test
  void a_pause_with_an_end_takes_effect_now_and_opens_at_its_end() {
    Revision first = driver.create(7, every(100_000));
    driver.advance(SECOND);
    long paused = driver.now;
    Planned pause = done(first.version(), from(paused + 5 * SECOND));
    assertEquals(paused, pause.effective());
    assertEquals(paused, pause.closed().validTo());
    assertEquals(paused + 5 * SECOND, pause.opened().validFrom());
    driver.advance(3 * SECOND);
    record(pause.closed(), pause.opened());
    driver.advance(3 * SECOND);
    record(pause.opened());
    assertEquals(10 + 10, driver.store.fires.size());
  }

  @Test
  void a_pause_that_is_changed_before_its_end_owns_nothing_also_for_the_next_leader() {
    Revision first = driver.create(7, every(100_000));
    driver.advance(SECOND);
    Planned pause = done(first.version(), from(driver.now + 5 * SECOND));
    driver.advance(SECOND);
    Planned resume = done(pause.version(), from(Content.EFFECTIVE));
    assertEquals(driver.now, resume.closed().validTo());
    assertTrue(resume.closed().validTo() < resume.closed().validFrom());
    assertEquals(driver.now, resume.opened().validFrom());
    driver.restartMaster();
    session = driver.start("a", "second");
    driver.advance(SECOND);
    assertEquals(List.of(pause.closed(), resume.opened()), driver.watch(session, 0).revisions());
    record(pause.closed(), resume.opened());
    // Nobody can fire in the name of what owns nothing.
    driver.advance(5 * SECOND);
    driver.push(
        session,
        ++batch,
        driver.part(0).event(resume.closed(), resume.closed().validFrom() + 100_000));
    assertEquals(1, driver.counter(Counter.DROPPED_CLOSED_REVISION));
  }

  @Test
  void a_resume_that_makes_up_starts_where_the_pause_began_though_the_watermark_is_past_it() {
    Revision first = driver.create(7, every(100_000));
    driver.advance(SECOND);
    Planned pause = done(first.version(), null);
    driver.advance(SECOND);
    record(pause.closed());
    Planned resume = done(pause.version(), from(pause.effective()));
    assertEquals(pause.effective(), resume.opened().validFrom());
    assertEquals(driver.now, resume.effective());
    driver.advance(SECOND);
    record(resume.opened());
    assertEquals(30, driver.store.fires.size());
  }

  @Test
  void no_revision_opens_before_the_end_of_one_that_still_owes() {
    Revision first = driver.create(7, every(100_000));
    driver.advance(SECOND);
    Planned pause = done(first.version(), null);
    driver.advance(SECOND);
    Planned resume = done(pause.version(), from(first.validFrom()));
    assertEquals(pause.effective(), resume.opened().validFrom());
    Planned update = done(resume.version(), from(first.validFrom()));
    assertEquals(driver.now, update.opened().validFrom());
    record(pause.closed(), resume.opened().closedAt(driver.now, 9), update.opened());
  }

  @Test
  void a_single_time_in_a_pause_fires_if_the_pause_is_made_up_for() {
    Revision first = driver.create(7, every(100_000));
    driver.advance(SECOND);
    Planned pause = done(first.version(), null);
    long at = driver.now + SECOND;
    driver.advance(2 * SECOND);
    Occurrences once = ScheduleSpec.of(new ScheduleSpec.OnceRule(at), ZoneId.of("UTC")).compile();
    Content late = content(once, at - 1, Content.EFFECTIVE);
    assertEquals(
        ScheduleLane.NEVER_FIRES,
        driver.mutate(mutation(7, pause.version(), late, false)).get(0).reason());
    Planned resume = done(pause.version(), content(once, at - 1, pause.effective()));
    record(pause.closed(), resume.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == at).count());
  }

  @Test
  void a_time_whose_jitter_reaches_over_an_update_belongs_to_the_new_revision_alone() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Planned created = done(0, content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    assertEquals(created.effective(), created.opened().nominalAfter(), "none from before it was");
    driver.advance(25 * SECOND);
    long open = times.previousBefore(driver.now);
    long before = times.previousBefore(open);
    driver.advanceTo((open + times.dueOf(7, open)) / 2);
    Planned update = done(created.version(), content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    assertEquals(before, update.opened().nominalAfter());
    driver.advance(20 * SECOND);
    record(update.closed(), update.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == open).count());
  }

  /** Pauses while a time is before now and due after it; answers that time. */
  private long pauseWithinJitter(Occurrences times) {
    Planned created = done(0, content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advance(25 * SECOND);
    long open = times.previousBefore(driver.now);
    long due = times.dueOf(7, open);
    driver.advanceTo(due - (due - open) / 2);
    assertTrue(driver.now > open && driver.now + SECOND < due, "the pause is within the jitter");
    paused = done(created.version(), null);
    return open;
  }

  private Content after(Occurrences times, long validFrom) {
    return content(times, Long.MAX_VALUE, validFrom).after(paused.closed().handsOn());
  }

  @Test
  void a_time_whose_jitter_reaches_over_a_pause_fires_after_it_also_under_the_next_leader() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    long open = pauseWithinJitter(times);
    driver.advance(SECOND);
    record(paused.closed());
    driver.restartMaster();
    session = driver.start("a", "second");
    Planned resume = done(paused.version(), after(times, Content.EFFECTIVE));
    assertEquals(times.previousBefore(open), resume.opened().nominalAfter());
    driver.advance(20 * SECOND);
    record(resume.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == open).count());
  }

  @Test
  void a_time_before_a_pause_that_comes_due_in_it_does_not_fire_as_due_times_decide() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    long open = pauseWithinJitter(times);
    assertTrue(open < paused.effective(), "nominally it is before the pause");
    driver.advance(30 * SECOND);
    record(paused.closed());
    Planned resume = done(paused.version(), after(times, Content.EFFECTIVE));
    driver.advance(20 * SECOND);
    record(resume.opened());
    assertEquals(0, driver.store.nominals(7).stream().filter(t -> t == open).count());
  }

  @Test
  void a_time_whose_jitter_reaches_into_a_pause_fires_if_the_pause_is_made_up_for() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    long open = pauseWithinJitter(times);
    driver.advance(30 * SECOND);
    record(paused.closed());
    Planned resume = done(paused.version(), after(times, paused.effective()));
    driver.advance(20 * SECOND);
    record(resume.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == open).count());
    assertEquals(
        times.count(driver.store.nominals(7).get(0) - 1, times.nominalDueBy(7, driver.now)),
        driver.store.nominals(7).size(),
        "as if it had never been paused");
  }

  @Test
  void two_updates_within_the_jitter_of_one_time_leave_it_to_the_last() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Planned created = done(0, content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advance(25 * SECOND);
    long open = times.previousBefore(driver.now);
    long due = times.dueOf(7, open);
    driver.advanceTo(open + (due - open) / 3);
    Planned first = done(created.version(), content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advanceTo(open + (due - open) * 2 / 3);
    Planned second = done(first.version(), content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    assertTrue(driver.now > open && driver.now < due);
    assertEquals(times.previousBefore(open), second.opened().nominalAfter());
    driver.advance(20 * SECOND);
    record(first.closed(), second.closed(), second.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == open).count());
  }

  @Test
  void of_two_updates_within_the_jitter_of_a_time_the_first_may_bring_it_forward_and_then_has_it() {
    Occurrences slow = every(10 * SECOND, 9 * SECOND).compile();
    Planned created = done(0, content(slow, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advance(25 * SECOND);
    long open = slow.previousBefore(driver.now);
    long due = slow.dueOf(7, open);
    driver.advanceTo(open + 1);
    // Another jitter, under which the same time is due sooner, though not yet.
    long jitter = SECOND;
    while (every(10 * SECOND, jitter).compile().dueOf(7, open) >= due - SECOND
        || every(10 * SECOND, jitter).compile().dueOf(7, open) <= driver.now) {
      jitter += SECOND / 100;
    }
    Occurrences quick = every(10 * SECOND, jitter).compile();
    Planned first = done(created.version(), content(quick, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advanceTo(quick.dueOf(7, open) + 1);
    Planned second = done(first.version(), content(slow, Long.MAX_VALUE, Content.EFFECTIVE));
    assertTrue(driver.now < due);
    assertEquals(open, second.opened().nominalAfter());
    driver.advance(20 * SECOND);
    record(first.closed(), second.closed(), second.opened());
    assertEquals(1, driver.store.nominals(7).stream().filter(t -> t == open).count());
  }

  @Test
  void what_was_owned_without_jitter_is_not_owned_again_with_it() {
    Revision plain = driver.create(7, every(10 * SECOND));
    assertEquals(Long.MIN_VALUE, plain.nominalAfter());
    driver.advance(25 * SECOND);
    Occurrences bent = every(10 * SECOND, 9 * SECOND).compile();
    Planned update = done(plain.version(), content(bent, Long.MAX_VALUE, Content.EFFECTIVE));
    assertEquals(driver.now, update.opened().nominalAfter());
    driver.advance(25 * SECOND);
    record(update.closed(), update.opened());
  }

  @Test
  void a_pause_that_never_began_hands_on_what_was_owned_before_it() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Planned created = done(0, content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    driver.advance(45 * SECOND);
    long reached = times.nominalDueBy(7, driver.now);
    Planned pause =
        done(created.version(), content(times, Long.MAX_VALUE, driver.now + 100 * SECOND));
    assertEquals(reached, pause.opened().nominalAfter());
    driver.advance(5 * SECOND);
    Planned resume = done(pause.version(), content(times, Long.MAX_VALUE, pause.effective()));
    assertEquals(reached, resume.opened().nominalAfter());
    assertEquals(pause.effective(), resume.opened().validFrom());
    driver.advance(20 * SECOND);
    record(pause.closed(), resume.opened());
  }

  @Test
  void a_pause_with_an_end_that_nothing_was_before_does_not_hide_the_times_until_then() {
    Occurrences times = every(10 * SECOND, 9 * SECOND).compile();
    Planned created = done(0, content(times, Long.MAX_VALUE, driver.now + 100 * SECOND));
    driver.advance(SECOND);
    Planned resume = done(created.version(), content(times, Long.MAX_VALUE, Content.EFFECTIVE));
    assertEquals(driver.now, resume.opened().nominalAfter());
    driver.advance(30 * SECOND);
    record(resume.opened());
    assertTrue(driver.store.fires.size() >= 2);
  }
}
