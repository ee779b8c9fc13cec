package io.carillon.master.store;

import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jooq.BatchBindStep;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;

/**
 * Writes of the schedule lane: many mutations in one transaction that is fenced by the leader
 * epoch.
 */
public final class ScheduleStore {

  private static final String INSERT_REVISIONS =
      "insert into revision (schedule_num, version, partition, valid_from, valid_to,"
          + " closed_by_version, spec, catch_up_window, destination_num, payload, payload_type,"
          + " catch_up_limit, catch_up_grace, nominal_after, tzdb_version)"
          + " select num, version, partition::int, valid_from, case when opens then null else"
          + " valid_from end, case when opens then null else version end, spec, catch_up,"
          + " destination::int, payload, payload_type, catch_limit::int, grace, nominal_after, tzdb"
          + " from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as r (num, version,"
          + " partition, valid_from, opens, spec, catch_up, destination, payload, payload_type,"
          + " catch_limit, grace, nominal_after, tzdb)";

  private static final String INSERT_SCHEDULES =
      "insert into schedule (num, tenant_id, id, partition, display_name, labels, state,"
          + " pause_reason, version, revision_version, create_time, update_time, effective_time,"
          + " ends_at) select num, tenant, id, partition::int, display_name, labels::jsonb,"
          + " state::int, '', version, version, effective, effective, effective, ends_at"
          + " from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) as s (num, tenant, id, partition,"
          + " display_name, labels, state, version, effective, ends_at)";

  private static final String INSERT_REQUESTS =
      "insert into create_request (tenant_id, request_id, fingerprint, schedule_num, create_time)"
          + " select * from unnest(?, ?, ?, ?, ?)";

  private final Database database;
  private final long leaderEpoch;

  public ScheduleStore(Database database, long leaderEpoch) {
    this.database = database;
    this.leaderEpoch = leaderEpoch;
  }

