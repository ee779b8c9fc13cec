package io.carillon.master.store;

import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;

import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.store.jooq.tables.records.CreateRequestRecord;
import io.carillon.master.store.jooq.tables.records.RevisionRecord;
import io.carillon.master.store.jooq.tables.records.ScheduleRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jooq.BatchBindStep;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Writes of the schedule lane: many mutations in one transaction that is fenced by the leader
 * epoch.
 */
public final class ScheduleStore {

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
              closeRevisions(sql, all);
              sql.batchInsert(revisions(all)).execute();
              sql.batchInsert(creations(all)).execute();
              updateSchedules(sql, all);
              sql.batchInsert(requests(all)).execute();
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

  /** A destination cannot be deleted while a schedule that points to it is being written. */
  private static void lockDestinations(DSLContext sql, List<Planned> all) {
    TreeSet<Integer> wanted = new TreeSet<>();
    for (Planned planned : all) {
      if (!planned.mutation().deletes()) {
        wanted.add(write(planned).after().destination());
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

  private static List<RevisionRecord> revisions(List<Planned> all) {
    List<RevisionRecord> records = new ArrayList<>();
    for (Planned planned : all) {
      ScheduleWrite write = write(planned);
      if (!write.storesRevision(planned)) {
        continue;
      }
      StoredSchedule after = write.after();
      RevisionRecord record = new RevisionRecord();
      record.setScheduleNum(after.num());
      record.setVersion(planned.version());
      record.setPartition(after.partition());
      record.setValidFrom(planned.effective());
      // What is stored while the schedule is paused holds for no time at all.
      boolean opens = planned.opened() != null;
      record.setValidTo(opens ? null : Long.valueOf(planned.effective()));
      record.setClosedByVersion(opens ? null : Long.valueOf(planned.version()));
      record.setSpec(after.spec());
      record.setCatchUpWindow(after.catchUpWindow());
      record.setDestinationNum(after.destination());
      record.setPayload(after.payload());
      record.setPayloadType(after.payloadType());
      records.add(record);
    }
    return records;
  }

  private static List<ScheduleRecord> creations(List<Planned> all) {
    List<ScheduleRecord> records = new ArrayList<>();
    for (Planned planned : all) {
      if (planned.mutation().expectedVersion() == 0) {
        StoredSchedule after = ScheduleWrite.result(planned);
        ScheduleRecord record = new ScheduleRecord();
        record.setNum(after.num());
        record.setTenantId(after.tenant());
        record.setId(after.id());
        record.setPartition(after.partition());
        record.setDisplayName(after.displayName());
        record.setLabels(Schedules.json(after.labels()));
        record.setState(after.state());
        record.setPauseReason(after.pauseReason());
        record.setVersion(after.version());
        record.setRevisionVersion(after.revisionVersion());
        record.setCreateTime(after.createTime());
        record.setUpdateTime(after.updateTime());
        record.setEffectiveTime(after.effectiveTime());
        record.setEndsAt(after.endsAt());
        records.add(record);
      }
    }
    return records;
  }

  private static void updateSchedules(DSLContext sql, List<Planned> all) {
    BatchBindStep batch =
        sql.batch(
            sql.update(SCHEDULE)
                .set(SCHEDULE.DISPLAY_NAME, "")
                .set(SCHEDULE.LABELS, Schedules.json(java.util.Map.of()))
                .set(SCHEDULE.STATE, 0)
                .set(SCHEDULE.PAUSE_REASON, "")
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
                after.displayName(),
                Schedules.json(after.labels()),
                after.state(),
                after.pauseReason(),
                after.version(),
                after.revisionVersion(),
                after.updateTime(),
                after.effectiveTime(),
                after.endsAt(),
                after.num(),
                planned.mutation().expectedVersion());
        updates++;
      }
    }
    if (updates > 0) {
      checkCounts(batch.execute());
    }
  }

  private static List<CreateRequestRecord> requests(List<Planned> all) {
    List<CreateRequestRecord> records = new ArrayList<>();
    for (Planned planned : all) {
      ScheduleWrite write = write(planned);
      if (!write.requestId().isEmpty()) {
        CreateRequestRecord record = new CreateRequestRecord();
        record.setTenantId(write.after().tenant());
        record.setRequestId(write.requestId());
        record.setFingerprint(write.fingerprint());
        record.setScheduleNum(write.after().num());
        record.setCreateTime(planned.effective());
        records.add(record);
      }
    }
    return records;
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
  private static final class RejectedWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedWriteException(String reason) {
      super(reason);
    }
  }
}
