package io.carillon.master.store.delivery;

import static io.carillon.master.store.jooq.Tables.DELIVERY_CURSOR;
import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.PARKED_FIRE;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;
import static io.carillon.master.store.jooq.Tables.TENANT;

import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.store.jooq.tables.records.DestinationRecord;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.KeyedRead;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Records;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** The destinations of tenants. Every call is blocking. */
public final class Destinations {

  private final Database database;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public Destinations(Database database, long epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  public boolean tenantExists(String tenant) {
    return database.api().fetchExists(DSL.selectOne().from(TENANT).where(TENANT.ID.eq(tenant)));
  }

  /** By its number; empty if it was deleted. */
  public Optional<StoredDestination> find(int num) {
    return find(DESTINATION.NUM.eq(num).and(DESTINATION.DELETE_TIME.isNull()));
  }

  public Optional<StoredDestination> find(String tenant, String id) {
    return find(named(tenant, id));
  }

  private Optional<StoredDestination> find(Condition which) {
    return database
        .api()
        .selectFrom(DESTINATION)
        .where(which)
        .fetchOptional(Destinations::destination);
  }

  private static Condition named(String tenant, String id) {
    return DESTINATION
        .TENANT_ID
        .eq(tenant)
        .and(DESTINATION.ID.eq(id))
        .and(DESTINATION.DELETE_TIME.isNull());
  }

  /** By id, those after {@code lastId}. */
  public List<StoredDestination> list(String tenant, String lastId, int limit) {
    return database
        .api()
        .selectFrom(DESTINATION)
        .where(DESTINATION.TENANT_ID.eq(tenant))
        .and(DESTINATION.DELETE_TIME.isNull())
        .and(DESTINATION.ID.gt(lastId))
        .orderBy(DESTINATION.ID)
        .limit(limit)
        .fetch(Destinations::destination);
  }

  /** Counts of a destination, from what is durable. */
  public record Standing(long cursor, long parked, long dead) {}

  public Map<Integer, Standing> standings(Collection<Integer> nums) {
    Map<Integer, Standing> standings = new HashMap<>();
    var cursors =
        database
            .api()
            .selectFrom(DELIVERY_CURSOR)
            .where(DELIVERY_CURSOR.DESTINATION_NUM.in(nums))
            .fetchMap(DELIVERY_CURSOR.DESTINATION_NUM, DELIVERY_CURSOR.SEQ);
    var dead = DSL.count().filterWhere(PARKED_FIRE.DEAD);
    var waiting = DSL.count().filterWhere(DSL.not(PARKED_FIRE.DEAD));
    var counts =
        database
            .api()
            .select(PARKED_FIRE.DESTINATION_NUM, waiting, dead)
            .from(PARKED_FIRE)
            .where(PARKED_FIRE.DESTINATION_NUM.in(nums))
            .groupBy(PARKED_FIRE.DESTINATION_NUM)
            .fetchMap(PARKED_FIRE.DESTINATION_NUM);
    for (int num : nums) {
      var row = counts.get(num);
      standings.put(
          num,
          new Standing(
              cursors.getOrDefault(num, 0L),
              row == null ? 0 : row.value2(),
              row == null ? 0 : row.value3()));
    }
    return standings;
  }

  /**
   * A fire with a row of its own.
   *
   * @param nextMicros not to be sent again before; for a dead letter, when it died
   * @param lastError why the last attempt failed; empty if none has
   */
  public record Parked(
      long seq,
      String tenant,
      long schedule,
      String scheduleId,
      long nominalMicros,
      int kind,
      int attempts,
      long nextMicros,
      boolean dead,
      String lastError) {}

  /** By seq, those after {@code lastSeq}. */
  public List<Parked> parked(int num, long lastSeq, int limit) {
    var page =
        DSL.selectFrom(PARKED_FIRE)
            .where(PARKED_FIRE.DESTINATION_NUM.eq(num))
            .and(PARKED_FIRE.SEQ.gt(lastSeq))
            .orderBy(PARKED_FIRE.SEQ)
            .limit(limit)
            .asTable("page");
    return KeyedRead.run(
        database.api(),
        connection ->
            DSL.using(connection, SQLDialect.POSTGRES)
                .select(
                    page.field(PARKED_FIRE.SEQ),
                    SCHEDULE.TENANT_ID,
                    SCHEDULE.NUM,
                    SCHEDULE.ID,
                    page.field(PARKED_FIRE.NOMINAL_TIME),
                    page.field(PARKED_FIRE.KIND),
                    page.field(PARKED_FIRE.ATTEMPTS),
                    page.field(PARKED_FIRE.NEXT_TIME),
                    page.field(PARKED_FIRE.DEAD),
                    page.field(PARKED_FIRE.LAST_ERROR))
                .from(page)
                .join(SCHEDULE)
                .on(SCHEDULE.NUM.eq(page.field(PARKED_FIRE.SCHEDULE_NUM)))
                .orderBy(page.field(PARKED_FIRE.SEQ))
                .fetch(Records.mapping(Parked::new)));
  }

  /**
   * Stores a new one, which gets the fires recorded from now on.
   *
   * @param draft its number and version are not looked at
   * @param request is noted with it
   * @return empty if the name is taken
   */
  public Optional<StoredDestination> create(StoredDestination draft, Request request) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          DestinationRecord row = new DestinationRecord();
          row.setNum(transaction.nextval("destination_num").intValueExact());
          row.setTenantId(draft.tenant());
          row.setId(draft.id());
          row.setKind(draft.kind());
          row.setVersion(1L);
          row.setCreateTime(draft.createTime());
          fill(row, draft, draft.createTime());
          if (transaction.insertInto(DESTINATION).set(row).onConflictDoNothing().execute() == 0) {
            return Optional.empty();
          }
          Requests.note(transaction, request, row.getNum(), draft.createTime());
          // No fire of it can be in the log yet, whose end may be behind what is read here.
          transaction.execute(
              "insert into delivery_cursor (destination_num, seq)"
                  + " select ?, coalesce(max(last_seq), 0) from partition_state",
              row.getNum());
          return Optional.of(destination(row));
        });
  }

  private static void fill(DestinationRecord row, StoredDestination destination, long now) {
    row.setDisplayName(destination.displayName());
    row.setAckTimeout(destination.policy().ackTimeoutMicros());
    row.setMaxAttempts(destination.policy().maxAttempts());
    row.setUpdateTime(now);
  }

  /**
   * Changes one in place and gives it a new version.
   *
   * @param change gets the destination, locked against changes of others; throws to leave it as it
   *     is
   * @param request is noted with it
   * @return empty if there is none
   */
  public Optional<StoredDestination> update(
      String tenant,
      String id,
      long now,
      Request request,
      UnaryOperator<StoredDestination> change) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          DestinationRecord row = lock(transaction, tenant, id);
          if (row == null) {
            return Optional.empty();
          }
          fill(row, change.apply(destination(row)), now);
          row.setVersion(row.getVersion() + 1);
          row.update();
          Requests.note(transaction, request, row.getNum(), now);
          return Optional.of(destination(row));
        });
  }

  /** How a deletion ended. */
  public enum Deletion {
    DELETED,
    NOT_FOUND,
    /** Schedules that are not deleted send their fires to it. */
    IN_USE
  }

  /** A deletion, and what was deleted. */
  public record Deleted(Deletion outcome, int num) {}

  /**
   * @param check gets the destination, locked against changes of others; throws to leave it as it
   *     is
   * @param request is noted with it
   */
  public Deleted delete(
      String tenant, String id, long now, Request request, Consumer<StoredDestination> check) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          // Writers of schedules hold the row FOR SHARE: none can begin to use it meanwhile.
          DestinationRecord row = lock(transaction, tenant, id);
          if (row == null) {
            return new Deleted(Deletion.NOT_FOUND, 0);
          }
          check.accept(destination(row));
          if (isUsed(transaction, tenant, row.getNum())) {
            return new Deleted(Deletion.IN_USE, row.getNum());
          }
          row.setDeleteTime(now);
          row.setUpdateTime(now);
          row.setVersion(row.getVersion() + 1);
          row.update();
          Requests.note(transaction, request, row.getNum(), now);
          return new Deleted(Deletion.DELETED, row.getNum());
        });
  }

  private static boolean isUsed(DSLContext transaction, String tenant, int num) {
    return transaction.fetchExists(
        DSL.selectOne()
            .from(SCHEDULE)
            .join(REVISION)
            .on(REVISION.SCHEDULE_NUM.eq(SCHEDULE.NUM))
            .and(REVISION.VERSION.eq(SCHEDULE.REVISION_VERSION))
            .where(SCHEDULE.TENANT_ID.eq(tenant))
            .and(SCHEDULE.STATE.ne(ScheduleState.DELETED))
            .and(REVISION.DESTINATION_NUM.eq(num)));
  }

  private static DestinationRecord lock(DSLContext transaction, String tenant, String id) {
    return transaction.selectFrom(DESTINATION).where(named(tenant, id)).forUpdate().fetchOne();
  }

  private static StoredDestination destination(DestinationRecord row) {
    return new StoredDestination(
        row.getNum(),
        row.getTenantId(),
        row.getId(),
        row.getKind(),
        row.getDisplayName(),
        new DeliveryPolicy(row.getAckTimeout(), row.getMaxAttempts()),
        row.getVersion(),
        row.getCreateTime(),
        row.getUpdateTime());
  }
}
