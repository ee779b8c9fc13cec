package io.carillon.master.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.TestDatabase;
import io.carillon.master.TestSpecs;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ledger.DueBounds;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.Verifications;
import io.carillon.master.store.fires.Verifications.Seen;
import io.carillon.master.store.sql.Database;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A look that skips what is not due finds what a look finds that reads everything: in random
 * histories of schedules, with every kind of damage to their ledger.
 */
class SliceTest {

  private static final long SECOND = 1_000_000;
  private static final long BASE = 1_000_000 * SECOND;
  private static final int PARTITIONS = 4;

  private final Database database = Database.open(TestDatabase.config(), PARTITIONS);
  private final SpecInterner specs = new SpecInterner();
  private final LedgerScan scan = new LedgerScan(database, specs::intern);
  private final Verifications verifications = new Verifications(database, epoch());
  private final DueBounds bounds = new DueBounds();

  private final List<Revision> revisions = new ArrayList<>();
  private final Map<Long, Integer> partitionOf = new TreeMap<>();
  private final long[] versions = new long[PARTITIONS];
  private final long[] applied = new long[PARTITIONS];
  private final long[] watermarks = new long[PARTITIONS];

  /** Nominal times that are recorded, or are left out for good; by schedule. */
  private final Map<Long, TreeSet<Long>> settled = new TreeMap<>();

  private long now = BASE;
  private long schedules;
  private long damaged;
  private long partial;

