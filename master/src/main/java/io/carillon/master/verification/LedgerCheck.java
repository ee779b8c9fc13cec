package io.carillon.master.verification;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ledger.Comparison;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.Promise;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.LedgerScan.Found;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.fires.LedgerScan.Wanted;
import io.carillon.master.store.sql.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Checks one slice of nominal times in one snapshot: revisions and rows come by schedule, side by
 * side, so that memory holds some hundred schedules, however many there are.
 */
public final class LedgerCheck {

  /** Schedules that are looked at together. */
  private static final int CHUNK = 500;

  /** Times of one schedule that are looked up together. */
  private static final int KEYS = 500;

  /** No schedule has this number. */
  private static final long NONE = Long.MAX_VALUE;

  private final Snapshot snapshot;
  private final RowPlaces places;
  private final BiFunction<Revision, Integer, Owed> owed;
  private final IntFunction<Tally> tallies;
  private final Consumer<Gap> found;
  private final Comparison.Eye eye;

  /** What clients were told, where that is looked at; null where it is not. */
  private Rows<Promise> promises;

  private long promisedUpTo;

  /**
   * @param places where rows belong beside their times
   * @param owed what of a revision is asked for, given it and its partition
   * @param tallies by partition
   * @param eye sees every row that is as it must be
   */
  public LedgerCheck(
      Snapshot snapshot,
      RowPlaces places,
      BiFunction<Revision, Integer, Owed> owed,
      IntFunction<Tally> tallies,
      Consumer<Gap> found,
      Comparison.Eye eye) {
    this.snapshot = snapshot;
    this.places = places;
    this.owed = owed;
    this.tallies = tallies;
    this.found = found;
    this.eye = eye;
  }

  /** Checks what is owed nominally in {@code (after, upTo]}. */
  public void nominals(Scope scope, long after, long upTo) {
    try (Rows<Found> revisions = snapshot.revisions(scope, after, upTo);
        Rows<LedgerRow> rows = snapshot.rows(scope, after, upTo, after)) {
      check(revisions, rows, after, false);
    }
  }

  /**
   * Checks what is owed nominally in {@code (after, upTo]}, and what clients were told of triggers
   * and backfills in that range.
   *
   * @param told that, by schedule; to be closed by who calls
   */
  public void nominals(Scope scope, Rows<Promise> told, long after, long upTo) {
    promises = told;
    promisedUpTo = upTo;
    nominals(scope, after, upTo);
  }

  /**
   * Checks what came due in {@code (after, upTo]}, and what revisions owe from before that were not
   * seen yet. Nominal times that are earlier are looked up one by one.
   *
   * @param wanted at least the revisions that owe something there
   */
  public void dues(Scope scope, Wanted wanted, long after, long upTo) {
    try (Rows<Found> revisions = snapshot.revisions(wanted, after);
        Rows<LedgerRow> rows =
            snapshot.rows(scope, after, upTo, after - ScheduleSpec.MAX_JITTER_MICROS)) {
      check(revisions, rows, after, true);
    }
  }

  private void check(
      Rows<Found> revisions, Rows<LedgerRow> rows, long judgedUpTo, boolean looksUp) {
    while (nextOf(revisions) != NONE || nextPromised() != NONE) {
      List<Comparison> chunk = new ArrayList<>(CHUNK);
      while ((nextOf(revisions) != NONE || nextPromised() != NONE) && chunk.size() < CHUNK) {
        chunk.add(comparison(Math.min(nextOf(revisions), nextPromised()), revisions, judgedUpTo));
      }
      TreeMap<Long, List<LedgerRow>> earlier =
          looksUp ? lookUp(chunk, judgedUpTo) : new TreeMap<>();
      for (Comparison one : chunk) {
        beforeSchedule(one.schedule(), rows, judgedUpTo);
        feed(one, earlier.getOrDefault(one.schedule(), List.of()), rows);
        one.end();
      }
    }
    beforeSchedule(Long.MAX_VALUE, rows, judgedUpTo);
  }

