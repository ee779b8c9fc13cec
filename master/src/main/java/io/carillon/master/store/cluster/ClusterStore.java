package io.carillon.master.store.cluster;

import static io.carillon.master.store.jooq.Tables.CLUSTER_IDENTITY;
import static io.carillon.master.store.jooq.Tables.CREATE_REQUEST;
import static io.carillon.master.store.jooq.Tables.LEADER_EPOCH;
import static io.carillon.master.store.jooq.Tables.LEADER_HEARTBEAT;
import static io.carillon.master.store.jooq.Tables.NODE;
import static io.carillon.master.store.jooq.Tables.PARTITION_STATE;
import static io.carillon.master.store.jooq.Tables.REVISION;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.store.jooq.tables.records.ClusterIdentityRecord;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The cluster's own rows: identity, leader epoch, nodes; and what a new leader begins with. */
public final class ClusterStore {

  private static final int FETCH = 5_000;

  private final Database database;

  public ClusterStore(Database database) {
    this.database = database;
  }

  /** Who the cluster is. */
  public record Identity(String clusterUid, int partitions) {}

  /**
   * The identity of the cluster in this schema.
   *
   * @throws DatabaseUnavailableException if a row is missing that the migrations made
   */
  public Identity identity() {
    ClusterIdentityRecord row = database.core().fetchOne(CLUSTER_IDENTITY);
    int partitions = row == null ? -1 : row.getPartitionCount();
    int rows = database.core().fetchCount(PARTITION_STATE);
    if (row == null
        || rows != partitions
        || database.core().fetchCount(LEADER_EPOCH) != 1
        || database.core().fetchCount(LEADER_HEARTBEAT) != 1) {
      throw new DatabaseUnavailableException(
          "the schema is damaged: cluster_identity, leader_epoch and leader_heartbeat must have one"
              + " row each, and partition_state as many as cluster_identity says; restore it from a"
              + " backup",
          null);
    }
    return new Identity(row.getClusterUid(), partitions);
  }

  /** Who leads, or led last. */
  public record Lead(long epoch, String leader, long takenAt) {}

  /** The latest leader, as PostgreSQL knows it. */
  public Lead lead() {
    var row = database.api().selectFrom(LEADER_EPOCH).fetchSingle();
    return new Lead(row.getEpoch(), row.getLeader(), row.getTakenAt());
  }

  /** Whether this leader epoch is still the latest. */
  public boolean leads(long leaderEpoch) {
    return database.core().fetchExists(LEADER_EPOCH, LEADER_EPOCH.EPOCH.eq(leaderEpoch));
  }

  /** A clock node as it registered last. */
  public record KnownNode(String id, String instance, long incarnation, String secretHash) {}

  /** Some node that owns a partition; null if none does. */
  public KnownNode someOwner() {
    return database
        .patient()
        .select(NODE.ID, NODE.INSTANCE, NODE.INCARNATION, NODE.SECRET_HASH)
        .from(NODE)
        .join(PARTITION_STATE)
        .on(PARTITION_STATE.NODE_ID.eq(NODE.ID))
        .limit(1)
        .fetchOne(row -> new KnownNode(row.value1(), row.value2(), row.value3(), row.value4()));
  }

  /** Forgets request ids that were used before this time, in microseconds. */
  public void forgetRequests(long before) {
    database
        .core()
        .deleteFrom(CREATE_REQUEST)
        .where(CREATE_REQUEST.CREATE_TIME.lt(before))
        .execute();
  }

  /** A core with everything that is stored. Call once the epoch is taken. */
  public MasterCore load(CoreSettings settings, Function<String, Occurrences> specs) {
    return database
        .patient()
        .transactionResult(
            transaction -> {
              DSLContext sql = transaction.dsl();
              long logEnd =
                  sql.select(DSL.coalesce(DSL.max(PARTITION_STATE.LAST_SEQ), 0L))
                      .from(PARTITION_STATE)
                      .fetchSingle()
                      .value1();
              int partitions = sql.fetchCount(PARTITION_STATE);
              MasterCore core = new MasterCore(settings, partitions, logEnd);
              sql.selectFrom(PARTITION_STATE)
                  .forEach(
                      row ->
                          core.restorePartition(
                              row.getId(),
                              row.getNodeId(),
                              row.getEpoch(),
                              row.getWatermark(),
                              row.getAppliedVersion()));
              sql.selectFrom(NODE).forEach(row -> core.restoreNode(nodeRow(row)));
              sql.connection(
                  connection -> {
                    loadSchedules(connection, core);
                    loadRevisions(connection, core, specs);
                  });
              return core;
            });
  }