  private long epoch() {
    return ((Number) database.core().fetchValue("select epoch from leader_epoch")).longValue();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void sql(String text, Object... values) {
    database.core().execute(text, values);
  }

  @Test
  void what_is_skipped_would_not_have_changed_what_is_found() {
    long seed = Long.getLong("carillon.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    TestDatabase.makeDay(database.core(), BASE);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      watermarks[partition] = BASE;
    }
    // A new store begins at the clock's time, far beyond this history.
    sql("update partition_state set watermark = ?", BASE);
    try {
      for (int step = 0; step < 100; step++) {
        now += random.nextLong(1, 20 * SECOND);
        // At first many, so that most of them are not due.
        for (int i = random.nextInt(step < 10 ? 12 : 5); i > 0; i--) {
          mutate(random);
        }
        settle(random, false);
        if (random.nextInt(10) == 0) {
          bounds.forget(random.nextInt(PARTITIONS));
        }
        lookAtAll(random);
      }
      now += 60 * SECOND;
      settle(random, true);
      lookAtAll(random);
      long gaps = verifications.all().values().stream().mapToLong(Seen::gaps).sum();
      assertEquals(damaged, gaps, "all that was damaged was found, once");
      assertTrue(damaged > 20, () -> "damaged " + damaged);
      assertTrue(partial > 50, () -> "looks that skipped something: " + partial);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dcarillon.seed=" + seed + ": " + e, e);
    }
  }

  private void lookAtAll(SplittableRandom random) {
    boolean more = true;
    while (more) {
      more = look(random.nextBoolean());
    }
  }

  private ScheduleSpec spec(SplittableRandom random) {
    ZoneId utc = ZoneId.of("UTC");
    ScheduleSpec plain =
        switch (random.nextInt(4)) {
          case 0 ->
              ScheduleSpec.of(new OnceRule((now / SECOND + random.nextLong(400)) * SECOND), utc);
          case 1 -> ScheduleSpec.of(new IntervalRule(random.nextInt(1, 9) * SECOND, 0), utc);
          default -> ScheduleSpec.of(new IntervalRule(random.nextInt(99, 2000) * SECOND, 0), utc);
        };
    long jitter = random.nextInt(3) == 0 ? random.nextInt(1, 15) * SECOND / 2 : 0;
    return TestSpecs.withJitter(plain, jitter);
  }

  /** A create, an update, a pause, a delete, or a resume that may reach back or begin later. */
  private void mutate(SplittableRandom random) {
    boolean isNew = schedules == 0 || random.nextInt(3) == 0;
    long schedule = isNew ? ++schedules : random.nextLong(1, schedules + 1);
    int partition = partitionOf.computeIfAbsent(schedule, num -> random.nextInt(PARTITIONS));
    long at = Math.max(now, watermarks[partition]);
    long version = ++versions[partition];
    Revision last = null;
    for (int i = 0; i < revisions.size(); i++) {
      Revision one = revisions.get(i);
      if (one.schedule() == schedule) {
        last = one;
        if (one.validTo() == Revision.OPEN) {
          last = with(one, at, version);
          revisions.set(i, last);
          sql(
              "update revision set valid_to = ?, closed_by_version = ? where schedule_num = ?"
                  + " and version = ?",
              at,
              version,
              schedule,
              one.version());
        }
      }
    }
    if (isNew || random.nextInt(3) > 0) {
      long from = at;
      if (last != null && last.validTo() < at && random.nextBoolean()) {
        from = Math.max(last.validTo(), at - 100 * SECOND);
      } else if (random.nextInt(4) == 0) {
        from = at + random.nextLong(60 * SECOND);
      }
      open(schedule, partition, version, from, spec(random));
    }
  }

  private static Revision with(Revision one, long validTo, long closedBy) {
    return new Revision(
        one.schedule(),
        one.version(),
        one.validFrom(),
        validTo,
        closedBy,
        one.spec(),
        one.times(),
        one.catchUp(),
        one.destination(),
        one.nominalAfter());
  }

  private void open(long schedule, int partition, long version, long from, ScheduleSpec spec) {
    String text = spec.canonical();
    long nominalAfter = spec.jitterMicros() == 0 ? Long.MIN_VALUE : from;
    revisions.add(
        new Revision(
            schedule,
            version,
            from,
            Revision.OPEN,
            0,
            text,
            specs.intern(text),
            new CatchUp(SECOND, CatchUp.NO_LIMIT, SECOND),
            1,
            nominalAfter));
    sql(
        "insert into revision (schedule_num, version, partition, valid_from, spec, catch_up_window,"
            + " destination_num, payload, payload_type, nominal_after)"
            + " values (?, ?, ?, ?, ?, 1000000, 1, '', '', ?)",
        schedule,
        version,
        partition,
        from,
        text,
        nominalAfter);
  }

  /** Partitions go on, and what is owed then is recorded, but for some that is damaged. */
  private void settle(SplittableRandom random, boolean all) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (all || random.nextInt(4) > 0) {
        watermarks[partition] = all ? now : random.nextLong(watermarks[partition], now + 1);
        applied[partition] =
            all
                ? versions[partition]
                : random.nextLong(applied[partition], versions[partition] + 1);
        sql(
            "update partition_state set watermark = ?, applied_version = ? where id = ?",
            watermarks[partition],
            applied[partition],
            partition);
      }
    }
    for (Revision revision : revisions) {
      int partition = partitionOf.get(revision.schedule());
      if (revision.version() <= applied[partition]) {
        record(revision, partition, random);
      }
    }
    if (!all && random.nextInt(4) == 0 && schedules > 0) {
      // Of anybody, and never a nominal time of a spec here.
      long schedule = random.nextLong(1, schedules + 1);
      int partition = partitionOf.get(schedule);
      long nominal = (watermarks[partition] / SECOND + 1) * SECOND + random.nextLong(1, SECOND);
      row(schedule, partition, random.nextLong(1, versions[partition] + 1), nominal, nominal);
      damaged++;
    }
  }

  /** Straight from the words of the design: one time after the other, each asked by itself. */
  private void record(Revision revision, int partition, SplittableRandom random) {
    long end = Math.min(revision.validTo(), watermarks[partition]);
    long nominal = Math.max(revision.nominalAfter(), revision.validFrom() - 20 * SECOND);
    while ((nominal = revision.times().nextAfter(nominal)) <= end) {
      long due = revision.times().dueOf(revision.schedule(), nominal);
      if (due > revision.validFrom()
          && due <= end
          && settled.computeIfAbsent(revision.schedule(), num -> new TreeSet<>()).add(nominal)) {
        int what = random.nextInt(40);
        if (what == 0) {
          damaged++;
        } else {
          boolean early = what == 1;
          damaged += early ? 1 : 0;
          long recorded = early ? due - 1 : due + 1;
          row(revision.schedule(), partition, revision.version(), nominal, recorded);
        }
      }
    }
  }

  private void row(long schedule, int partition, long version, long nominal, long recordedAt) {
    sql(
        "insert into fire values (?, ?, 1, ?, ?, 1, ?, 0, 1, ?, 0, 0) on conflict do nothing",
        nominal,
        schedule,
        recordedAt,
        version,
        nominal,
        partition);
  }

  /** But for the evaluators of specs, which are other objects each time. */
  private static List<String> texts(List<Gap> gaps) {
    return gaps.stream()
        .map(
            gap ->
                gap.kind()
                    + " "
                    + List.of(gap.schedule(), gap.version(), gap.first(), gap.last(), gap.count()))
        .toList();
  }

  /** Checks the next slice in both ways; false if there is none. */
  private boolean look(boolean current) {
    TreeMap<Integer, Seen> before = verifications.all();
    Slice skipping =
        scan.snapshot(
            snapshot -> {
              TreeMap<Integer, Recorded> recorded = snapshot.partitions();
              NextCheck next = NextCheck.of(before, recorded, now, current);
              if (next == null) {
                next = NextCheck.of(before, recorded, now, !current);
              }
              if (next == null) {
                return null;
              }
              Slice plain = Slice.check(snapshot, next, before, recorded, new DueBounds());
              Slice found = Slice.check(snapshot, next, before, recorded, bounds);
              assertEquals(plain.seen(), found.seen());
              assertEquals(texts(plain.gaps()), texts(found.gaps()));
              assertEquals(next.partitions(), plain.look().whole());
              return found;
            });
    if (skipping == null) {
      return false;
    }
    partial += skipping.look().whole().isEmpty() ? 1 : 0;
    verifications.write(skipping.seen());
    skipping.look().keep();
    return true;
  }
}
