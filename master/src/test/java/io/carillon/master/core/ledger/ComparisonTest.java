package io.carillon.master.core.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Revision;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final long SECOND = 1_000_000;
  private static final long SCHEDULE = 7;
  private static final Settled ALL = new Settled(1_000 * SECOND, 10);
  private static final Occurrences EVERY_SECOND =
      ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC")).compile();

  private final List<LedgerRow> rows = new ArrayList<>();
  private final Tally tally = new Tally();

  /** Of seconds, as all times here. */
  private static Revision revision(long version, long from, long to) {
    return new Revision(
        SCHEDULE,
        version,
        from * SECOND,
        to == Revision.OPEN ? to : to * SECOND,
        0,
        "",
        EVERY_SECOND,
        new CatchUp(100 * SECOND, 1, 10 * SECOND),
        1,
        Long.MIN_VALUE);
  }

  private ComparisonTest fired(long version, long first, long last) {
    for (long second = first; second <= last; second++) {
      row(version, second, 0, second * SECOND + 1);
    }
    return this;
  }

  private ComparisonTest row(long version, long second, int kind, long recordedAt) {
    long nominal = second * SECOND;
    rows.add(
        new LedgerRow(nominal, SCHEDULE, kind, 3, recordedAt, version, nominal, 0, 0, 1, 1, 1));
    return this;
  }

  private ComparisonTest skipped(long first, long last, long count, int reason, long recorded) {
    rows.add(
        new LedgerRow(
            first * SECOND,
            SCHEDULE,
            0,
            3,
            recorded * SECOND,
            1,
            last * SECOND,
            count,
            reason,
            1,
            1,
            1));
    return this;
  }

  /** What is found of nominal times in (0, 20 s]: "KIND version first-last count" each. */
  private List<String> found(Revision... revisions) {
    return found(0, 20, ALL, revisions);
  }

  private List<String> found(long after, long upTo, Settled settled, Revision... revisions) {
    List<String> gaps = new ArrayList<>();
    List<Owed> owed = new ArrayList<>();
    for (Revision one : revisions) {
      owed.add(Owed.ofNominals(one, settled, after * SECOND, upTo * SECOND));
    }
    Comparison comparison =
        new Comparison(
            SCHEDULE,
            3,
            after * SECOND,
            owed,
            RowPlaces.OF_REVISIONS,
            tally,
            gap ->
                gaps.add(
                    gap.kind()
                        + " v"
                        + gap.version()
                        + " "
                        + gap.first() / SECOND
                        + "-"
                        + gap.last() / SECOND
                        + " x"
                        + gap.count()),
            (row, due) -> {});
    rows.forEach(comparison::row);
    comparison.end();
    return gaps;
  }

  @Test
  void what_is_recorded_once_each_is_complete() {
    assertEquals(List.of(), fired(1, 1, 20).found(revision(1, 0, Revision.OPEN)));
    assertEquals(20, tally.owed);
    assertEquals(20, tally.fired);
    assertEquals(0, tally.gaps());
  }

  @Test
  void what_is_missing_is_told_as_ranges_between_what_is_right() {
    fired(1, 3, 5).fired(1, 9, 9).fired(1, 11, 18);
    assertEquals(
        List.of(
            "MISSING v1 1-2 x2", "MISSING v1 6-8 x3", "MISSING v1 10-10 x1", "MISSING v1 19-20 x2"),
        found(revision(1, 0, Revision.OPEN)));
    assertEquals(8, tally.gaps(Gap.Kind.MISSING));
    assertEquals(tally.owed, tally.fired + tally.gaps(Gap.Kind.MISSING));
  }

  @Test
  void nothing_recorded_is_one_gap() {
    assertEquals(List.of("MISSING v1 6-20 x15"), found(revision(1, 5, Revision.OPEN)));
  }

  @Test
  void a_row_that_nobody_owes_is_unexpected() {
    rows.add(
        new LedgerRow(
            2 * SECOND + 7, SCHEDULE, 0, 3, 9 * SECOND, 1, 2 * SECOND + 7, 0, 0, 1, 1, 1));
    assertEquals(
        List.of("UNEXPECTED v1 2-2 x1"),
        found(0, 2, ALL, revision(1, 2, Revision.OPEN)),
        "not a time of the spec");
    rows.clear();
    assertEquals(
        List.of("UNEXPECTED v1 11-12 x2"),
        fired(1, 1, 12).found(revision(1, 0, 10)),
        "after the end");
    rows.clear();
    assertEquals(
        List.of("UNEXPECTED v1 4-5 x2"), fired(1, 4, 10).found(revision(1, 5, 10)), "before it");
    rows.clear();
    assertEquals(
        List.of("MISSING v1 5-5 x1", "UNEXPECTED v2 5-5 x1"),
        fired(1, 1, 4).fired(2, 5, 5).fired(1, 6, 10).found(revision(1, 0, 10)),
        "in the name of another revision");
    rows.clear();
    assertEquals(List.of("UNEXPECTED v1 3-3 x1"), fired(1, 3, 3).found(), "of no revision at all");
  }

  @Test
  void revisions_follow_on_each_other_and_a_pause_owes_nothing() {
    fired(1, 1, 5).fired(2, 6, 8).fired(4, 15, 20);
    assertEquals(
        List.of(), found(revision(1, 0, 5), revision(2, 5, 8), revision(4, 14, Revision.OPEN)));
    assertEquals(14, tally.owed);
  }

  @Test
  void what_is_not_settled_is_not_owed_and_must_not_be_there() {
    Settled young = new Settled(10 * SECOND, 1);
    fired(1, 1, 10);
    assertEquals(List.of(), found(0, 20, young, revision(1, 0, Revision.OPEN), revision(2, 3, 4)));
    fired(1, 11, 11);
    assertEquals(
        List.of("UNEXPECTED v1 11-11 x1"), found(0, 20, young, revision(1, 0, Revision.OPEN)));
  }

  @Test
  void a_skipped_run_counts_as_what_it_stands_for_also_over_the_edges() {
    fired(1, 1, 3).skipped(4, 15, 12, SkipReason.CATCHUP_LIMIT.code(), 40).fired(1, 16, 20);
    Revision revision = revision(1, 0, Revision.OPEN);
    assertEquals(List.of(), found(revision));
    assertEquals(12, tally.skipped);
    assertEquals(List.of(), found(10, 18, ALL, revision), "begins before the range");
    assertEquals(List.of(), found(0, 7, ALL, revision), "ends after the range");
    assertEquals(List.of(), found(5, 6, ALL, revision), "reaches over the range");
  }

  @Test
  void a_skipped_run_that_cannot_be_stands_for_nothing() {
    Revision revision = revision(1, 0, Revision.OPEN);
    List<String> useless = List.of("UNEXPECTED v1 1-20 x1", "MISSING v1 1-20 x20");
    assertEquals(useless.stream().sorted().toList(), damaged(20, 19, 2, 60, revision), "count");
    assertEquals(useless.stream().sorted().toList(), damaged(20, 20, 9, 60, revision), "reason");
    assertEquals(
        useless.stream().sorted().toList(), damaged(20, 20, 1, 60, revision), "within the window");
    assertEquals(
        useless.stream().sorted().toList(), damaged(20, 20, 3, 60, revision), "mode is not NONE");
    assertEquals(useless.stream().sorted().toList(), damaged(20, 20, 2, 19, revision), "not due");
    assertEquals(useless.stream().sorted().toList(), damaged(20, 20, 0, 60, revision), "fired");
    assertEquals(List.of(), damaged(20, 20, 1, 160, revision));
    assertEquals(List.of("MISSING v1 11-20 x10"), damaged(10, 10, 2, 60, revision), "shortened");
  }

  private List<String> damaged(
      long last, long count, int reason, long recorded, Revision revision) {
    rows.clear();
    return skipped(1, last, count, reason, recorded).found(revision).stream().sorted().toList();
  }

  @Test
  void a_time_that_two_rows_stand_for_is_double() {
    fired(1, 1, 3).skipped(4, 15, 12, 2, 40).fired(1, 7, 8);
    skipped(14, 17, 4, 2, 40).fired(1, 18, 20);
    assertEquals(List.of("DUPLICATE v1 7-15 x4"), found(revision(1, 0, Revision.OPEN)));
    assertEquals(4, tally.gaps(Gap.Kind.DUPLICATE));
    assertEquals(tally.owed, tally.fired + tally.skipped);
  }

  @Test
  void what_is_recorded_before_it_is_due_is_early() {
    row(1, 1, 0, SECOND).row(1, 2, 0, 2 * SECOND - 1).row(1, 3, 0, 0).fired(1, 4, 20);
    assertEquals(List.of("EARLY v1 2-3 x2"), found(revision(1, 0, Revision.OPEN)));
    assertEquals(20, tally.fired);
  }

  @Test
  void fires_beside_the_spec_are_not_owed_but_must_be_of_a_kind_that_there_is() {
    row(9, 3, 1, 3 * SECOND).row(9, 3, 5, 4 * SECOND);
    assertEquals(List.of(), found());
    row(9, 4, -1, 4 * SECOND).row(9, 5, 1, 4 * SECOND);
    assertEquals(
        List.of("UNEXPECTED v9 4-4 x1", "EARLY v9 5-5 x1").stream().sorted().toList(),
        found().stream().sorted().toList());
  }

  @Test
  void with_jitter_due_times_decide_and_nominal_times_identify() {
    Occurrences jittered = new Late(EVERY_SECOND, SECOND / 2);
    Revision before =
        new Revision(SCHEDULE, 1, 0, 10 * SECOND, 0, "", jittered, CatchUp.all(SECOND), 1, 0);
    long last = jittered.nominalDueBy(SCHEDULE, 10 * SECOND);
    Revision after =
        new Revision(
            SCHEDULE, 2, 10 * SECOND, Revision.OPEN, 0, "", jittered, CatchUp.all(SECOND), 1, last);
    for (long second = 1; second <= 20; second++) {
      long nominal = second * SECOND;
      long due = jittered.dueOf(SCHEDULE, nominal);
      rows.add(
          new LedgerRow(
              nominal, SCHEDULE, 0, 3, due, nominal <= last ? 1 : 2, nominal, 0, 0, 1, 1, 1));
    }
    assertEquals(List.of(), found(before, after));
    LedgerRow tenth = rows.get(9);
    rows.set(
        9,
        new LedgerRow(
            tenth.nominal(),
            SCHEDULE,
            0,
            3,
            tenth.recordedAt() - 1,
            tenth.version(),
            tenth.nominal(),
            0,
            0,
            1,
            1,
            1));
    assertEquals(List.of("EARLY v" + tenth.version() + " 10-10 x1"), found(before, after));
  }

  /** Times with jitter. */
  record Late(Occurrences of, long jitterMicros) implements Occurrences {
    @Override
    public long nextAfter(long micros) {
      return of.nextAfter(micros);
    }

    @Override
    public boolean matches(long micros) {
      return of.matches(micros);
    }

    @Override
    public long count(long after, long upTo) {
      return of.count(after, upTo);
    }

    @Override
    public long last() {
      return of.last();
    }

    @Override
    public long previousBefore(long micros) {
      return of.previousBefore(micros);
    }
  }
}
