package io.carillon.simulation.store;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.Revision;
import io.carillon.master.core.StoredPartition;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.Lease;
import io.carillon.simulation.store.ScheduleTables.StoredRevision;
import io.carillon.simulation.store.Transaction.Lock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the masters have stored, and what PostgreSQL does with their transactions: locks of rows,
 * the fence, compare-and-set, keys, all or nothing. What is read is what was committed.
 */
public class SimStore {

  /** The row that every write of a leader shares, and a takeover has alone. */
  private static final String FENCE = "2 fence";

  private static final String HEARTBEAT = "1 heartbeat";

  private final Transactions transactions = new Transactions();
  private final StoreListener listener;

  protected Lease lease = new Lease(0, 0, 0, "", "", "", "");
  private final FireTables fires;
  private final TreeMap<String, NodeRow> nodes = new TreeMap<>();
  private final ScheduleTables schedules = new ScheduleTables();
  private final DeliveryTables delivery;

  /**
   * @param now what its clock says as the schema is made
   */
  public SimStore(int partitions, long now, StoreListener listener) {
    this.listener = listener;
    this.fires = new FireTables(partitions, now);
    this.delivery = new DeliveryTables(fires.log());
  }

  // Transactions.

  /** Commits one that is READY. */
  public void commit(Transaction transaction) {
    transactions.commit(transaction);
  }

  /** Ends one as if it had never been. */
  public void abort(Transaction transaction) {
    transactions.abort(transaction);
  }

  /** Stops at once: nothing that is not committed survives. */
  public void crash() {
    transactions.abortAll();
  }

  // The lead.

  /** The lease as it is stored. */
  public Lease lease() {
    return lease;
  }

  /** Raises the epoch, if the lease is still as it was seen. It waits for all fenced writes. */
  public Transaction takeLead(Lease seen, boolean certain, Lease next, Runnable onReady) {
    return transactions.begin(
        List.of(new Lock(HEARTBEAT, true), new Lock(FENCE, true)),
        transaction -> {
          if (lease.epoch() != seen.epoch() || !certain && lease.renewals() != seen.renewals()) {
            return transaction.refuse(Ending.MISMATCH, "the lease moved");
          }
          transaction.atCommit(
              () -> {
                lease = next;
                listener.leadTaken(next.epoch());
              });
          return Ending.COMMITTED;
        },
        onReady);
  }

  /** Shows that the leader lives. */
  public Transaction renew(long leaderEpoch, long clusterTime, Runnable onReady) {
    return transactions.begin(
        List.of(new Lock(HEARTBEAT, true)),
        transaction -> {
          if (lease.epoch() != leaderEpoch) {
            return transaction.refuse(Ending.STALE_EPOCH, "another master leads");
          }
          transaction.atCommit(
              () ->
                  lease =
                      new Lease(
                          lease.epoch(),
                          lease.renewals() + 1,
                          clusterTime,
                          lease.instance(),
                          lease.leader(),
                          lease.apiAddress(),
                          lease.nodeAddress()));
          return Ending.COMMITTED;
        },
        onReady);
  }

  // The lanes of a leader: all are fenced.

  /** What every write of a leader takes first. */
  protected List<Lock> fence() {
    return List.of(new Lock(FENCE, false));
  }

  /** Whether a write is one of the leader. */
  protected boolean leads(long leaderEpoch) {
    return lease.epoch() == leaderEpoch;
  }

  private Transaction fenced(
      long leaderEpoch, TreeSet<String> rows, Transaction.Body body, Runnable onReady) {
    List<Lock> wanted = new ArrayList<>(fence());
    rows.forEach(row -> wanted.add(new Lock(row, true)));
    return transactions.begin(
        wanted,
        transaction ->
            leads(leaderEpoch)
                ? body.check(transaction)
                : transaction.refuse(
                    Ending.STALE_EPOCH, "leader epoch " + leaderEpoch + " is over"),
        onReady);
  }

  /** One commit of the fire path. */
  public Transaction commitFires(long leaderEpoch, CommitPlan plan, Runnable onReady) {
    TreeSet<String> rows = new TreeSet<>();
    for (int partition : plan.partitions()) {
      rows.add("3 partition " + partition);
    }
    return fenced(leaderEpoch, rows, t -> checkCommit(leaderEpoch, plan, t), onReady);
  }

  private Ending checkCommit(long leaderEpoch, CommitPlan plan, Transaction transaction) {
    if (!continues(plan)) {
      return transaction.refuse(
          Ending.MISMATCH, "a partition is not at the epoch and watermark given");
    }
    if (!areNew(plan.fires())) {
      return transaction.refuse(Ending.MISMATCH, "a fire is there already");
    }
    write(leaderEpoch, plan, transaction);
    return Ending.COMMITTED;
  }

  /** Hands over what a commit is to do. */
  protected void write(long leaderEpoch, CommitPlan plan, Transaction transaction) {
    transaction.atCommit(
        () -> {
          fires.move(plan);
          fires.append(plan.fires());
          listener.committed(leaderEpoch, plan);
        });
  }

  /** The compare-and-set. */
  protected boolean continues(CommitPlan plan) {
    return fires.continues(plan);
  }

  /** The primary key. */
  protected boolean areNew(FireColumns columns) {
    return fires.areNew(columns);
  }

