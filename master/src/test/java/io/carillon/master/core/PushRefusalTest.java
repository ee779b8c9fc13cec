package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.T0;
import static io.carillon.master.core.CoreDriver.every;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts that are refused as a whole: nothing of them is recorded, and the node hears why. */
class PushRefusalTest {

  private final CoreDriver driver = new CoreDriver(2);
  private long session;
  private Revision revision;

  @BeforeEach
  void own() {
    session = driver.soleOwner();
    revision = driver.create(7, every(SECOND));
    driver.advance(3 * SECOND);
  }

  /** A part that would be recorded. */
  private PartBuilder right() {
    return driver
        .part(0)
        .applied(revision.version())
        .events(revision, revision.validFrom(), driver.now);
  }

  private void refused(Refusal.Reason reason, Counter counter, PartBuilder part) {
    long watermark = driver.store.watermark[0];
    Acknowledge answer = driver.push(session, 1, part);
    assertEquals(1, answer.batch());
    assertEquals(List.of(reason), answer.refusals().stream().map(Refusal::reason).toList());
    assertEquals(1, driver.counter(counter));
    assertEquals(watermark, driver.store.watermark[0]);
    assertTrue(driver.store.fires.isEmpty());
    // The right one is still welcome after it.
    assertEquals(List.of(), driver.push(session, 2, right()).refusals());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
  }

  @Test
  void a_part_under_another_epoch_is_refused() {
    refused(Refusal.Reason.STALE_EPOCH, Counter.REFUSED_STALE_EPOCH, right().epoch(0));
  }

  @Test
  void a_part_of_a_partition_of_another_node_is_refused() {
    long b = driver.join("b");
    Acknowledge answer = driver.push(b, 1, right());
    assertEquals(List.of(new Refusal(0, 1, Refusal.Reason.STALE_EPOCH)), answer.refusals());
    assertEquals(1, driver.counter(Counter.REFUSED_FOREIGN_PARTITION));
    assertTrue(driver.store.fires.isEmpty());
  }

  @Test
  void a_partition_that_does_not_exist_is_refused() {
    Acknowledge answer =
        driver.push(
            session,
            1,
            new PartBuilder(-1, 1, T0, driver.now, 1),
            new PartBuilder(2, 1, T0, driver.now, 1),
            right());
    assertEquals(
        List.of(
            new Refusal(-1, 1, Refusal.Reason.STALE_EPOCH),
            new Refusal(2, 1, Refusal.Reason.STALE_EPOCH)),
        answer.refusals());
    assertEquals(2, driver.counter(Counter.REFUSED_FOREIGN_PARTITION));
    assertEquals(3, driver.store.fires.size(), "the right part of the batch is recorded");
  }

  @Test
  void a_gap_before_a_part_is_refused() {
    refused(
        Refusal.Reason.WATERMARK_MISMATCH,
        Counter.REFUSED_WATERMARK_MISMATCH,
        right().previous(driver.store.watermark[0] + 1));
  }

  @Test
  void a_part_that_begins_before_the_watermark_and_ends_beyond_it_is_refused() {
    refused(
        Refusal.Reason.WATERMARK_MISMATCH,
        Counter.REFUSED_WATERMARK_MISMATCH,
        right().previous(driver.store.watermark[0] - 1));
  }

  @Test
  void an_applied_version_that_falls_is_refused() {
    driver.push(session, 1, right());
    driver.advance(SECOND);
    Acknowledge answer = driver.push(session, 2, driver.part(0).applied(1));
    assertEquals(List.of(new Refusal(0, 1, Refusal.Reason.MALFORMED)), answer.refusals());
  }

  @Test
  void a_part_that_continues_another_applied_version_is_refused_though_its_watermark_fits() {
    driver.push(session, 1, right());
    driver.advance(SECOND);
    Acknowledge answer = driver.push(session, 2, driver.part(0).previousApplied(1));
    assertEquals(List.of(new Refusal(0, 1, Refusal.Reason.WATERMARK_MISMATCH)), answer.refusals());
  }

  @Test
  void a_watermark_that_falls_is_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        right().upTo(driver.store.watermark[0] - 1));
  }

  @Test
  void events_out_of_order_are_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        driver
            .part(0)
            .applied(revision.version())
            .event(revision, T0 + 3 * SECOND)
            .event(revision, T0 + 2 * SECOND));
  }

  @Test
  void an_event_twice_is_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        driver
            .part(0)
            .applied(revision.version())
            .event(revision, T0 + 2 * SECOND)
            .event(revision, T0 + 2 * SECOND));
  }

  @Test
  void schedules_out_of_order_at_one_time_are_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        driver
            .part(0)
            .applied(revision.version())
            .event(8, 2, T0 + 2 * SECOND)
            .event(revision, T0 + 2 * SECOND));
  }

  @Test
  void a_skipped_run_twice_is_malformed() {
    long first = T0 + 2 * SECOND;
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        driver
            .part(0)
            .applied(revision.version())
            .skip(revision, first, first, 1)
            .skip(revision, first, first, 1));
  }

  @Test
  void skipped_runs_that_overlap_are_malformed() {
    long first = T0 + 2 * SECOND;
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        driver
            .part(0)
            .applied(revision.version())
            .skip(revision, first + SECOND, first + 2 * SECOND, 2)
            .skip(revision, first, first + SECOND, 2));
  }

  @Test
  void a_version_that_the_master_never_told_is_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        right().applied(revision.version() + 1));
  }

  @Test
  void a_part_too_far_ahead_of_cluster_time_is_malformed() {
    refused(
        Refusal.Reason.MALFORMED,
        Counter.REFUSED_MALFORMED,
        right().upTo(driver.now + FireLane.AHEAD_TOLERANCE + 1));
  }

  @Test
  void what_follows_a_refused_part_on_the_same_partition_is_refused_with_it() {
    driver.holdFires = true;
    driver.push(session, 1, driver.part(1));
    PartBuilder gap = right().previous(driver.store.watermark[0] + 1);
    driver.push(session, 2, gap);
    driver.push(session, 3, driver.part(0).previous(driver.now).upTo(driver.now));
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    Acknowledge answer = driver.last(Acknowledge.class);
    assertEquals(3, answer.batch());
    assertEquals(2, answer.refusals().size());
  }

  @Test
  void a_part_slightly_ahead_waits_for_the_leaders_clock_and_is_never_early() {
    long ahead = driver.now + 50_000;
    assertNull(driver.push(session, 1, right().upTo(ahead).events(revision, driver.now, ahead)));
    driver.advanceTo(ahead - 1);
    assertTrue(driver.store.fires.isEmpty());
    driver.advanceTo(ahead);
    assertEquals(1, driver.last(Acknowledge.class).batch());
    assertEquals(ahead, driver.store.watermark[0]);
    assertEquals(3, driver.store.fires.size());
  }

  @Test
  void a_part_ahead_holds_up_no_other_partition() {
    driver.push(session, 1, driver.part(0).applied(2).upTo(driver.now + 500_000));
    driver.push(session, 2, driver.part(1));
    assertEquals(driver.now, driver.store.watermark[1]);
    assertNull(driver.last(Acknowledge.class), "acknowledged in order");
    driver.advance(SECOND);
    assertEquals(2, driver.last(Acknowledge.class).batch());
  }
}