  /** One try to write these groups, all or none. */
  public void write(List<PlannedGroup> groups) {
    List<Planned> all = new ArrayList<>();
    for (PlannedGroup group : groups) {
      all.addAll(group.planned());
    }
    database
        .core()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              LeaderFence.hold(sql, leaderEpoch);
              lockDestinations(sql, all);
              ScheduleCalendars.write(sql, all);
              closeRevisions(sql, all);
              sql.connection(
                  connection -> {
                    insertRevisions(connection, all);
                    insertSchedules(connection, all);
                    insertRequests(connection, all);
                  });
              updateSchedules(sql, all);
            });
  }

  /** Whether a write whose outcome is unknown is in the store. It is there whole or not at all. */
  public boolean isWritten(PlannedGroup group) {
    Planned first = group.planned().get(0);
    Long version =
        database
            .core()
            .select(SCHEDULE.VERSION)
            .from(SCHEDULE)
            .where(SCHEDULE.NUM.eq(first.mutation().schedule()))
            .fetchOne(SCHEDULE.VERSION);
    return version != null && version == first.version();
  }

  private static ScheduleWrite write(Planned planned) {
    return (ScheduleWrite) planned.mutation().write();
  }

  private static CatchUp catchUp(Planned planned) {
    return write(planned).after().content().catchUp();
  }

  /** A destination cannot be deleted while a schedule that points to it is being written. */
  private static void lockDestinations(DSLContext sql, List<Planned> all) {
    TreeSet<Integer> wanted = new TreeSet<>();
    for (Planned planned : all) {
      if (!planned.mutation().deletes()) {
        wanted.add(write(planned).after().content().destination());
      }
    }
    int found =
        sql.select(DESTINATION.NUM)
            .from(DESTINATION)
            .where(DESTINATION.NUM.in(wanted))
            .and(DESTINATION.DELETE_TIME.isNull())
            .orderBy(DESTINATION.NUM)
            .forShare()
            .fetch()
            .size();
    if (found != wanted.size()) {
      throw new RejectedWriteException("DESTINATION_NOT_FOUND");
    }
  }

  private static void closeRevisions(DSLContext sql, List<Planned> all) {
    BatchBindStep batch =
        sql.batch(
            sql.update(REVISION)
                .set(REVISION.VALID_TO, 0L)
                .set(REVISION.CLOSED_BY_VERSION, 0L)
                .where(REVISION.SCHEDULE_NUM.eq(0L))
                .and(REVISION.VERSION.eq(0L))
                .and(REVISION.VALID_TO.isNull()));
    int closing = 0;
    for (Planned planned : all) {
      Revision closed = planned.closed();
      if (closed != null) {
        batch =
            batch.bind(closed.validTo(), closed.closedBy(), closed.schedule(), closed.version());
        closing++;
      }
    }
    if (closing > 0) {
      checkCounts(batch.execute());
    }
  }

  private static void insertRevisions(Connection connection, List<Planned> all)
      throws SQLException {
    List<Planned> rows = new ArrayList<>();
    for (Planned planned : all) {
      if (write(planned).storesRevision(planned)) {
        rows.add(planned);
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    Columns columns = new Columns(connection, rows);
    try (PreparedStatement insert = connection.prepareStatement(INSERT_REVISIONS)) {
      insert.setArray(1, columns.longs(planned -> planned.mutation().schedule()));
      insert.setArray(2, columns.longs(Planned::version));
      insert.setArray(3, columns.longs(planned -> planned.mutation().partition()));
      insert.setArray(
          4,
          columns.longs(
              planned ->
                  planned.opened() == null ? planned.effective() : planned.opened().validFrom()));
      // What is stored while the schedule is paused holds for no time at all.
      insert.setArray(5, columns.booleans(planned -> planned.opened() != null));
      insert.setArray(6, columns.texts(planned -> write(planned).after().content().spec()));
      insert.setArray(7, columns.longs(planned -> catchUp(planned).windowMicros()));
      insert.setArray(8, columns.longs(planned -> write(planned).after().content().destination()));
      insert.setArray(9, columns.bytes(planned -> write(planned).after().content().payload()));
      insert.setArray(10, columns.texts(planned -> write(planned).after().content().payloadType()));
      insert.setArray(11, columns.longs(planned -> catchUp(planned).limit()));
      insert.setArray(12, columns.longs(planned -> catchUp(planned).graceMicros()));
      insert.setArray(
          13,
          columns.longs(
              planned ->
                  planned.opened() == null ? Long.MIN_VALUE : planned.opened().nominalAfter()));
      insert.setArray(14, columns.texts(planned -> ScheduleSpec.tzdbVersion()));
      insert.executeUpdate();
    }
  }

  private static void insertSchedules(Connection connection, List<Planned> all)
      throws SQLException {
    List<Planned> rows = new ArrayList<>();
    for (Planned planned : all) {
      if (planned.mutation().expectedVersion() == 0) {
        rows.add(planned);
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    Columns columns = new Columns(connection, rows);
    try (PreparedStatement insert = connection.prepareStatement(INSERT_SCHEDULES)) {
      insert.setArray(1, columns.longs(planned -> planned.mutation().schedule()));
      insert.setArray(2, columns.texts(planned -> write(planned).after().tenant()));
      insert.setArray(3, columns.texts(planned -> write(planned).after().id()));
      insert.setArray(4, columns.longs(planned -> planned.mutation().partition()));
      insert.setArray(5, columns.texts(planned -> write(planned).after().content().displayName()));
      insert.setArray(
          6,
          columns.texts(
              planned -> Schedules.json(write(planned).after().content().labels()).data()));
      insert.setArray(7, columns.longs(planned -> write(planned).after().state()));
      insert.setArray(8, columns.longs(Planned::version));
      insert.setArray(9, columns.longs(Planned::effective));
      insert.setArray(10, columns.longs(planned -> write(planned).after().content().endsAt()));
      insert.executeUpdate();
    }
  }

  private static void updateSchedules(DSLContext sql, List<Planned> all) {
    BatchBindStep batch =
        sql.batch(
            sql.update(SCHEDULE)
                .set(SCHEDULE.DISPLAY_NAME, "")
                .set(SCHEDULE.LABELS, Schedules.json(java.util.Map.of()))
                .set(SCHEDULE.STATE, 0)
                .set(SCHEDULE.PAUSE_REASON, "")
                .set(SCHEDULE.PAUSE_BY, "")
                .set(SCHEDULE.PAUSE_SINCE, 0L)
                .set(SCHEDULE.PAUSE_UNTIL, 0L)
                .set(SCHEDULE.PAUSE_OPERATION, 0L)
                .set(SCHEDULE.VERSION, 0L)
                .set(SCHEDULE.REVISION_VERSION, 0L)
                .set(SCHEDULE.UPDATE_TIME, 0L)
                .set(SCHEDULE.EFFECTIVE_TIME, 0L)
                .set(SCHEDULE.ENDS_AT, 0L)
                .where(SCHEDULE.NUM.eq(0L))
                .and(SCHEDULE.VERSION.eq(0L)));
    int updates = 0;
    for (Planned planned : all) {
      if (planned.mutation().expectedVersion() != 0) {
        StoredSchedule after = ScheduleWrite.result(planned);
        batch =
            batch.bind(
                after.content().displayName(),
                Schedules.json(after.content().labels()),
                after.state(),
                after.pause().reason(),
                after.pause().by(),
                after.pause().since(),
                after.pause().until(),
                after.pause().operation(),
                after.version(),
                after.revisionVersion(),
                after.updateTime(),
                after.effectiveTime(),
                after.content().endsAt(),
                after.num(),
                planned.mutation().expectedVersion());
        updates++;
      }
    }
    if (updates > 0) {
      checkCounts(batch.execute());
    }
  }

  private static void insertRequests(Connection connection, List<Planned> all) throws SQLException {
    List<Planned> rows = new ArrayList<>();
    for (Planned planned : all) {
      if (!write(planned).requestId().isEmpty()) {
        rows.add(planned);
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    Columns columns = new Columns(connection, rows);
    try (PreparedStatement insert = connection.prepareStatement(INSERT_REQUESTS)) {
      insert.setArray(1, columns.texts(planned -> write(planned).after().tenant()));
      insert.setArray(2, columns.texts(planned -> write(planned).requestId()));
      insert.setArray(3, columns.bytes(planned -> write(planned).fingerprint()));
      insert.setArray(4, columns.longs(planned -> planned.mutation().schedule()));
      insert.setArray(5, columns.longs(Planned::effective));
      insert.executeUpdate();
    }
  }

  /**
   * Values of rows as arrays: one statement for any number of rows, several times as fast as a
   * batch.
   */
  private record Columns(Connection connection, List<Planned> rows) {

    Array longs(ToLongFunction<Planned> value) throws SQLException {
      return array("int8", rows.stream().mapToLong(value).toArray());
    }

    Array booleans(Predicate<Planned> value) throws SQLException {
      boolean[] values = new boolean[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.test(rows.get(i));
      }
      return array("bool", values);
    }

    Array texts(Function<Planned, String> value) throws SQLException {
      return array("text", rows.stream().map(value).toArray(String[]::new));
    }

    Array bytes(Function<Planned, byte[]> value) throws SQLException {
      return array("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }

    private Array array(String type, Object values) throws SQLException {
      return connection.unwrap(PGConnection.class).createArrayOf(type, values);
    }
  }

  private static void checkCounts(int[] counts) {
    for (int count : counts) {
      if (count != 1) {
        throw new RejectedWriteException("VERSION_CONFLICT");
      }
    }
  }

  /** Why a write was refused, for the client; null if it should be tried again. */
  static String rejection(RuntimeException failure) {
    if (failure instanceof RejectedWriteException) {
      return failure.getMessage();
    }
    if (failure instanceof DataAccessException && WriteFault.of(failure) == WriteFault.INTEGRITY) {
      String constraint = WriteFault.constraint(failure);
      return switch (constraint) {
        case "schedule_name" -> "SCHEDULE_EXISTS";
        case "create_request_pkey" -> "REQUEST_ID_REUSED";
        default -> "CONSTRAINT " + constraint;
      };
    }
    return null;
  }

  /** A write that PostgreSQL could do but must not. */
  static final class RejectedWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedWriteException(String reason) {
      super(reason);
    }
  }
}