  /** Changes of owner. What is there already is left. */
  public Transaction changeOwners(long leaderEpoch, List<OwnerChange> changes, Runnable onReady) {
    TreeSet<String> rows = new TreeSet<>();
    for (int p = 0; p < fires.partitions(); p++) {
      rows.add("3 partition " + p);
    }
    return fenced(
        leaderEpoch,
        rows,
        transaction -> {
          for (OwnerChange change : changes) {
            long at = fires.epoch(change.partition());
            if (at != change.expectedEpoch() && at != change.expectedEpoch() + 1) {
              return transaction.refuse(Ending.BROKEN, "partition at another epoch");
            }
          }
          transaction.atCommit(
              () -> {
                changes.forEach(fires::change);
                listener.ownersChanged(leaderEpoch, changes);
              });
          return Ending.COMMITTED;
        },
        onReady);
  }

  public Transaction writeNode(long leaderEpoch, NodeRow row, Runnable onReady) {
    return fenced(
        leaderEpoch,
        new TreeSet<>(List.of("4 node " + row.id())),
        transaction -> {
          transaction.atCommit(
              () -> {
                if (row.state() == NodeState.FORGOTTEN) {
                  nodes.remove(row.id());
                } else {
                  nodes.put(row.id(), row);
                }
              });
          return Ending.COMMITTED;
        },
        onReady);
  }

  /**
   * Mutations, all or none.
   *
   * @param refused takes the groups that are the reason of a refusal, where that is known: as in
   *     PostgreSQL, if all are new
   */
  public Transaction mutate(
      long leaderEpoch, List<PlannedGroup> groups, Set<PlannedGroup> refused, Runnable onReady) {
    List<Planned> all = new ArrayList<>();
    groups.forEach(group -> all.addAll(group.planned()));
    TreeSet<String> rows = new TreeSet<>();
    for (Planned planned : all) {
      rows.add("5 schedule " + planned.mutation().schedule());
      rows.add("6 name " + ((StoredRow.Write) planned.mutation().write()).name());
    }
    return fenced(
        leaderEpoch,
        rows,
        transaction -> {
          Ending ending = checkMutations(leaderEpoch, all, transaction);
          if (ending == Ending.REJECTED && all.stream().allMatch(SimStore::creates)) {
            refused.addAll(schedules.refused(groups));
          }
          return ending;
        },
        onReady);
  }

  private static boolean creates(Planned planned) {
    return planned.mutation().expectedVersion() == 0;
  }

  private Ending checkMutations(long leaderEpoch, List<Planned> all, Transaction transaction) {
    String refusal = schedules.refusal(all);
    if (!refusal.isEmpty()) {
      return transaction.refuse(Ending.REJECTED, refusal);
    }
    transaction.atCommit(
        () -> {
          all.forEach(schedules::store);
          listener.mutated(leaderEpoch, all);
        });
    return Ending.COMMITTED;
  }

  /** Settlements of destinations, all or none. */
  public Transaction settle(long leaderEpoch, List<Settlement> settlements, Runnable onReady) {
    TreeSet<String> rows = new TreeSet<>();
    settlements.forEach(settlement -> rows.add("7 destination " + settlement.destination()));
    return fenced(
        leaderEpoch,
        rows,
        transaction -> {
          transaction.atCommit(
              () -> settlements.forEach(settlement -> settle(leaderEpoch, settlement)));
          return Ending.COMMITTED;
        },
        onReady);
  }

  protected void settle(long leaderEpoch, Settlement settlement) {
    delivery.settle(settlement);
    listener.settled(leaderEpoch, settlement);
  }

  // Reads.

  /** Whether a commit whose outcome is unknown is there. */
  public boolean isCommitted(CommitPlan plan) {
    return fires.isCommitted(plan);
  }

  /**
   * Which partitions of a refused commit are at fault, and what stands in their way; null if the
   * leader epoch is over.
   */
  public SortedMap<Integer, String> faults(long leaderEpoch, CommitPlan plan) {
    if (!leads(leaderEpoch)) {
      return null;
    }
    TreeMap<Integer, String> faults = new TreeMap<>();
    for (int partition : plan.partitionsTouched()) {
      CommitPlan part = plan.only(partition);
      if (!continues(part)) {
        faults.put(partition, "its watermark is another");
      } else if (!areNew(part.fires())) {
        faults.put(partition, "a fire is there already");
      }
    }
    return faults;
  }

  /** A partition for its repair, with what the log has of it. */
  public StoredPartition stored(int partition) {
    return fires.stored(partition);
  }

  /** What an operator does with the tables themselves. */
  public HandEdits byHand() {
    return new HandEdits(transactions, fires, listener);
  }

  /** Whether a mutation whose outcome is unknown is there. */
  public boolean isWritten(PlannedGroup group) {
    return schedules.isWritten(group.planned().get(0));
  }

  public ScheduleTables schedules() {
    return schedules;
  }

  /** What a new leader begins with. */
  public MasterCore load(CoreSettings settings, Function<String, Occurrences> specs) {
    MasterCore core = fires.load(settings);
    nodes.values().forEach(row -> core.restoreNode(row));
    schedules.load(core);
    for (StoredRevision stored : schedules.revisions()) {
      Revision r = stored.revision();
      if (fires.mayOwe(r, stored.partition())) {
        core.restoreRevision(restored(r, specs), stored.partition());
      }
    }
    return core;
  }

  /** A revision as it is read: only the text of its spec is stored. */
  protected Revision restored(Revision r, Function<String, Occurrences> specs) {
    return new Revision(
        r.schedule(),
        r.version(),
        r.validFrom(),
        r.validTo(),
        r.closedBy(),
        r.spec(),
        specs.apply(r.spec()),
        r.catchUp(),
        r.destination(),
        r.nominalAfter());
  }

  /** What a dispatcher begins with, beside the cursor. */
  public Progress progress(int destination) {
    return delivery.progress(destination);
  }

  public DeliveryTables delivery() {
    return delivery;
  }

  public FireTables fires() {
    return fires;
  }
}
