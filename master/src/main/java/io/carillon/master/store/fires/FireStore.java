package io.carillon.master.store.fires;

import static io.carillon.master.store.jooq.Tables.FIRE;
import static io.carillon.master.store.jooq.Tables.PARTITION_STATE;

import io.carillon.common.fire.FireKind;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.StoreMismatchException;
import io.carillon.master.store.sql.WriteFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.postgresql.PGConnection;

/** Writes of the fire lane, each in one transaction that is fenced by the leader epoch. */
public final class FireStore {

  private static final String COMMIT = "select commit_fires(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

  /** The same with rows of {@code fire_note}, all or nothing. Few commits have any. */
  private static final String COMMIT_WITH_NOTES =
      "with noted as (insert into fire_note (nominal_time, schedule_num, kind) select unnest(?),"
          + " unnest(?), unnest(?)::smallint on conflict do nothing) "
          + COMMIT;

  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  private final Database database;
  private final LogPartitions logPartitions;
  private final long leaderEpoch;

  public FireStore(Database database, long leaderEpoch) {
    this.database = database;
    this.logPartitions = new LogPartitions(database);
    this.leaderEpoch = leaderEpoch;
  }

  /** One try of a commit. After a return it is durable. */
  public void commit(CommitPlan plan) throws SQLException {
    logPartitions.ensureFor(plan.fires());
    try (Connection connection = database.coreConnections().getConnection()) {
      call(connection, plan);
    }
  }

  private void call(Connection connection, CommitPlan plan) throws SQLException {
    try (PreparedStatement call =
        connection.prepareStatement(hasNotes(plan) ? COMMIT_WITH_NOTES : COMMIT)) {
      PGConnection arrays = connection.unwrap(PGConnection.class);
      FireColumns fires = plan.fires();
      int i = hasNotes(plan) ? setNotes(plan, call, arrays) : 1;
      call.setLong(i++, leaderEpoch);
      call.setArray(i++, arrays.createArrayOf("int4", plan.partitions()));
      call.setArray(i++, arrays.createArrayOf("int8", plan.epochs()));
      call.setArray(i++, arrays.createArrayOf("int8", plan.watermarks()));
      call.setArray(i++, arrays.createArrayOf("int8", plan.newWatermarks()));
      call.setArray(i++, arrays.createArrayOf("int8", plan.applied()));
      call.setLong(i++, plan.lastSeq());
      call.setLong(i++, fires.firstSeq());
      call.setLong(i++, fires.recordedAtMicros());
      call.setArray(i++, arrays.createArrayOf("int8", fires.nominalMicros));
      call.setArray(i++, arrays.createArrayOf("int8", fires.schedule));
      call.setArray(i++, arrays.createArrayOf("int8", fires.version));
      call.setArray(i++, arrays.createArrayOf("int8", fires.epoch));
      // Most commits have nothing to say of skipped runs and kinds, and say nothing.
      boolean ordinary = fires.isOrdinary();
      call.setArray(
          i++, arrays.createArrayOf("int8", ordinary ? NO_LONGS : fires.lastNominalMicros));
      call.setArray(i++, arrays.createArrayOf("int8", ordinary ? NO_LONGS : fires.skippedCount));
      call.setArray(i++, arrays.createArrayOf("int4", fires.destination));
      call.setArray(i++, arrays.createArrayOf("int4", fires.partition));
      call.setArray(i++, arrays.createArrayOf("int4", ordinary ? NO_INTS : fires.kind));
      call.setArray(i, arrays.createArrayOf("int4", ordinary ? NO_INTS : fires.skipReason));
      call.execute();
    }
  }

  private static boolean hasNotes(CommitPlan plan) {
    return !plan.manual().isEmpty() || !plan.repaired().isEmpty();
  }

  /** Sets the first parameters of a commit with notes, and answers which is the next. */
  private static int setNotes(CommitPlan plan, PreparedStatement call, PGConnection arrays)
      throws SQLException {
    int manual = plan.manual().size();
    int size = manual + plan.repaired().size();
    long[] nominals = new long[size];
    long[] schedules = new long[size];
    int[] kinds = new int[size];
    for (int n = 0; n < size; n++) {
      if (n < manual) {
        nominals[n] = plan.manual().get(n).nominal();
        schedules[n] = plan.manual().get(n).schedule();
        kinds[n] = FireKind.MANUAL.code(0);
      } else {
        nominals[n] = plan.repaired().get(n - manual).nominal();
        schedules[n] = plan.repaired().get(n - manual).schedule();
        kinds[n] = FireKind.SCHEDULED.code(0);
      }
    }
    call.setArray(1, arrays.createArrayOf("int8", nominals));
    call.setArray(2, arrays.createArrayOf("int8", schedules));
    call.setArray(3, arrays.createArrayOf("int4", kinds));
    return 4;
  }

