package io.carillon.master.verification;

import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.MissingTimes;
import io.carillon.master.core.ledger.OwnerHistory;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What of a slice is missing, as far as it can be made up for. */
final class Omissions {

  /** So many times are made up for at once; the others are found by the next look. */
  static final int MOST = 10_000;

  private record Found(Gap gap, List<Long> nominals) {}

  private final List<Found> all = new ArrayList<>();
  private int size;

  void add(Gap gap) {
    List<Long> nominals = MissingTimes.of(gap, MOST - size);
    if (!nominals.isEmpty()) {
      all.add(new Found(gap, nominals));
      size += nominals.size();
    }
  }

  /** In the snapshot that they were found in: whose keys are free, and who left them out. */
  List<MissedTimes> missed(Snapshot snapshot) {
    List<MissedTimes> missed = new ArrayList<>();
    if (all.isEmpty()) {
      return missed;
    }
    Set<Integer> partitions = new TreeSet<>();
    all.forEach(one -> partitions.add(one.gap.partition()));
    Map<Integer, OwnerHistory> owners = snapshot.owners(partitions);
    for (Found one : all) {
      List<Long> schedule = Collections.nCopies(one.nominals.size(), one.gap.schedule());
      Set<Long> taken = new HashSet<>();
      for (LedgerRow row : snapshot.find(schedule, one.nominals)) {
        taken.add(row.nominal());
      }
      missed.addAll(
          MissingTimes.byNode(
              one.gap.owing(),
              one.gap.partition(),
              one.nominals,
              nominal -> !taken.contains(nominal),
              owners.get(one.gap.partition())));
    }
    return missed;
  }
}
