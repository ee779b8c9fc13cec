package io.carillon.simulation.cluster;

import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ledger.Comparison;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.MissingTimes;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Settled;
import io.carillon.master.core.ledger.Tally;
import io.carillon.simulation.store.FireTables;
import io.carillon.simulation.store.ScheduleTables.StoredRevision;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A leader's check of the ledger: looks at all of it now and then, as it is in the store at one
 * moment, and has made up for what is missing. It looks again only when that has ended.
 */
public final class LeaderReconciler {

  /** How often a look found something to be missing that nobody did by hand, in the counts. */
  public static final String LACKED = "ledger found to lack something";

  private static final long EVERY = 700_000;

  private final World world;
  private final SimProcess process;
  private final SimLeader leader;
  private long wholeAt = Long.MIN_VALUE;

  /** What a look finds, and when it looked. */
  private record Found(long at, List<MissedTimes> missed) {}

  LeaderReconciler(World world, SimProcess process, SimLeader leader) {
    this.world = world;
    this.process = process;
    this.leader = leader;
  }

  /** The latest moment at which a look found nothing to be missing. */
  long wholeAt() {
    return wholeAt;
  }

  void begin() {
    process.post(EVERY, "look at the ledger", this::look);
  }

  private void look() {
    if (!leader.isServing()) {
      return;
    }
    world.store.read(
        process,
        "ledger",
        () -> new Found(world.queue.now(), missed(world.store.store())),
        this::found,
        this::begin);
  }

  private void found(Found found) {
    if (found.missed.isEmpty()) {
      wholeAt = found.at;
      begin();
      return;
    }
    if (found.missed.stream().anyMatch(one -> !world.checker.isDamaged(one.partition()))) {
      world.bites.count(LACKED);
    }
    leader.repair(
        found.missed,
        result -> {
          world.bites.count(result.isRecorded() ? "fires repaired" : "repair refused");
          begin();
        });
  }

  /** All that is missing. Anything else that differs, but by hand, is a violation. */
  private List<MissedTimes> missed(SimStore store) {
    FireTables fires = store.fires();
    Map<Long, List<LedgerRow>> rows = new TreeMap<>();
    for (List<LedgerRow> log : List.of(fires.log(), fires.planted())) {
      for (LedgerRow fire : log) {
        rows.computeIfAbsent(fire.schedule(), schedule -> new ArrayList<>()).add(fire);
      }
    }
    RowPlaces places = RowPlaces.none().in(fires.owners(), fires.log().size());
    List<MissedTimes> missed = new ArrayList<>();
    for (List<StoredRevision> revisions : store.schedules().bySchedule()) {
      Revision first = revisions.get(0).revision();
      int partition = revisions.get(0).partition();
      List<LedgerRow> of = rows.getOrDefault(first.schedule(), new ArrayList<>());
      List<Gap> gaps = gaps(fires, partition, revisions, of, places);
      for (Gap gap : gaps) {
        if (gap.kind() == Gap.Kind.MISSING) {
          missed.addAll(missed(fires, gap, of));
        } else if (!world.checker.isDamaged(gap.partition())) {
          world.checker.unexplained("the ledger, looked at by a leader: " + gap);
        }
      }
    }
    return missed;
  }

  private static List<MissedTimes> missed(FireTables fires, Gap gap, List<LedgerRow> rows) {
    Set<Long> taken = new HashSet<>();
    rows.stream().filter(row -> row.kind() == 0).forEach(row -> taken.add(row.nominal()));
    return MissingTimes.byNode(
        gap.owing(),
        gap.partition(),
        MissingTimes.of(gap, Integer.MAX_VALUE),
        nominal -> !taken.contains(nominal),
        fires.owners().get(gap.partition()));
  }

  private static List<Gap> gaps(
      FireTables fires,
      int partition,
      List<StoredRevision> revisions,
      List<LedgerRow> rows,
      RowPlaces places) {
    Settled settled = new Settled(fires.watermark(partition), fires.applied(partition));
    List<Owed> owed = new ArrayList<>();
    for (StoredRevision stored : revisions) {
      if (stored.revision().validTo() > stored.revision().validFrom()) {
        owed.add(Owed.ofNominals(stored.revision(), settled, 0, settled.watermark()));
      }
    }
    List<Gap> gaps = new ArrayList<>();
    Comparison comparison =
        new Comparison(
            revisions.get(0).revision().schedule(),
            partition,
            0,
            owed,
            places,
            new Tally(),
            gaps::add,
            (row, due) -> {});
    rows.sort(Comparator.comparingLong(LedgerRow::nominal).thenComparingInt(LedgerRow::kind));
    rows.forEach(comparison::row);
    comparison.end();
    return gaps;
  }
}
