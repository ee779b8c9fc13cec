package io.carillon.master.store.operations;

import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.FIRE;
import static io.carillon.master.store.jooq.Tables.OPERATION;
import static io.carillon.master.store.jooq.Tables.REVISION;

import io.carillon.common.fire.FireKind;
import io.carillon.master.store.jooq.tables.records.OperationRecord;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.operations.StoredOperation.Order;
import io.carillon.master.store.operations.StoredOperation.Progress;
import io.carillon.master.store.sql.Database;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Operations, and what they read beside schedules. Every call is blocking. */
public final class Operations {

  private final Database database;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public Operations(Database database, long epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  public Optional<StoredOperation> find(long num) {
    return database
        .api()
        .selectFrom(OPERATION)
        .where(OPERATION.NUM.eq(num))
        .fetchOptional(Operations::operation);
  }

  /**
   * The operation that a request with this id began.
   *
   * @param schedule that it is of; 0: of many
   */
  public Optional<StoredOperation> find(String tenant, long schedule, String requestId) {
    return requestId.isEmpty()
        ? Optional.empty()
        : database
            .api()
            .selectFrom(OPERATION)
            .where(OPERATION.TENANT_ID.eq(tenant))
            .and(OPERATION.SCHEDULE_NUM.eq(schedule))
            .and(OPERATION.REQUEST_ID.eq(requestId))
            // Written out, so that PostgreSQL sees that the partial index holds what is asked for.
            .and(OPERATION.REQUEST_ID.ne(DSL.inline("")))
            .fetchOptional(Operations::operation);
  }

  /**
   * Latest first, those with numbers below {@code before}.
   *
   * @param tenant {@link StoredOperation#ALL} for every one
   */
  public List<StoredOperation> list(String tenant, boolean running, long before, int limit) {
    Condition matching = OPERATION.NUM.lt(before);
    if (!tenant.equals(StoredOperation.ALL)) {
      matching = matching.and(OPERATION.TENANT_ID.eq(tenant));
    }
    if (running) {
      matching = matching.and(OPERATION.END_TIME.isNull());
    }
    return database
        .api()
        .selectFrom(OPERATION)
        .where(matching)
        .orderBy(OPERATION.NUM.desc())
        .limit(limit)
        .fetch(Operations::operation);
  }

  /**
   * Stores a new one.
   *
   * @param order a backfill gets the next number of its schedule
   * @param position up to where nothing is to be done
   * @return the one that a request of the same id began before, if there is one; empty if the
   *     schedule can have no more backfills
   */
  public synchronized Optional<StoredOperation> begin(Order order, long position) {
    Optional<StoredOperation> begun = find(order.tenant(), order.schedule(), order.requestId());
    if (begun.isPresent()) {
      return begun;
    }
    int backfill = order.kind() == OperationKind.BACKFILL ? nextBackfill(order.schedule()) : 0;
    if (backfill > FireKind.MAX_BACKFILL) {
      return Optional.empty();
    }
    OperationRecord row = row(order, backfill, position);
    write(
        transaction -> {
          row.setNum(transaction.nextval("operation_num").longValueExact());
          transaction.insertInto(OPERATION).set(row).execute();
        });
    return Optional.of(operation(row));
  }

  private int nextBackfill(long schedule) {
    return database
            .api()
            .select(DSL.coalesce(DSL.max(OPERATION.BACKFILL), 0))
            .from(OPERATION)
            .where(OPERATION.SCHEDULE_NUM.eq(schedule))
            .and(OPERATION.BACKFILL.gt(DSL.inline(0)))
            .fetchSingle()
            .value1()
        + 1;
  }

  /**
   * Stores how far one has come, unless it has ended.
   *
   * @return whether it is to stop
   */
  public boolean progress(long num, Progress progress, long now) {
    return LeaderFence.write(
        database.api(),
        epoch,
        transaction ->
            transaction
                .update(OPERATION)
                .set(OPERATION.DONE, progress.done())
                .set(OPERATION.POSITION, progress.position())
                .set(OPERATION.ERROR, progress.error())
                .set(OPERATION.UPDATE_TIME, now)
                .where(OPERATION.NUM.eq(num))
                .and(OPERATION.END_TIME.isNull())
                .returning(OPERATION.CANCELLED)
                .fetchOptional(OPERATION.CANCELLED)
                .orElse(true));
  }

  /** Stores how one ended, unless it has already. */
  public void end(long num, OperationState state, Progress progress, long now) {
    write(
        transaction ->
            transaction
                .update(OPERATION)
                .set(OPERATION.STATE, state)
                .set(OPERATION.DONE, progress.done())
                .set(OPERATION.POSITION, progress.position())
                .set(OPERATION.ERROR, progress.error())
                .set(OPERATION.UPDATE_TIME, now)
                .set(OPERATION.END_TIME, now)
                .where(OPERATION.NUM.eq(num))
                .and(OPERATION.END_TIME.isNull())
                .execute());
  }

  /** Wants one to stop. No effect on one that has ended. */
  public void cancel(long num) {
    write(
        transaction ->
            transaction
                .update(OPERATION)
                .set(OPERATION.CANCELLED, true)
                .where(OPERATION.NUM.eq(num))
                .and(OPERATION.END_TIME.isNull())
                .execute());
  }

  /**
   * Forgets those that ended before this time; but not backfills, which are what their fires are
   * proven by, and whose numbers are in the ids of these and never given again.
   */
  public void forgetEnded(long before) {
    write(
        transaction ->
            transaction
                .deleteFrom(OPERATION)
                .where(OPERATION.END_TIME.lt(before))
                .and(OPERATION.BACKFILL.eq(0))
                .execute());
  }

  /** What the fires of a revision are made of. */
  public record Origin(String spec, int destination) {}

  public Origin origin(long schedule, long version) {
    return database
        .api()
        .select(REVISION.SPEC, REVISION.DESTINATION_NUM)
        .from(REVISION)
        .where(REVISION.SCHEDULE_NUM.eq(schedule))
        .and(REVISION.VERSION.eq(version))
        .fetchSingle(row -> new Origin(row.value1(), row.value2()));
  }

  public boolean isDestinationThere(int destination) {
    return database
        .api()
        .fetchExists(
            DESTINATION, DESTINATION.NUM.eq(destination).and(DESTINATION.DELETE_TIME.isNull()));
  }

  /**
   * The last nominal time in {@code [from, to)} that the log has of a backfill.
   *
   * @return empty if it has none
   */
  public Optional<Long> lastRecorded(long schedule, int backfill, long from, long to) {
    return Optional.ofNullable(
        database
            .api()
            .select(DSL.max(FIRE.NOMINAL_TIME))
            .from(FIRE)
            .where(FIRE.SCHEDULE_NUM.eq(schedule))
            .and(FIRE.KIND.eq((short) FireKind.BACKFILL.code(backfill)))
            // Written out, so that PostgreSQL sees that the partial index holds what is asked for.
            .and(FIRE.KIND.ne(DSL.inline((short) 0)))
            .and(FIRE.NOMINAL_TIME.ge(from))
            .and(FIRE.NOMINAL_TIME.lt(to))
            .fetchSingle()
            .value1());
  }

  private void write(Consumer<DSLContext> change) {
    LeaderFence.write(
        database.api(),
        epoch,
        transaction -> {
          change.accept(transaction);
          return null;
        });
  }

  private static OperationRecord row(Order order, int backfill, long position) {
    OperationRecord row = new OperationRecord();
    row.setKind(order.kind());
    row.setState(OperationState.RUNNING);
    row.setTenantId(order.tenant());
    row.setSubject(order.subject());
    row.setScheduleNum(order.schedule());
    row.setBackfill(backfill);
    row.setVersion(order.version());
    row.setRequestId(order.requestId());
    row.setRequest(order.request());
    row.setDescription(order.description());
    row.setDone(0L);
    row.setTotal(order.total());
    row.setPosition(position);
    row.setCancelled(false);
    row.setError("");
    row.setCreateTime(order.createTime());
    row.setUpdateTime(order.createTime());
    return row;
  }

  private static StoredOperation operation(OperationRecord row) {
    return new StoredOperation(
        row.getNum(),
        row.getBackfill(),
        new Order(
            row.getKind(),
            row.getTenantId(),
            row.getSubject(),
            row.getScheduleNum(),
            row.getVersion(),
            row.getRequestId(),
            row.getRequest(),
            row.getDescription(),
            row.getTotal(),
            row.getCreateTime()),
        row.getState(),
        new Progress(row.getDone(), row.getPosition(), row.getError()),
        row.getCancelled(),
        row.getUpdateTime(),
        row.getEndTime() == null ? 0 : row.getEndTime());
  }
}
