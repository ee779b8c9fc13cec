package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.chaos.Definition.Kind;
import io.carillon.chaos.Evidence.FaultSpan;
import io.carillon.chaos.Evidence.Received;
import io.carillon.chaos.Evidence.Row;
import io.carillon.chaos.Op.Outcome;
import io.carillon.chaos.Op.Type;
import io.carillon.chaos.Verdict.Violation;
import io.carillon.common.schedule.CatchUp;
import io.carillon.simulation.oracle.PlainRule.Interval;
import io.carillon.simulation.oracle.PlainSpec;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each violation is planted in evidence that is otherwise in order, and must be found. */
class EvidenceCheckTest {

  private static final long SECOND = 1_000_000;
  private static final long T0 = 1_800_000_000L * SECOND;
  private static final long UID = 42;
  private static final int DELAY = 3_000;

  private final List<Op> ops = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Received> received = new ArrayList<>();
  private final Set<String> undeliverable = new HashSet<>();
  private long lastSeq;
  private long horizon = T0 + 20 * SECOND;

  private static Definition definition(int number, long period, CatchUp catchUp, long jitter) {
    PlainSpec spec = PlainSpec.of(new Interval(period, T0), ZoneId.of("UTC")).withJitter(jitter);
    return new Definition(number, Kind.INTERVAL, spec, catchUp, "orders");
  }

  private static Op op(int number, Type type, long invoked, long effective, Definition definition) {
    return new Op(
        number,
        type,
        "s1",
        invoked,
        invoked + 10_000,
        Outcome.OK,
        UID,
        number,
        effective,
        definition,
        Op.NONE,
        false,
        Op.NONE,
        "");
  }

  private void add(Type type, double second, Definition definition) {
    long at = T0 + (long) (second * SECOND);
    ops.add(op(ops.size() + 1, type, at - 5_000, at, definition));
  }

  private Row row(long nominal, long recorded, int reason, long last, long skipped) {
    return new Row(UID, nominal, ++lastSeq, recorded, 1, 1, last, skipped, "orders", 7, 0, reason);
  }

  private void fire(long nominal, int definition) {
    Row row = row(nominal, nominal + DELAY, 0, nominal, 1);
    rows.add(row);
    receive(row, definition, true);
  }

  private void receive(Row row, int definition, boolean acked) {
    received.add(
        new Received(
            row.fireId(),
            "s1",
            row.nominal(),
            false,
            definition,
            "orders",
            row.recorded() + DELAY,
            acked));
  }

  /** Every second from its creation until it is paused in the tenth second. */
  @BeforeEach
  void a_life_that_is_in_order() {
    add(Type.CREATE, 0.5, definition(1, SECOND, Definition.CATCH_UP_ALL, 0));
    add(Type.PAUSE, 10.5, null);
    for (int second = 1; second <= 10; second++) {
      fire(T0 + second * SECOND, 1);
    }
  }

  private Verdict check() {
    return EvidenceCheck.check(
        new Evidence(ops, rows, received, undeliverable, List.of(), horizon));
  }

  private void assertFound(Violation violation, long count) {
    Verdict verdict = check();
    assertEquals(count, verdict.counts.get(violation), () -> violation + " " + verdict.findings);
    for (Violation other : Violation.values()) {
      if (other != violation) {
        assertEquals(0, verdict.counts.get(other), () -> other + " " + verdict.findings);
      }
    }
    assertTrue(
        verdict.findings.stream().allMatch(finding -> !finding.timeline().isEmpty()),
        () -> "each with what happened around it: " + verdict.findings);
  }

  private void replace(int index, Row row) {
    rows.set(index, row);
  }

  @Test
  void what_is_in_order_holds() {
    Verdict verdict = check();
    assertTrue(verdict.holds(), () -> verdict.findings.toString());
    assertEquals(10, verdict.must.get(Kind.INTERVAL));
    assertEquals(10, verdict.fired);
    assertEquals(10, verdict.outside.getTotalCount());
  }

  @Test
  void a_time_without_a_row_is_lost() {
    rows.remove(4);
    received.remove(4);
    assertFound(Violation.LOST, 1);
  }

