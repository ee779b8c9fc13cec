package io.carillon.master.core.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.master.core.Revision;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random histories of revisions, their ledgers with random damage, and the answer of a plain
 * evaluation that asks of every nominal time and every row by itself.
 */
class RandomLedgerTest {

  private static final long SECOND = 1_000_000;
  private static final long SCHEDULE = 42;
  private static final long END = 200 * SECOND;

  /** A time that is owed, and by whom. */
  private record Owing(long nominal, long due, long version) {}

  private static final class History {
    final List<Revision> revisions = new ArrayList<>();
    final TreeMap<Long, Owing> owed = new TreeMap<>();
    final List<LedgerRow> rows = new ArrayList<>();
    Settled settled;
  }

  private static Occurrences times(SplittableRandom random) {
    IntervalRule one = new IntervalRule(random.nextInt(1, 8) * SECOND, random.nextInt(3) * SECOND);
    IntervalRule two = new IntervalRule(random.nextInt(2, 9) * SECOND, SECOND / 2);
    ScheduleSpec spec =
        random.nextBoolean()
            ? ScheduleSpec.of(one, ZoneId.of("UTC"))
            : ScheduleSpec.of(new UnionRule(List.of(one, two)), ZoneId.of("UTC"));
    Occurrences times = spec.compile();
    return random.nextBoolean()
        ? times
        : new ComparisonTest.Late(times, random.nextInt(1, 4) * SECOND);
  }

  private static History history(SplittableRandom random) {
    History history = new History();
    long applied = random.nextInt(3, 8);
    history.settled = new Settled(random.nextLong(50, 220) * SECOND, applied);
    long from = random.nextLong(30) * SECOND;
    long handedOn = Long.MIN_VALUE;
    for (long version = 1; version <= 8 && from < END; version++) {
      Occurrences times = times(random);
      boolean open = random.nextInt(8) == 0;
      long to = open ? Revision.OPEN : from + random.nextLong(60 * SECOND);
      long nominalAfter =
          times.jitterMicros() == 0
              ? Long.MIN_VALUE
              : handedOn == Long.MIN_VALUE ? from : Math.min(from, handedOn);
      Revision revision =
          new Revision(
              SCHEDULE,
              version,
              from,
              to,
              0,
              "",
              times,
              new CatchUp(20 * SECOND, CatchUp.NO_LIMIT, SECOND),
              1,
              nominalAfter);
      history.revisions.add(revision);
      if (open) {
        break;
      }
      // As the master hands on what was owned; without jitter all up to the end was.
      handedOn =
          times.jitterMicros() == 0 ? Long.MIN_VALUE : Math.max(revision.handsOn(), nominalAfter);
      from = to + (random.nextInt(3) == 0 ? random.nextLong(20 * SECOND) : 0);
    }
    owe(history);
    record(history, random);
    return history;
  }

  /** Straight from the words of the design: one time after the other, each asked by itself. */
  private static void owe(History history) {
    for (Revision revision : history.revisions) {
      for (long at = -10 * SECOND; at <= END + 30 * SECOND; at += SECOND / 2) {
        if (revision.times().matches(at)) {
          long due = revision.times().dueOf(SCHEDULE, at);
          if (at > revision.nominalAfter()
              && due > revision.validFrom()
              && due <= revision.validTo()
              && due <= history.settled.watermark()
              && revision.version() <= history.settled.appliedVersion()) {
            history.owed.putIfAbsent(at, new Owing(at, due, revision.version()));
          }
        }
      }
    }
  }

  private static void record(History history, SplittableRandom random) {
    List<Owing> all = new ArrayList<>(history.owed.values());
    for (int i = 0; i < all.size(); i++) {
      Owing first = all.get(i);
      int more = random.nextInt(6) == 0 ? random.nextInt(1, 6) : 0;
      int last = i;
      while (last + 1 < all.size()
          && last < i + more
          && all.get(last + 1).version() == first.version()) {
        last++;
      }
      if (more > 0) {
        history.rows.add(
            row(
                first.nominal(),
                all.get(last).nominal(),
                last - i + 1,
                SkipReason.CATCHUP_WINDOW.code(),
                all.get(last).due() + 21 * SECOND,
                first.version()));
        i = last;
      } else {
        history.rows.add(row(first.nominal(), first.nominal(), 0, 0, first.due(), first.version()));
      }
    }
  }

  private static LedgerRow row(
      long first, long last, long count, int reason, long recordedAt, long version) {
    return new LedgerRow(first, SCHEDULE, 0, 0, recordedAt, version, last, count, reason, 1, 1, 1);
  }

  private static TreeMap<Gap.Kind, Long> found(History history, long after, long upTo) {
    TreeMap<Gap.Kind, Long> told = new TreeMap<>();
    Tally tally = new Tally();
    List<Owed> owed = new ArrayList<>();
    for (Revision revision : history.revisions) {
      owed.add(Owed.ofNominals(revision, history.settled, after, upTo));
    }
    Comparison comparison =
        new Comparison(
            SCHEDULE,
            0,
            after,
            owed,
            RowPlaces.OF_REVISIONS,
            tally,
            gap -> told.merge(gap.kind(), gap.count(), Long::sum),
            (row, due) -> {});
    for (LedgerRow row : history.rows) {
      boolean straddles = row.nominal() <= after && row.lastNominal() > after;
      if (straddles || row.nominal() > after && row.nominal() <= upTo) {
        comparison.row(row);
      }
    }
    comparison.end();
    Map<Gap.Kind, Long> counted = new EnumMap<>(Gap.Kind.class);
    for (Gap.Kind kind : Gap.Kind.values()) {
      if (tally.gaps(kind) > 0) {
        counted.put(kind, tally.gaps(kind));
      }
    }
    assertEquals(counted, told, "what is told is what is counted");
    assertEquals(
        history.owed.subMap(after, false, upTo, true).size(), tally.owed, "owed by counting");
    assertEquals(
        tally.owed,
        tally.fired + tally.skipped + tally.gaps(Gap.Kind.MISSING),
        "owed is recorded or missing");
    return told;
  }

