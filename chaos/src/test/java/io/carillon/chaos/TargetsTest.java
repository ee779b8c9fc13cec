package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.chaos.Definition.Kind;
import io.carillon.chaos.Op.Outcome;
import io.carillon.chaos.Op.Type;
import io.carillon.chaos.Targets.Target;
import io.carillon.simulation.oracle.PlainRule.Interval;
import io.carillon.simulation.oracle.PlainSpec;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.junit.jupiter.api.Test;

/** Which times are owed, may be there, or are forbidden, from what a client was answered. */
class TargetsTest {

  private static final long SECOND = 1_000_000;
  private static final long T0 = 1_800_000_000L * SECOND;

  private final List<Op> ops = new ArrayList<>();

  private static long at(double second) {
    return T0 + Math.round(second * SECOND);
  }

  private static Definition every(int seconds, long jitter) {
    PlainSpec spec =
        PlainSpec.of(new Interval(seconds * SECOND, T0), ZoneId.of("UTC")).withJitter(jitter);
    return new Definition(1, Kind.INTERVAL, spec, Definition.CATCH_UP_ALL, "orders");
  }

  private void add(
      Type type, Outcome outcome, double called, double effective, Definition definition) {
    add(type, outcome, called, called + 0.01, effective, definition, Op.NONE, false);
  }

  private void add(
      Type type,
      Outcome outcome,
      double called,
      double ended,
      double effective,
      Definition definition,
      long until,
      boolean catchUp) {
    ops.add(
        new Op(
            ops.size() + 1,
            type,
            "s1",
            at(called),
            at(ended),
            outcome,
            7,
            1,
            effective < 0 ? Op.NONE : at(effective),
            definition,
            until,
            catchUp,
            Op.NONE,
            ""));
  }

  /** For each second from 0 on: M for must, m for may, a point for forbidden. */
  private void assertOwed(String expected) {
    NavigableMap<Long, Target> targets =
        Targets.of(ops, at(expected.length() - 1), at(expected.length() - 1));
    StringBuilder owed = new StringBuilder();
    for (int second = 0; second < expected.length(); second++) {
      Target target = targets.get(at(second));
      owed.append(target == null ? '.' : target.must() ? 'M' : 'm');
    }
    assertEquals(expected, owed.toString());
  }

  @Test
  void from_its_creation_to_its_pause_it_owes_all() {
    add(Type.CREATE, Outcome.OK, 1.9, 2, every(1, 0));
    add(Type.PAUSE, Outcome.OK, 5.9, 6, null);
    assertOwed("...MMMM....");
  }

  @Test
  void a_refused_call_changes_nothing() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.PAUSE, Outcome.FAILED, 3, -1, null);
    assertOwed(".MMMMM");
  }

  @Test
  void a_resume_owes_from_then_on_and_with_catch_up_from_the_pause_on() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.PAUSE, Outcome.OK, 2, 2.5, null);
    add(Type.RESUME, Outcome.OK, 5, 5.5, null);
    assertOwed(".MM...MMM");
    ops.remove(2);
    add(Type.RESUME, Outcome.OK, 5, 5.01, 5.5, null, Op.NONE, true);
    assertOwed(".MMMMMMMM");
  }

  @Test
  void a_pause_with_an_end_ends_by_itself_also_if_it_is_changed_meanwhile() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.PAUSE, Outcome.OK, 2, 2.01, 2.5, null, at(5.5), false);
    assertOwed(".MM...MMMM");
    add(Type.UPDATE, Outcome.OK, 3, 3.5, every(2, 0));
    assertOwed(".MM...M.M.");
  }

  @Test
  void what_is_updated_while_paused_stays_paused() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.PAUSE, Outcome.OK, 2, 2.5, null);
    add(Type.UPDATE, Outcome.OK, 4, 4.5, every(2, 0));
    assertOwed(".MM......");
    add(Type.RESUME, Outcome.OK, 5, 5.5, null);
    assertOwed(".MM...M.M");
  }

  @Test
  void a_deletion_is_answered_without_its_time_so_what_lies_around_it_may_be() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.DELETE, Outcome.OK, 3.7, 5.7, -1, null, Op.NONE, false);
    assertOwed(".MMMmmm..");
  }

  @Test
  void after_a_call_without_an_answer_both_ways_are_possible() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    add(Type.UPDATE, Outcome.UNKNOWN, 3.6, -1, every(2, 0));
    assertOwed(".MMMmmmm");
    add(Type.UPDATE, Outcome.OK, 6, 6.5, every(2, 0));
    assertOwed(".MMMmmm.M.");
  }

  @Test
  void with_jitter_the_border_is_within_it() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 1_500_000));
    add(Type.PAUSE, Outcome.OK, 5, 5.6, null);
    assertOwed("mMMMMm....");
  }

  @Test
  void what_is_not_due_yet_is_not_owed_yet() {
    add(Type.CREATE, Outcome.OK, 0, 0.5, every(1, 0));
    NavigableMap<Long, Target> targets = Targets.of(ops, at(2), at(4));
    assertEquals(4, targets.size());
    assertEquals(2, targets.values().stream().filter(Target::must).count());
  }
}