  @Test
  void the_time_at_the_effective_end_is_owed_and_the_one_at_its_beginning_is_not() {
    ops.set(1, op(2, Type.PAUSE, T0 + 11 * SECOND, T0 + 11 * SECOND, null));
    assertFound(Violation.LOST, 1);
    ops.set(1, op(2, Type.PAUSE, T0 + 10 * SECOND, T0 + 10 * SECOND, null));
    ops.set(
        0,
        op(
            1,
            Type.CREATE,
            T0 + SECOND,
            T0 + SECOND,
            definition(1, SECOND, Definition.CATCH_UP_ALL, 0)));
    rows.remove(0);
    received.remove(0);
    assertTrue(check().holds());
  }

  @Test
  void a_skip_that_the_policy_does_not_know_is_silent() {
    long nominal = rows.get(3).nominal();
    received.remove(3);
    replace(3, row(nominal, nominal + 60 * SECOND, 1, nominal, 1));
    assertFound(Violation.SILENTLY_SKIPPED, 1);
  }

  @Test
  void a_run_that_the_policy_skips_is_allowed_if_it_is_late_enough() {
    CatchUp none = new CatchUp(60 * SECOND, 0, 2 * SECOND);
    ops.set(0, op(1, Type.CREATE, T0 + 495_000, T0 + 500_000, definition(1, SECOND, none, 0)));
    for (int i = 0; i < 3; i++) {
      rows.remove(2);
      received.remove(2);
    }
    long first = T0 + 3 * SECOND;
    rows.add(row(first, T0 + 8 * SECOND, 3, first + 2 * SECOND, 3));
    Verdict verdict = check();
    assertTrue(verdict.holds(), () -> verdict.findings.toString());
    assertEquals(3, verdict.skipped);
    // Of four times there are but three.
    replace(rows.size() - 1, row(first, T0 + 8 * SECOND, 3, first + 2 * SECOND, 4));
    assertFound(Violation.PHANTOM, 1);
    // Not missed by more than its grace.
    replace(rows.size() - 1, row(first, T0 + 6 * SECOND, 3, first + 2 * SECOND, 3));
    assertFound(Violation.SILENTLY_SKIPPED, 3);
  }

  @Test
  void two_rows_of_a_time_are_one_too_many() {
    Row row = rows.get(5);
    rows.add(
        new Row(UID, row.nominal(), 99, row.recorded(), 1, 1, row.nominal(), 1, "orders", 7, 0, 0));
    assertFound(Violation.DUPLICATE, 1);
  }

  @Test
  void two_fire_ids_for_a_time_are_one_too_many() {
    // Created anew in the same second, by a cluster whose time went back.
    ops.add(
        new Op(
            3,
            Type.CREATE,
            "s1",
            T0 + 10 * SECOND,
            T0 + 10 * SECOND,
            Outcome.OK,
            43,
            3,
            T0 + 9_500_000,
            definition(3, 30 * SECOND, Definition.CATCH_UP_ALL, 0),
            Op.NONE,
            false,
            Op.NONE,
            ""));
    ops.add(
        new Op(
            4,
            Type.UPDATE,
            "s1",
            T0 + 10 * SECOND,
            T0 + 10 * SECOND,
            Outcome.OK,
            43,
            4,
            T0 + 9_600_000,
            definition(4, 10 * SECOND, Definition.CATCH_UP_ALL, 0),
            Op.NONE,
            false,
            Op.NONE,
            ""));
    horizon = T0 + 15 * SECOND;
    Row other =
        new Row(
            43,
            T0 + 10 * SECOND,
            99,
            T0 + 10 * SECOND,
            4,
            1,
            T0 + 10 * SECOND,
            1,
            "orders",
            8,
            0,
            0);
    rows.add(other);
    receive(other, 4, true);
    assertFound(Violation.DUPLICATE, 1);
  }

  @Test
  void a_row_that_is_older_than_its_time_is_early() {
    Row row = rows.get(5);
    replace(5, row(row.nominal(), row.nominal() - 1, 0, row.nominal(), 1));
    assertFound(Violation.EARLY, 1);
  }

  @Test
  void a_delivery_before_its_time_by_the_reference_clock_is_early() {
    Received fire = received.remove(5);
    received.add(
        new Received(
            fire.fireId(), "s1", fire.nominal(), false, 1, "orders", fire.nominal() - 6_000, true));
    assertFound(Violation.EARLY, 1);
  }

  @Test
  void a_fire_within_a_pause_is_a_phantom() {
    fire(T0 + 11 * SECOND, 1);
    assertFound(Violation.PHANTOM, 1);
  }

