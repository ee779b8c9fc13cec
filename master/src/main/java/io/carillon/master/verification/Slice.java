package io.carillon.master.verification;

import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.ledger.DueBounds;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Settled;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.fires.LedgerScan.Wanted;
import io.carillon.master.store.fires.Verifications.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A slice of what came due in some partitions, checked in one snapshot.
 *
 * @param seen the partitions' new state
 * @param gaps what did not agree, the first of it
 * @param missed of what is missing the first that can be made up for
 * @param isPart whether more is waiting to be checked
 * @param look what was learned of when the schedules are due next
 */
record Slice(
    Map<Integer, Seen> seen,
    List<Gap> gaps,
    List<MissedTimes> missed,
    boolean isPart,
    DueBounds.Look look) {

  private static final int MOST_ROWS = 200_000;

  /** Checks the first slice of what is next. */
  static Slice check(
      Snapshot snapshot,
      NextCheck next,
      Map<Integer, Seen> before,
      Map<Integer, Recorded> recorded,
      DueBounds bounds) {
    long upTo = snapshot.sliceEnd(next.after(), next.upTo(), MOST_ROWS);
    boolean all = next.partitions().size() == recorded.size();
    Scope scope = all ? Scope.ALL : new Scope(null, null, next.partitions());
    TreeMap<Integer, Settled> from = new TreeMap<>();
    TreeMap<Integer, Settled> to = new TreeMap<>();
    for (int partition : next.partitions()) {
      from.put(partition, before.get(partition).upTo());
      long applied = recorded.get(partition).settled().appliedVersion();
      to.put(partition, new Settled(upTo, applied));
    }
    DueBounds.Look look = bounds.look(from, to);
    TreeMap<Integer, Tally> tallies = new TreeMap<>();
    List<Gap> gaps = new ArrayList<>();
    Omissions omissions = new Omissions();
    new LedgerCheck(
            snapshot,
            RowPlaces.OF_REVISIONS,
            (revision, partition) -> {
              look.read(revision, partition);
              return Owed.ofDue(
                  revision, recorded.get(partition).settled(), from.get(partition), upTo);
            },
            partition -> tallies.computeIfAbsent(partition, p -> new Tally()),
            gap -> {
              omissions.add(gap);
              if (gaps.size() < GapReports.MOST) {
                gaps.add(gap);
              }
            },
            (row, due) -> {})
        .dues(scope, wanted(look, recorded.size()), next.after(), upTo);
    TreeMap<Integer, Seen> after = new TreeMap<>();
    for (int partition : next.partitions()) {
      Seen old = before.get(partition);
      Tally tally = tallies.getOrDefault(partition, new Tally());
      after.put(
          partition,
          new Seen(to.get(partition), old.checked() + tally.owed, old.gaps() + tally.gaps()));
    }
    return new Slice(after, gaps, omissions.missed(snapshot), upTo < next.upTo(), look);
  }

  private static Wanted wanted(DueBounds.Look look, int partitions) {
    long[] grown = look.grown().stream().mapToLong(Integer::longValue).toArray();
    long[] above = look.grown().stream().mapToLong(look::knownVersion).toArray();
    long[] schedules = new long[look.dueCount()];
    long[] upTo = new long[schedules.length];
    int count = 0;
    for (int partition : look.withDue()) {
      long[] due = look.due(partition);
      System.arraycopy(due, 0, schedules, count, due.length);
      Arrays.fill(upTo, count, count + due.length, look.knownVersion(partition));
      count += due.length;
    }
    return new Wanted(
        look.whole(), look.whole().size() == partitions, grown, above, schedules, upTo);
  }
}
