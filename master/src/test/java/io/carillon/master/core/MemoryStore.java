package io.carillon.master.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What PostgreSQL is to the core, in memory: takes what is committed, checks what the database's
 * keys and compare-and-set would check and what the promises are, and gives a new core what it
 * holds.
 */
final class MemoryStore {

  /** A row of the log. */
  record Fire(
      long seq,
      long schedule,
      long nominal,
      long version,
      int partition,
      long epoch,
      int kind,
      int skipReason,
      long lastNominal,
      long count,
      long recordedAt) {}

  /** A revision, and where it is. */
  record StoredRevision(int partition, Revision revision) {}

  private record Key(long schedule, long nominal, int kind) {}

  private record Row(int partition, long version, boolean deleted) {}

  final int partitions;
  final String[] owner;
  final long[] epoch;
  final long[] watermark;
  final long[] applied;
  final long[] lastSeq;
  final List<Fire> fires = new ArrayList<>();

  /** Times of schedules of which a node lied that they need not fire: nobody says them again. */
  final Map<Long, Set<Long>> denied = new HashMap<>();

  final TreeMap<String, NodeRow> nodes = new TreeMap<>();
  final TreeMap<Long, TreeMap<Long, StoredRevision>> revisions = new TreeMap<>();
  private final TreeMap<Long, Row> schedules = new TreeMap<>();
  private final Set<Key> keys = new HashSet<>();

  MemoryStore(int partitions, long now) {
    this.partitions = partitions;
    owner = new String[partitions];
    epoch = new long[partitions];
    watermark = new long[partitions];
    applied = new long[partitions];
    lastSeq = new long[partitions];
    java.util.Arrays.fill(watermark, now);
  }