  @Test
  void a_fire_beside_the_spec_is_a_phantom() {
    fire(T0 + 3 * SECOND + 1, 1);
    assertFound(Violation.PHANTOM, 1);
  }

  @Test
  void rows_of_a_schedule_that_nobody_created_are_phantoms() {
    rows.add(new Row(77, T0, 99, T0, 1, 1, T0, 1, "orders", 7, 0, 3));
    assertFound(Violation.PHANTOM, 1);
  }

  @Test
  void a_delivery_with_the_content_of_another_revision_is_a_phantom() {
    Received fire = received.remove(2);
    received.add(
        new Received(fire.fireId(), "s1", fire.nominal(), false, 9, "orders", fire.at(), true));
    assertFound(Violation.PHANTOM, 1);
  }

  @Test
  void an_epoch_that_falls_is_stale() {
    Row row = rows.get(4);
    replace(
        4,
        new Row(
            UID,
            row.nominal(),
            row.seq(),
            row.recorded(),
            1,
            2,
            row.nominal(),
            1,
            "orders",
            7,
            0,
            0));
    assertFound(Violation.STALE_EPOCH, 1);
  }

  @Test
  void a_delivery_that_is_not_in_the_ledger_is_a_ghost() {
    rows.remove(6);
    Verdict verdict = check();
    assertEquals(1, verdict.counts.get(Violation.GHOST));
    assertEquals(1, verdict.counts.get(Violation.LOST), "and the time has no row");
  }

  @Test
  void a_delivery_to_another_destination_is_a_ghost() {
    Received fire = received.get(2);
    received.add(
        new Received(fire.fireId(), "s1", fire.nominal(), false, 1, "bills", fire.at(), true));
    assertFound(Violation.GHOST, 1);
  }

  @Test
  void a_fire_that_nobody_acknowledged_is_undelivered_unless_it_is_a_dead_letter() {
    Received fire = received.remove(2);
    assertFound(Violation.UNDELIVERED, 1);
    received.add(
        new Received(fire.fireId(), "s1", fire.nominal(), false, 1, "orders", fire.at(), false));
    assertFound(Violation.UNDELIVERED, 1);
    undeliverable.add(fire.fireId());
    assertTrue(check().holds());
  }

  @Test
  void a_trigger_has_its_row_and_no_row_is_without_a_trigger() {
    long nominal = T0 + 5 * SECOND + 7;
    ops.add(1, triggered(Outcome.OK, nominal));
    assertFound(Violation.LOST, 1);
    Row manual = new Row(UID, nominal, 99, nominal, 1, 1, nominal, 1, "orders", 7, 1, 0);
    rows.add(manual);
    receive(manual, 1, true);
    assertTrue(check().holds());
    ops.remove(1);
    assertFound(Violation.PHANTOM, 1);
    ops.add(1, triggered(Outcome.UNKNOWN, Op.NONE));
    assertTrue(check().holds(), "a call without an answer may have happened");
    ops.set(1, triggered(Outcome.FAILED, Op.NONE));
    assertFound(Violation.PHANTOM, 1);
  }

  private static Op triggered(Outcome outcome, long nominal) {
    long at = T0 + 5 * SECOND;
    return new Op(
        9, Type.TRIGGER, "s1", at, at, outcome, UID, 0, Op.NONE, null, Op.NONE, false, nominal, "");
  }

  @Test
  void redeliveries_are_counted_and_no_violation() {
    receive(rows.get(1), 1, true);
    Verdict verdict = check();
    assertTrue(verdict.holds());
    assertEquals(1, verdict.redeliveries);
  }

  @Test
  void lateness_is_told_apart_by_faults() {
    Row row = rows.get(5);
    replace(5, row(row.nominal(), row.nominal() + 2 * SECOND, 0, row.nominal(), 1));
    FaultSpan fault =
        new FaultSpan("cut", "edge", row.nominal(), row.nominal() + SECOND, true, "seen");
    Verdict verdict =
        EvidenceCheck.check(
            new Evidence(ops, rows, received, undeliverable, List.of(fault), horizon));
    assertTrue(verdict.holds());
    assertEquals(5, verdict.inside.getTotalCount());
    assertEquals(5, verdict.outside.getTotalCount());
    assertTrue(verdict.inside.getMaxValue() >= 2 * SECOND);
    assertTrue(verdict.outside.getMaxValue() < SECOND);
  }
}