  /**
   * Whether a commit whose outcome is unknown is in the store. A later try of the same commit that
   * was refused has waited for the earlier one to end, so the answer is final then.
   */
  public boolean isCommitted(CommitPlan plan) {
    DSLContext sql = database.core();
    if (plan.fires().size() > 0) {
      FireColumns fires = plan.fires();
      Ledger.Key first = new Ledger.Key(fires.nominalMicros[0], fires.schedule[0], fires.kind[0]);
      return sql.fetchExists(FIRE, Ledger.at(first).and(FIRE.SEQ.eq(fires.firstSeq())));
    }
    Map<Integer, Long> watermarks =
        sql.select(PARTITION_STATE.ID, PARTITION_STATE.WATERMARK)
            .from(PARTITION_STATE)
            .fetchMap(PARTITION_STATE.ID, PARTITION_STATE.WATERMARK);
    return plan.isShownBy(watermarks::get);
  }

  /**
   * Of a commit that is refused: which partitions are the reason, and what stands in their way.
   * Tries the part of each by itself, and takes it back.
   *
   * @return empty if none is refused by itself
   */
  SortedMap<Integer, String> faults(CommitPlan plan) throws SQLException {
    // A day of the log that was taken away is made anew, and is no partition's fault.
    logPartitions.forget();
    logPartitions.ensureFor(plan.fires());
    SortedMap<Integer, String> faults = new TreeMap<>();
    try (Connection connection = database.coreConnections().getConnection()) {
      connection.setAutoCommit(false);
      for (int partition : plan.partitionsTouched()) {
        CommitPlan part = plan.only(partition);
        try {
          call(connection, part);
          connection.rollback();
        } catch (SQLException e) {
          connection.rollback();
          if (!WriteFault.of(e).isRefusal()) {
            throw e;
          }
          faults.put(partition, CommitFaults.describe(connection, part, partition, e));
          connection.rollback();
        }
      }
    }
    return faults;
  }

  /**
   * One try to change owners. May be repeated: what is there already is left.
   *
   * @throws StoreMismatchException if partitions are at another epoch than the core believes
   */
  public void changeOwners(List<OwnerChange> changes) {
    database
        .core()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              LeaderFence.hold(sql, leaderEpoch);
              Map<Integer, Long> epochs = new HashMap<>();
              sql.select(PARTITION_STATE.ID, PARTITION_STATE.EPOCH)
                  .from(PARTITION_STATE)
                  .orderBy(PARTITION_STATE.ID)
                  .forUpdate()
                  .forEach(row -> epochs.put(row.value1(), row.value2()));
              var update =
                  sql.batch(
                      DSL.using(sql.configuration())
                          .update(PARTITION_STATE)
                          .set(PARTITION_STATE.NODE_ID, (String) null)
                          .set(PARTITION_STATE.EPOCH, 0L)
                          .where(PARTITION_STATE.ID.eq(0)));
              check(changes, epochs);
              for (OwnerChange change : changes) {
                update =
                    update.bind(change.newOwner(), change.expectedEpoch() + 1, change.partition());
              }
              update.execute();
              sql.execute(
                  "insert into partition_owner (partition, epoch, node_id, watermark,"
                      + " applied_version, seq) select id, epoch, node_id, watermark,"
                      + " applied_version, (select max(last_seq) from partition_state) from"
                      + " partition_state where id = any(?) on conflict do nothing",
                  (Object) changes.stream().map(OwnerChange::partition).toArray(Integer[]::new));
            });
  }

  private static void check(List<OwnerChange> changes, Map<Integer, Long> epochs) {
    TreeMap<Integer, String> wrong = new TreeMap<>();
    for (OwnerChange change : changes) {
      Long epoch = epochs.get(change.partition());
      if (epoch == null) {
        wrong.put(change.partition(), CommitFaults.rowGone(change.partition()));
      } else if (epoch != change.expectedEpoch() && epoch != change.expectedEpoch() + 1) {
        wrong.put(
            change.partition(),
            "partition_state has epoch "
                + epoch
                + " for id "
                + change.partition()
                + ", where this leader wrote "
                + change.expectedEpoch());
      }
    }
    if (!wrong.isEmpty()) {
      throw new StoreMismatchException(wrong);
    }
  }
}
