package io.carillon.simulation.store;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Revision;
import io.carillon.master.core.StandingFires;
import io.carillon.master.core.StoredPartition;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.OwnerHistory;
import io.carillon.master.core.ledger.Settled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The log, and how far each partition is in it and whose it is. */
public final class FireTables {

  private record Key(long nominal, long schedule, int kind) {}

  private final String[] owner;
  private final long[] epoch;
  private final long[] watermark;
  private final long[] applied;
  private final long[] lastSeq;
  private final List<LedgerRow> log = new ArrayList<>();

  /** What was entered by hand. */
  private final List<LedgerRow> planted = new ArrayList<>();

  private final Set<Key> keys = new HashSet<>();
  private final Set<Integer> wereSetBack = new HashSet<>();

  /** By partition, but for the epochs before the first change. */
  private final Map<Integer, OwnerHistory> owners = new TreeMap<>();

  FireTables(int partitions, long now) {
    owner = new String[partitions];
    epoch = new long[partitions];
    watermark = new long[partitions];
    applied = new long[partitions];
    lastSeq = new long[partitions];
    Arrays.fill(watermark, now);
  }

  /** Whether all partitions are where a commit believes them to be. */
  boolean continues(CommitPlan plan) {
    for (int i = 0; i < plan.partitions().length; i++) {
      int p = plan.partitions()[i];
      if (epoch[p] != plan.epochs()[i] || watermark[p] != plan.watermarks()[i]) {
        return false;
      }
    }
    return true;
  }

  private static Key key(FireColumns f, int row) {
    return new Key(f.nominalMicros[row], f.schedule[row], f.kind[row]);
  }

  boolean areNew(FireColumns fires) {
    for (int row = 0; row < fires.size(); row++) {
      if (keys.contains(key(fires, row))) {
        return false;
      }
    }
    return true;
  }

  /** Moves the watermarks of a commit. */
  public void move(CommitPlan plan) {
    for (int i = 0; i < plan.partitions().length; i++) {
      int p = plan.partitions()[i];
      watermark[p] = plan.newWatermarks()[i];
      applied[p] = plan.applied()[i];
      lastSeq[p] = plan.lastSeq();
    }
  }

  /** Adds the fires of a commit to the log. */
  public void append(FireColumns f) {
    for (int row = 0; row < f.size(); row++) {
      keys.add(key(f, row));
      log.add(
          new LedgerRow(
              f.nominalMicros[row],
              f.schedule[row],
              f.kind[row],
              f.partition[row],
              f.recordedAtMicros(),
              f.version[row],
              f.lastNominalMicros[row],
              f.skippedCount[row],
              f.skipReason[row],
              f.destination[row],
              f.epoch[row],
              f.firstSeq() + row));
    }
  }

  /** Enters a fire by hand; false if it is there already. */
  boolean plant(Revision revision, int partition, long nominal) {
    if (!keys.add(new Key(nominal, revision.schedule(), 0))) {
      return false;
    }
    planted.add(
        new LedgerRow(
            nominal,
            revision.schedule(),
            0,
            partition,
            nominal,
            revision.version(),
            nominal,
            0,
            0,
            revision.destination(),
            epoch[partition],
            0));
    return true;
  }

  void setBack(int partition, long to) {
    watermark[partition] = to;
    wereSetBack.add(partition);
  }

  /** Whether its watermark was ever set back by hand. */
  public boolean wasSetBack(int partition) {
    return wereSetBack.contains(partition);
  }

  /** With all that the log has of it: what lies below its watermark does no harm. */
  StoredPartition stored(int partition) {
    StandingFires standing = new StandingFires();
    for (List<LedgerRow> rows : List.of(log, planted)) {
      for (LedgerRow fire : rows) {
        if (fire.partition() == partition && fire.kind() == 0) {
          standing.add(fire.schedule(), fire.nominal(), fire.lastNominal());
        }
      }
    }
    return new StoredPartition(
        epoch[partition], watermark[partition], applied[partition], standing);
  }

  void change(OwnerChange change) {
    if (epoch[change.partition()] == change.expectedEpoch()) {
      owners
          .computeIfAbsent(change.partition(), partition -> new OwnerHistory())
          .add(
              new OwnerHistory.Since(
                  change.expectedEpoch() + 1,
                  change.newOwner(),
                  new Settled(watermark[change.partition()], applied[change.partition()]),
                  log.size()));
    }
    owner[change.partition()] = change.newOwner();
    epoch[change.partition()] = change.expectedEpoch() + 1;
  }

  boolean isCommitted(CommitPlan plan) {
    FireColumns f = plan.fires();
    if (f.size() > 0) {
      return keys.contains(key(f, 0)) && log.stream().anyMatch(fire -> isFirst(fire, f));
    }
    return plan.isShownBy(partition -> watermark[partition]);
  }

  private static boolean isFirst(LedgerRow fire, FireColumns f) {
    return fire.seq() == f.firstSeq()
        && fire.schedule() == f.schedule[0]
        && fire.nominal() == f.nominalMicros[0]
        && fire.kind() == f.kind[0];
  }

  MasterCore load(CoreSettings settings) {
    long logEnd = Arrays.stream(lastSeq).max().orElse(0);
    MasterCore core = new MasterCore(settings, owner.length, logEnd);
    for (int p = 0; p < owner.length; p++) {
      core.restorePartition(p, owner[p], epoch[p], watermark[p], applied[p]);
    }
    return core;
  }

  /** Whether a revision is one that a new leader reads. */
  boolean mayOwe(Revision revision, int p) {
    return revision.validTo() > watermark[p] || revision.version() > applied[p];
  }

  public int partitions() {
    return owner.length;
  }

  public String owner(int partition) {
    return owner[partition];
  }

  public long epoch(int partition) {
    return epoch[partition];
  }

  public long watermark(int partition) {
    return watermark[partition];
  }

  public long applied(int partition) {
    return applied[partition];
  }

  /** Who owned partitions when. */
  public Map<Integer, OwnerHistory> owners() {
    return owners;
  }

  /** What was entered by hand: it is in the log, and has no seq. */
  public List<LedgerRow> planted() {
    return planted;
  }

  public List<LedgerRow> log() {
    return log;
  }
}