  @Test
  void a_whole_ledger_is_complete_and_every_damage_is_counted() {
    long base = Long.getLong("carillon.seed", System.nanoTime());
    long owed = 0;
    for (int round = 0; round < 2_000; round++) {
      long seed = base + round;
      SplittableRandom random = new SplittableRandom(seed);
      History history = history(random);
      owed += history.owed.size();
      try {
        long after = random.nextLong(END);
        long upTo = after + random.nextLong(END);
        assertEquals(Map.of(), found(history, -10 * SECOND, END + 30 * SECOND));
        assertEquals(Map.of(), found(history, after, upTo));
        damage(history, random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dcarillon.seed=" + seed + ": " + e, e);
      }
    }
    assertTrue(owed > 20_000, "histories owe something: " + owed);
  }

  @Test
  void until_the_next_unseen_time_no_look_asks_for_anything() {
    long base = Long.getLong("carillon.seed", System.nanoTime());
    long skipped = 0;
    long reached = 0;
    for (int round = 0; round < 20_000; round++) {
      long seed = base + round;
      SplittableRandom random = new SplittableRandom(seed);
      History history = history(random);
      long first = random.nextLong(history.settled.watermark());
      Settled before = new Settled(first, random.nextLong(history.settled.appliedVersion() + 1));
      long middle = random.nextLong(first, history.settled.watermark() + 1);
      Settled seen = new Settled(middle, history.settled.appliedVersion());
      long upTo = random.nextLong(middle, history.settled.watermark() + 1);
      for (Revision revision : history.revisions) {
        // As it was when that look read it: what ended later was open then.
        Revision then = random.nextBoolean() ? revision : closed(revision, Revision.OPEN);
        if (revision.version() > before.appliedVersion()) {
          continue;
        }
        long next = Owed.nextUnseen(then, before);
        Owed owed = Owed.ofDue(revision, history.settled, seen, upTo);
        if (next <= upTo) {
          reached++;
          continue;
        }
        skipped++;
        assertEquals(0, owed.count(), () -> "-Dcarillon.seed=" + seed + ": " + owed);
        for (long at = middle + 1; at <= upTo; at += SECOND / 2 - at % (SECOND / 2)) {
          boolean owns = owed.owns(at, at) && revision.times().matches(at);
          assertEquals(false, owns, () -> "-Dcarillon.seed=" + seed + ": " + owed);
        }
      }
    }
    assertTrue(skipped > 10_000 && reached > 10_000, skipped + " skipped, " + reached + " reached");
  }

  private static Revision closed(Revision one, long validTo) {
    return new Revision(
        one.schedule(),
        one.version(),
        one.validFrom(),
        validTo,
        0,
        "",
        one.times(),
        one.catchUp(),
        1,
        one.nominalAfter());
  }

  private static void damage(History history, SplittableRandom random) {
    TreeSet<Long> missing = new TreeSet<>();
    long unexpected = 0;
    long early = 0;
    List<LedgerRow> rows = new ArrayList<>();
    for (LedgerRow row : history.rows) {
      List<Long> stood =
          new ArrayList<>(
              history.owed.subMap(row.nominal(), true, row.lastNominal(), true).keySet());
      int what = random.nextInt(12);
      if (what == 0) {
        missing.addAll(stood);
      } else if (what == 1 && row.skipReason() == 0) {
        rows.add(row(row.nominal(), row.nominal(), 0, 0, row.recordedAt() - 1, row.version()));
        early++;
      } else if (what == 2) {
        rows.add(row);
        rows.add(row(row.nominal() + 1, row.nominal() + 1, 0, 0, END * 2, row.version()));
        unexpected++;
      } else if (what == 3) {
        rows.add(
            row(
                row.nominal(),
                row.lastNominal(),
                row.skippedCount(),
                row.skipReason(),
                row.recordedAt(),
                99));
        unexpected++;
        missing.addAll(stood);
      } else if (what == 4 && row.skipReason() != 0 && stood.size() > 1) {
        long last = stood.remove(stood.size() - 1);
        missing.add(last);
        rows.add(
            row(
                row.nominal(),
                stood.get(stood.size() - 1),
                stood.size(),
                row.skipReason(),
                row.recordedAt(),
                row.version()));
      } else {
        rows.add(row);
      }
    }
    history.rows.clear();
    history.rows.addAll(rows);
    TreeMap<Gap.Kind, Long> expected = new TreeMap<>();
    put(expected, Gap.Kind.MISSING, missing.size());
    put(expected, Gap.Kind.UNEXPECTED, unexpected);
    put(expected, Gap.Kind.EARLY, early);
    assertEquals(expected, found(history, -10 * SECOND, END + 30 * SECOND));
  }

  private static void put(TreeMap<Gap.Kind, Long> to, Gap.Kind kind, long count) {
    if (count > 0) {
      to.put(kind, count);
    }
  }
}
