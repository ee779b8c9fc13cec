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
import io.carillon.master.core.Revision;
import io.carillon.master.core.WriteTries.Ending;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.election.Lease;
import io.carillon.simulation.store.Transaction.Lock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private record Key(long nominal, long schedule, int kind) {}

  /** A revision, and where it is. */
  public record StoredRevision(int partition, Revision revision) {}

  private final LockTable locks = new LockTable();
  private final List<Transaction> open = new ArrayList<>();
  private StoreListener listener;

  protected Lease lease = new Lease(0, 0, 0, "", "", "", "");
  protected final int partitions;
  protected final String[] owner;
  protected final long[] epoch;
  protected final long[] watermark;
  protected final long[] applied;
  protected final long[] lastSeq;
  protected final List<LoggedFire> log = new ArrayList<>();
  private final Set<Key> keys = new HashSet<>();
  private final TreeMap<String, NodeRow> nodes = new TreeMap<>();
  private final TreeMap<Long, StoredRow> schedules = new TreeMap<>();
  private final TreeMap<String, Long> names = new TreeMap<>();
  private final TreeMap<String, Long> requests = new TreeMap<>();
  protected final TreeMap<Long, TreeMap<Long, StoredRevision>> revisions = new TreeMap<>();
  private final DeliveryTables delivery = new DeliveryTables(log);
  private long numbers;

  /**
   * @param now what its clock says as the schema is made
   */
  public SimStore(int partitions, long now, StoreListener listener) {
    this.partitions = partitions;
    this.listener = listener;
    owner = new String[partitions];
    epoch = new long[partitions];
    watermark = new long[partitions];
    applied = new long[partitions];
    lastSeq = new long[partitions];
    java.util.Arrays.fill(watermark, now);
  }

  // Transactions.

  /**
   * Begins a transaction.
   *
   * @param onReady called when it is READY, or was refused; perhaps at once
   */
  private Transaction begin(List<Lock> wanted, Transaction.Body body, Runnable onReady) {
    Transaction transaction = new Transaction(wanted, body, onReady);
    open.add(transaction);
    goOn(transaction);
    return transaction;
  }

  private void goOn(Transaction transaction) {
    if (transaction.state() == Transaction.State.WAITING && locks.takeAll(transaction)) {
      transaction.look();
      if (transaction.isOver()) {
        end(transaction);
      }
      transaction.onReady.run();
    }
  }

  /** Commits one that is READY. */
  public void commit(Transaction transaction) {
    transaction.write();
    end(transaction);
  }

  /** Ends one as if it had never been. */
  public void abort(Transaction transaction) {
    if (!transaction.isOver()) {
      transaction.abort();
      end(transaction);
    }
  }

  private void end(Transaction transaction) {
    open.remove(transaction);
    locks.release(transaction).forEach(this::goOn);
  }

  /** Stops at once: nothing that is not committed survives. */
  public void crash() {
    locks.clear();
    open.forEach(Transaction::abort);
    open.clear();
  }

  // The lead.

  /** The lease as it is stored. */
  public Lease lease() {
    return lease;
  }

  /** Raises the epoch, if the lease is still as it was seen. It waits for all fenced writes. */
  public Transaction takeLead(Lease seen, boolean certain, Lease next, Runnable onReady) {
    return begin(
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
    return begin(
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
    return begin(
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
          moveWatermarks(plan);
          append(plan.fires());
          listener.committed(leaderEpoch, plan);
        });
  }

  /** The compare-and-set. */
  protected boolean continues(CommitPlan plan) {
    for (int i = 0; i < plan.partitions().length; i++) {
      int p = plan.partitions()[i];
      if (epoch[p] != plan.epochs()[i] || watermark[p] != plan.watermarks()[i]) {
        return false;
      }
    }
    return true;
  }

  /** The primary key. */
  protected boolean areNew(FireColumns fires) {
    for (int i = 0; i < fires.size(); i++) {
      if (keys.contains(new Key(fires.nominalMicros[i], fires.schedule[i], fires.kind[i]))) {
        return false;
      }
    }
    return true;
  }

  protected final void moveWatermarks(CommitPlan plan) {
    for (int i = 0; i < plan.partitions().length; i++) {
      int p = plan.partitions()[i];
      watermark[p] = plan.newWatermarks()[i];
      applied[p] = plan.applied()[i];
      lastSeq[p] = plan.lastSeq();
    }
  }

  protected final void append(FireColumns f) {
    for (int i = 0; i < f.size(); i++) {
      keys.add(new Key(f.nominalMicros[i], f.schedule[i], f.kind[i]));
      log.add(
          new LoggedFire(
              f.firstSeq() + i,
              f.schedule[i],
              f.nominalMicros[i],
              f.lastNominalMicros[i],
              f.version[i],
              f.partition[i],
              f.epoch[i],
              f.kind[i],
              f.skipReason[i],
              f.skippedCount[i],
              f.destination[i],
              f.recordedAtMicros()));
    }
  }

  /** Changes of owner. What is there already is left. */
  public Transaction changeOwners(long leaderEpoch, List<OwnerChange> changes, Runnable onReady) {
    TreeSet<String> rows = new TreeSet<>();
    for (int p = 0; p < partitions; p++) {
      rows.add("3 partition " + p);
    }
    return fenced(
        leaderEpoch,
        rows,
        transaction -> {
          for (OwnerChange change : changes) {
            long at = epoch[change.partition()];
            if (at != change.expectedEpoch() && at != change.expectedEpoch() + 1) {
              return transaction.refuse(Ending.BROKEN, "partition at another epoch");
            }
          }
          transaction.atCommit(
              () -> {
                for (OwnerChange change : changes) {
                  owner[change.partition()] = change.newOwner();
                  epoch[change.partition()] = change.expectedEpoch() + 1;
                }
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
          transaction.atCommit(() -> nodes.put(row.id(), row));
          return Ending.COMMITTED;
        },
        onReady);
  }

  /** Mutations, all or none. */
  public Transaction mutate(long leaderEpoch, List<PlannedGroup> groups, Runnable onReady) {
    List<Planned> all = new ArrayList<>();
    groups.forEach(group -> all.addAll(group.planned()));
    TreeSet<String> rows = new TreeSet<>();
    for (Planned planned : all) {
      rows.add("5 schedule " + planned.mutation().schedule());
      rows.add("6 name " + ((StoredRow.Write) planned.mutation().write()).name());
    }
    return fenced(leaderEpoch, rows, t -> checkMutations(leaderEpoch, all, t), onReady);
  }

  private Ending checkMutations(long leaderEpoch, List<Planned> all, Transaction transaction) {
    Set<String> made = new TreeSet<>();
    for (Planned planned : all) {
      StoredRow before = schedules.get(planned.mutation().schedule());
      StoredRow.Write write = (StoredRow.Write) planned.mutation().write();
      if (planned.mutation().expectedVersion() == 0) {
        // Two of one transaction may be the same.
        if (before != null || names.containsKey(write.name()) || !made.add(write.name())) {
          return transaction.refuse(Ending.REJECTED, "SCHEDULE_EXISTS");
        }
        if (requests.containsKey(write.requestId())) {
          return transaction.refuse(Ending.REJECTED, "REQUEST_ID_REUSED");
        }
      } else if (before == null || before.version() != planned.mutation().expectedVersion()) {
        return transaction.refuse(Ending.REJECTED, "VERSION_CONFLICT");
      }
    }
    transaction.atCommit(
        () -> {
          all.forEach(this::store);
          listener.mutated(leaderEpoch, all);
        });
    return Ending.COMMITTED;
  }

  private void store(Planned planned) {
    long num = planned.mutation().schedule();
    boolean deletes = planned.mutation().deletes();
    StoredRow.Write write = (StoredRow.Write) planned.mutation().write();
    if (planned.mutation().expectedVersion() == 0) {
      requests.put(write.requestId(), num);
    }
    schedules.put(
        num,
        new StoredRow(num, planned.mutation().partition(), planned.version(), deletes, planned));
    if (deletes) {
      names.remove(write.name());
    } else {
      names.put(write.name(), num);
    }
    TreeMap<Long, StoredRevision> of = revisions.computeIfAbsent(num, n -> new TreeMap<>());
    for (Revision revision : new Revision[] {planned.closed(), planned.opened()}) {
      if (revision != null) {
        of.put(revision.version(), new StoredRevision(planned.mutation().partition(), revision));
      }
    }
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
    if (plan.fires().size() > 0) {
      FireColumns f = plan.fires();
      long first = f.firstSeq();
      return keys.contains(new Key(f.nominalMicros[0], f.schedule[0], f.kind[0]))
          && log.stream()
              .anyMatch(
                  fire ->
                      fire.seq() == first
                          && fire.schedule() == f.schedule[0]
                          && fire.nominal() == f.nominalMicros[0]
                          && fire.kind() == f.kind[0]);
    }
    for (int i = 0; i < plan.partitions().length; i++) {
      if (watermark[plan.partitions()[i]] != plan.newWatermarks()[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a mutation whose outcome is unknown is there. */
  public boolean isWritten(PlannedGroup group) {
    Planned first = group.planned().get(0);
    StoredRow row = schedules.get(first.mutation().schedule());
    return row != null && row.version() == first.version();
  }

  /** A schedule number that was never given before. */
  public long newNum() {
    return ++numbers;
  }

  public StoredRow schedule(long num) {
    return schedules.get(num);
  }

  /** What an earlier create with that id made, deleted or not; null if there was none. */
  public StoredRow request(String requestId) {
    Long num = requests.get(requestId);
    return num == null ? null : schedules.get(num);
  }

  /** The schedule of a name that is not deleted, or null. */
  public StoredRow schedule(String name) {
    Long num = names.get(name);
    return num == null ? null : schedules.get(num);
  }

  /** What a new leader begins with. */
  public MasterCore load(
      CoreSettings settings, long leaderEpoch, Function<String, Occurrences> specs, long now) {
    long logEnd = 0;
    for (long seq : lastSeq) {
      logEnd = Math.max(logEnd, seq);
    }
    MasterCore core = new MasterCore(settings, partitions, logEnd, leaderEpoch << 32);
    for (int p = 0; p < partitions; p++) {
      core.restorePartition(p, owner[p], epoch[p], watermark[p], applied[p]);
    }
    nodes.values().forEach(row -> core.restoreNode(row, now));
    schedules
        .values()
        .forEach(
            row -> core.restoreSchedule(row.num(), row.partition(), row.version(), row.deleted()));
    for (Map<Long, StoredRevision> of : revisions.values()) {
      for (StoredRevision stored : of.values()) {
        Revision r = stored.revision;
        int p = stored.partition;
        if (r.validTo() > watermark[p] || r.version() > applied[p]) {
          core.restoreRevision(restored(r, specs), p);
        }
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

  public DeliveryTables delivery() {
    return delivery;
  }

  // For whoever checks.

  public int partitions() {
    return partitions;
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

  public List<LoggedFire> log() {
    return log;
  }

  public Map<Long, StoredRevision> revisions(long schedule) {
    return revisions.getOrDefault(schedule, new TreeMap<>());
  }

  public NodeRow node(String id) {
    return nodes.get(id);
  }

  public void listenTo(StoreListener other) {
    listener = other;
  }
}