  /**
   * How many open revisions were made under other time zone rules and may depend on them; those
   * from before that was kept are not counted.
   */
  public int revisionsUnderOtherZones(String tzdbVersion) {
    return database
        .patient()
        .fetchCount(
            REVISION,
            REVISION
                .VALID_TO
                .isNull()
                .and(REVISION.TZDB_VERSION.notIn("", tzdbVersion))
                .and(REVISION.SPEC.notLike("interval=%"))
                .and(REVISION.SPEC.notLike("once=%")));
  }

  // By JDBC and not as records: a new leader reads a million of these before anything fires again.

  private static void loadSchedules(Connection connection, MasterCore core) throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("select num, partition, version, state from schedule");
        ResultSet row = fetch(query)) {
      while (row.next()) {
        core.restoreSchedule(
            row.getLong(1),
            row.getInt(2),
            row.getLong(3),
            row.getInt(4) == ScheduleState.DELETED.code());
      }
    }
  }

  private static void loadRevisions(
      Connection connection, MasterCore core, Function<String, Occurrences> specs)
      throws SQLException {
    // Most schedules have the same: one object for each schedule would be a tenth of the heap.
    Map<CatchUp, CatchUp> shared = new HashMap<>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "select r.schedule_num, r.version, r.valid_from, r.valid_to, r.closed_by_version,"
                    + " r.spec, r.catch_up_window, r.catch_up_limit, r.catch_up_grace,"
                    + " r.destination_num, r.nominal_after, r.partition"
                    + " from revision r join partition_state p on p.id = r.partition"
                    + " where r.valid_to is null or r.valid_to > p.watermark"
                    + " or r.version > p.applied_version");
        ResultSet row = fetch(query)) {
      while (row.next()) {
        long validTo = row.getLong(4);
        boolean open = row.wasNull();
        // 0 where it is null.
        long closedBy = row.getLong(5);
        String spec = row.getString(6);
        CatchUp catchUp = new CatchUp(row.getLong(7), row.getInt(8), row.getLong(9));
        CatchUp known = shared.putIfAbsent(catchUp, catchUp);
        core.restoreRevision(
            new Revision(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                open ? Revision.OPEN : validTo,
                closedBy,
                spec,
                specs.apply(spec),
                known == null ? catchUp : known,
                row.getInt(10),
                row.getLong(11)),
            row.getInt(12));
      }
    }
  }

  /** Part by part: all of them at once would not fit into memory. */
  private static ResultSet fetch(PreparedStatement query) throws SQLException {
    query.setFetchSize(FETCH);
    return query.executeQuery();
  }

  /** Stores a node's row, or deletes that of a FORGOTTEN one. */
  public void writeNode(NodeRow row, long leaderEpoch) {
    database
        .core()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              LeaderFence.hold(sql, leaderEpoch);
              if (row.state() == NodeState.FORGOTTEN) {
                sql.deleteFrom(NODE).where(NODE.ID.eq(row.id())).execute();
                return;
              }
              var record = sql.newRecord(NODE);
              record.setId(row.id());
              record.setIncarnation(row.incarnation());
              record.setInstance(row.instance());
              record.setState(row.state());
              record.setStateTime(row.stateTime());
              record.setWeight(row.weight());
              record.setLocation(row.location());
              record.setProgramVersion(row.programVersion());
              record.setSecretHash(row.secretHash());
              sql.insertInto(NODE).set(record).onDuplicateKeyUpdate().set(record).execute();
            });
  }

  private static NodeRow nodeRow(io.carillon.master.store.jooq.tables.records.NodeRecord row) {
    return new NodeRow(
        row.getId(),
        row.getIncarnation(),
        row.getInstance(),
        row.getState(),
        row.getStateTime(),
        row.getWeight(),
        row.getLocation(),
        row.getProgramVersion(),
        row.getSecretHash());
  }
}