  private static long nextOf(Rows<Found> revisions) {
    return revisions.peek() == null ? NONE : revisions.peek().revision().schedule();
  }

  private long nextPromised() {
    return promises == null || promises.peek() == null ? NONE : promises.peek().schedule();
  }

  /** Of the next schedule, which has revisions, or promises, or both. */
  private Comparison comparison(long schedule, Rows<Found> revisions, long judgedUpTo) {
    int partition =
        nextOf(revisions) == schedule ? revisions.peek().partition() : promises.peek().partition();
    List<Owed> all = new ArrayList<>();
    while (nextOf(revisions) == schedule) {
      all.add(owed.apply(revisions.take().revision(), partition));
    }
    List<Promise> told = new ArrayList<>();
    while (nextPromised() == schedule) {
      told.add(promises.take());
    }
    return comparison(schedule, partition, judgedUpTo, all, told);
  }

  private Comparison comparison(
      long schedule, int partition, long judgedUpTo, List<Owed> all, List<Promise> told) {
    Comparison made =
        new Comparison(
            schedule, partition, judgedUpTo, all, places, tallies.apply(partition), found, eye);
    if (promises != null) {
      made.promise(told, promisedUpTo);
    }
    return made;
  }

  /** Rows of schedules that owe nothing here: none of them should be there. */
  private void beforeSchedule(long schedule, Rows<LedgerRow> rows, long judgedUpTo) {
    while (rows.peek() != null && rows.peek().schedule() < schedule) {
      LedgerRow row = rows.peek();
      Comparison nothing =
          comparison(row.schedule(), row.partition(), judgedUpTo, List.of(), List.of());
      feed(nothing, List.of(), rows);
      nothing.end();
    }
  }

  /** Gives a schedule its rows: those that were looked up and those of the slice, by time. */
  private void feed(Comparison one, List<LedgerRow> earlier, Rows<LedgerRow> rows) {
    int taken = 0;
    while (rows.peek() != null && rows.peek().schedule() == one.schedule()) {
      LedgerRow row = rows.take();
      while (taken < earlier.size() && earlier.get(taken).nominal() < row.nominal()) {
        one.row(earlier.get(taken++));
      }
      // A run that reaches into the slice may have been looked up too.
      if (taken < earlier.size() && earlier.get(taken).nominal() == row.nominal()) {
        taken += row.kind() == earlier.get(taken).kind() ? 1 : 0;
      }
      one.row(row);
    }
    while (taken < earlier.size()) {
      one.row(earlier.get(taken++));
    }
  }

  /** Rows of what is owed nominally before the slice, by schedule and time. */
  private TreeMap<Long, List<LedgerRow>> lookUp(List<Comparison> chunk, long upTo) {
    List<Long> schedules = new ArrayList<>();
    List<Long> nominals = new ArrayList<>();
    for (Comparison one : chunk) {
      List<Long> open = one.open(upTo, KEYS);
      while (open.size() == KEYS) {
        // A revision that reaches far back: nothing that is not looked up can stand for its times.
        List<Long> same = java.util.Collections.nCopies(KEYS, one.schedule());
        inOrder(snapshot.find(same, open)).forEach(one::row);
        one.nothingUpTo(open.get(KEYS - 1));
        open = one.open(upTo, KEYS);
      }
      nominals.addAll(open);
      schedules.addAll(java.util.Collections.nCopies(open.size(), one.schedule()));
    }
    TreeMap<Long, List<LedgerRow>> bySchedule = new TreeMap<>();
    if (!nominals.isEmpty()) {
      for (LedgerRow row : inOrder(snapshot.find(schedules, nominals))) {
        bySchedule.computeIfAbsent(row.schedule(), num -> new ArrayList<>()).add(row);
      }
    }
    return bySchedule;
  }

  private static List<LedgerRow> inOrder(List<LedgerRow> rows) {
    rows.sort(Comparator.comparingLong(LedgerRow::nominal));
    return rows;
  }
}