  void commit(CommitPlan plan, long now) {
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < plan.partitions().length; i++) {
      int p = plan.partitions()[i];
      assertTrue(seen.add(p), "partition " + p + " twice in one commit");
      assertEquals(epoch[p], plan.epochs()[i], "epoch of partition " + p);
      assertEquals(watermark[p], plan.watermarks()[i], "watermark of partition " + p);
      assertTrue(plan.newWatermarks()[i] >= watermark[p], "watermark falls");
      assertTrue(plan.newWatermarks()[i] <= now, "watermark ahead of the leader's clock");
      assertTrue(plan.applied()[i] >= applied[p], "applied version falls");
      watermark[p] = plan.newWatermarks()[i];
      applied[p] = plan.applied()[i];
      lastSeq[p] = plan.lastSeq();
    }
    assertTrue(!seen.isEmpty(), "a commit without a partition: the end of the log is not kept");
    FireColumns f = plan.fires();
    assertEquals(fires.size() + 1, f.firstSeq(), "seq has a gap");
    for (int i = 0; i < f.size(); i++) {
      Fire fire =
          new Fire(
              f.firstSeq() + i,
              f.schedule[i],
              f.nominalMicros[i],
              f.version[i],
              f.partition[i],
              f.epoch[i],
              f.kind[i],
              f.skipReason[i],
              f.lastNominalMicros[i],
              f.skippedCount[i],
              f.recordedAtMicros());
      assertTrue(keys.add(new Key(fire.schedule, fire.nominal, fire.kind)), "twice: " + fire);
      // Triggers of one microsecond get times of their own, which may run a little ahead.
      assertTrue(due(fire) <= now || fire.kind == 1, "early: " + fire + " at " + now);
      assertTrue(
          fire.skipReason == 0 || mayBeSkipped(fire, now),
          () ->
              "not to be skipped: "
                  + fire
                  + " of "
                  + revision(fire)
                  + " due "
                  + due(fire)
                  + " now "
                  + now);
      fires.add(fire);
    }
    assertEquals(fires.size(), plan.lastSeq(), "last seq");
  }

  private long due(Fire fire) {
    return fire.kind == 0
        ? revision(fire).times().dueOf(fire.schedule, fire.lastNominal)
        : fire.nominal;
  }

  /** Of what was said by the clock of a node that is not refused, and perhaps knew of no end. */
  private boolean mayBeSkipped(Fire run, long now) {
    Occurrences times = revision(run).times();
    CatchUp catchUp = revision(run).catchUp();
    long latest = now + FireLane.AHEAD_TOLERANCE;
    if (run.skipReason == SkipReason.CATCHUP_WINDOW.code()) {
      return due(run) <= latest - catchUp.windowMicros();
    }
    long missedUpTo = latest - catchUp.graceMicros();
    if (run.skipReason == SkipReason.CATCHUP_NONE.code()) {
      return catchUp.limit() == 0 && due(run) <= missedUpTo;
    }
    int following = 0;
    for (long t = times.nextAfter(run.lastNominal);
        following < catchUp.limit() && times.dueOf(run.schedule, t) <= missedUpTo;
        t = times.nextAfter(t)) {
      following++;
    }
    return catchUp.limit() >= 1 && following == catchUp.limit();
  }

  private Revision revision(Fire fire) {
    return revisions.get(fire.schedule).get(fire.version).revision;
  }

  void changeOwners(List<OwnerChange> changes) {
    for (OwnerChange change : changes) {
      assertEquals(epoch[change.partition()], change.expectedEpoch(), "epoch of a change of owner");
      owner[change.partition()] = change.newOwner();
      epoch[change.partition()]++;
    }
  }

  void writeNode(NodeRow row) {
    if (row.state() == NodeState.FORGOTTEN) {
      nodes.remove(row.id());
    } else {
      nodes.put(row.id(), row);
    }
  }

  void mutate(PlannedGroup group) {
    for (Planned planned : group.planned()) {
      Mutation mutation = planned.mutation();
      Row before = schedules.get(mutation.schedule());
      assertEquals(
          before == null ? 0 : before.version, mutation.expectedVersion(), "version of a mutation");
      assertTrue(before == null || planned.version() > before.version, "versions must rise");
      schedules.put(
          mutation.schedule(),
          new Row(mutation.partition(), planned.version(), mutation.deletes()));
      Map<Long, StoredRevision> of =
          revisions.computeIfAbsent(mutation.schedule(), num -> new TreeMap<>());
      for (Revision revision : new Revision[] {planned.closed(), planned.opened()}) {
        if (revision != null) {
          of.put(revision.version(), new StoredRevision(mutation.partition(), revision));
        }
      }
    }
  }

  /** A new leader's core. */
  MasterCore restore(CoreSettings settings) {
    long logEnd = 0;
    for (long seq : lastSeq) {
      logEnd = Math.max(logEnd, seq);
    }
    assertEquals(fires.size(), logEnd, "the end of the log as the partitions know it");
    MasterCore core = new MasterCore(settings, partitions, logEnd);
    for (int p = 0; p < partitions; p++) {
      core.restorePartition(p, owner[p], epoch[p], watermark[p], applied[p]);
    }
    nodes.values().forEach(row -> core.restoreNode(row));
    schedules.forEach((num, s) -> core.restoreSchedule(num, s.partition, s.version, s.deleted));
    for (Map<Long, StoredRevision> of : revisions.values()) {
      for (StoredRevision stored : of.values()) {
        Revision revision = stored.revision;
        if (revision.validTo() > watermark[stored.partition]
            || revision.version() > applied[stored.partition]) {
          core.restoreRevision(revision, stored.partition);
        }
      }
    }
    return core;
  }

  /** Nominal times of the log, in order, those of skipped runs too. */
  List<Long> nominals(long schedule) {
    List<Long> all = new ArrayList<>();
    for (Fire fire : fires) {
      if (fire.schedule == schedule && fire.kind == 0) {
        if (fire.skipReason == 0) {
          all.add(fire.nominal);
        } else {
          times(revision(fire).times(), fire.nominal - 1, fire.lastNominal, all);
        }
      }
    }
    all.sort(null);
    return all;
  }

  /** Nominal times that the revisions say should be in the log by now, in order. */
  List<Long> expected(long schedule) {
    List<Long> all = new ArrayList<>();
    Revision unbroken = null;
    for (StoredRevision stored : revisions.get(schedule).values()) {
      Revision r = stored.revision;
      int p = stored.partition;
      assertTrue(applied[p] >= r.version(), "not applied: " + r);
      if (r.validTo() <= r.validFrom()) {
        continue;
      }
      if (unbroken != null && unbroken.validTo() == r.validFrom() && hasTimesOf(unbroken, r)) {
        unbroken = unbroken.closedAt(r.validTo(), r.closedBy());
      } else {
        owed(unbroken, p, all);
        unbroken = r;
      }
    }
    owed(unbroken, partitionOf(schedule), all);
    all.sort(null);
    return all;
  }

  /** What one hands on to the next must not matter then: no time is lost or owned twice. */
  private static boolean hasTimesOf(Revision one, Revision next) {
    return one.times().equals(next.times());
  }

  private int partitionOf(long schedule) {
    return revisions.get(schedule).firstEntry().getValue().partition;
  }

  Map<Long, List<Long>> expected() {
    Map<Long, List<Long>> all = new HashMap<>();
    revisions
        .keySet()
        .forEach(schedule -> all.put(schedule, undenied(schedule, expected(schedule))));
    return all;
  }

  Map<Long, List<Long>> recorded() {
    Map<Long, List<Long>> all = new HashMap<>();
    revisions
        .keySet()
        .forEach(schedule -> all.put(schedule, undenied(schedule, nominals(schedule))));
    return all;
  }

  private List<Long> undenied(long schedule, List<Long> nominals) {
    nominals.removeAll(denied.getOrDefault(schedule, Set.of()));
    return nominals;
  }

  /** The schedules that are not deleted, with their versions. */
  Map<Long, Long> versions() {
    Map<Long, Long> all = new TreeMap<>();
    schedules.forEach(
        (num, schedule) -> {
          if (!schedule.deleted) {
            all.put(num, schedule.version);
          }
        });
    return all;
  }

  private void owed(Revision r, int partition, List<Long> into) {
    if (r == null) {
      return;
    }
    long upTo = Math.min(r.validTo(), watermark[partition]);
    boolean bounded = r.nominalAfter() != Long.MIN_VALUE;
    long after = bounded ? r.nominalAfter() : r.validFrom();
    for (long t = r.times().nextAfter(after); t <= upTo; t = r.times().nextAfter(t)) {
      long due = r.times().dueOf(r.schedule(), t);
      if (due > r.validFrom() && due <= upTo) {
        into.add(t);
      }
    }
  }

  /** Of the latest revision that a schedule had. */
  Occurrences lastTimes(long schedule) {
    return revisions.get(schedule).lastEntry().getValue().revision.times();
  }

  /** What a resume says of the revisions before: as the latest that held hands on. */
  long ownedUpTo(long schedule) {
    Revision latest = null;
    for (StoredRevision stored : revisions.get(schedule).values()) {
      Revision r = stored.revision;
      latest = r.validTo() != Revision.OPEN && r.validTo() > r.validFrom() ? r : latest;
    }
    return latest == null ? Mutation.Content.UNKNOWN : latest.handsOn();
  }

  /** From when on a schedule has owed nothing since it was paused; -1 if it is not paused. */
  long pausedSince(long schedule, long now) {
    long since = -1;
    for (StoredRevision stored : revisions.get(schedule).values()) {
      Revision r = stored.revision;
      if (r.validTo() == Revision.OPEN && r.validFrom() <= now) {
        return -1;
      }
      if (r.validTo() != Revision.OPEN && r.validTo() > r.validFrom()) {
        since = Math.max(since, r.validTo());
      }
    }
    return since;
  }

  private static void times(Occurrences times, long after, long upTo, List<Long> into) {
    for (long t = times.nextAfter(after);
        t <= upTo && t != Occurrences.NEVER;
        t = times.nextAfter(t)) {
      into.add(t);
    }
  }
}
