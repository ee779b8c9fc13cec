package io.carillon.master.store.schedules;

import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.sql.Columns;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.WriteFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.BatchBindStep;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

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
    List<Planned> created = all.stream().filter(NewSchedules::isNew).toList();
    if (created.size() == all.size() && !ScheduleCalendars.areNamed(all)) {
      create(groups, all);
    } else {
      change(all, created);
    }
  }

  /** Only new schedules: the one statement is the transaction. */
  private void create(List<PlannedGroup> groups, List<Planned> all) {
    try (Connection connection = database.coreConnections().getConnection()) {
      NewSchedules.insert(connection, leaderEpoch, all);
    } catch (SQLException e) {
      String reason = WriteFault.refusal(e);
      throw reason == null
          ? new DataAccessException("creating schedules: " + e.getMessage(), e)
          : new RejectedWriteException(reason, groupsOf(groups, WriteFault.rows(e)));
    }
  }

  /** The groups that these rows are of, counted from 1 through all groups. */
  private static Set<PlannedGroup> groupsOf(List<PlannedGroup> groups, Set<Integer> rows) {
    Set<PlannedGroup> named = Collections.newSetFromMap(new IdentityHashMap<>());
    int row = 0;
    for (PlannedGroup group : groups) {
      for (int i = 0; i < group.planned().size(); i++) {
        row++;
        if (rows.contains(row)) {
          named.add(group);
        }
      }
    }
    return named;
  }

  private void change(List<Planned> all, List<Planned> created) {
    List<Planned> changed = all.stream().filter(planned -> !NewSchedules.isNew(planned)).toList();
    database
        .core()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              LeaderFence.hold(sql, leaderEpoch);
              lockDestinations(sql, changed);
              ScheduleCalendars.write(sql, all);
              closeRevisions(sql, changed);
              sql.connection(
                  connection -> {
                    insertRevisions(connection, changed);
                    if (!created.isEmpty()) {
                      NewSchedules.insert(connection, leaderEpoch, created);
                    }
                  });
              updateSchedules(sql, changed);
              noteRequests(sql, changed);
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

  private static StoredSchedule.Content content(Planned planned) {
    return planned.mutation().after().content();
  }

  private static CatchUp catchUp(Planned planned) {
    return content(planned).catchUp();
  }

  /** A destination cannot be deleted while a schedule that points to it is being written. */
  private static void lockDestinations(DSLContext sql, List<Planned> all) {
    TreeSet<Integer> wanted = new TreeSet<>();
    for (Planned planned : all) {
      if (!planned.mutation().deletes()) {
        wanted.add(content(planned).destination());
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
      if (planned.storesRevision()) {
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
      insert.setArray(4, columns.longs(NewSchedules::validFrom));
      // What is stored while the schedule is paused holds for no time at all.
      insert.setArray(5, columns.booleans(planned -> planned.opened() != null));
      insert.setArray(6, columns.texts(planned -> content(planned).spec()));
      insert.setArray(7, columns.longs(planned -> catchUp(planned).windowMicros()));
      insert.setArray(8, columns.longs(planned -> content(planned).destination()));
      insert.setArray(9, columns.bytes(planned -> content(planned).payload()));
      insert.setArray(10, columns.texts(planned -> content(planned).payloadType()));
      insert.setArray(11, columns.longs(planned -> catchUp(planned).limit()));
      insert.setArray(12, columns.longs(planned -> catchUp(planned).graceMicros()));
      insert.setArray(13, columns.longs(NewSchedules::nominalAfter));
      insert.setArray(14, columns.texts(planned -> ScheduleSpec.tzdbVersion()));
      insert.executeUpdate();
    }
  }

  private static void updateSchedules(DSLContext sql, List<Planned> changed) {
    BatchBindStep batch =
        sql.batch(
            sql.update(SCHEDULE)
                .set(SCHEDULE.DISPLAY_NAME, "")
                .set(SCHEDULE.LABELS, Schedules.json(java.util.Map.of()))
                .set(SCHEDULE.STATE, ScheduleState.ACTIVE)
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
    for (Planned planned : changed) {
      StoredSchedule after = planned.result();
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
    }
    if (!changed.isEmpty()) {
      checkCounts(batch.execute());
    }
  }

  /** After what finds that the same write is there already: its own request is no other one. */
  private static void noteRequests(DSLContext sql, List<Planned> changed) {
    for (Planned planned : changed) {
      Mutation mutation = planned.mutation();
      try {
        Requests.note(
            sql,
            new Requests.Request(
                mutation.after().tenant(), mutation.requestId(), mutation.fingerprint()),
            mutation.schedule(),
            planned.effective());
      } catch (Requests.UsedException e) {
        throw new RejectedWriteException("REQUEST_ID_REUSED");
      }
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
  public static String rejection(RuntimeException failure) {
    if (failure instanceof RejectedWriteException) {
      return failure.getMessage();
    }
    return failure instanceof DataAccessException ? WriteFault.refusal(failure) : null;
  }

  /** A write that PostgreSQL could do but must not. */
  public static final class RejectedWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Those that are the reason, whatever else is written; empty if that is not known. */
    private final transient Set<PlannedGroup> reasons;

    public RejectedWriteException(String reason) {
      this(reason, Set.of());
    }

    public RejectedWriteException(String reason, Set<PlannedGroup> reasons) {
      super(reason);
      this.reasons = reasons;
    }

    public Set<PlannedGroup> reasons() {
      return reasons;
    }
  }
}
