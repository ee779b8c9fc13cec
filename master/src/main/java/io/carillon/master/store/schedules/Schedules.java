package io.carillon.master.store.schedules;

import static io.carillon.master.store.jooq.Tables.CREATE_REQUEST;
import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;
import static io.carillon.master.store.jooq.Tables.TENANT;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.carillon.common.schedule.CatchUp;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Content;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.master.store.operations.StoredOperation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Reads of schedules. Always from the primary, so what was answered to a client is seen by the next
 * read.
 */
public final class Schedules {

  private static final Gson GSON = new Gson();

  /** The increment of the sequence schedule_num. */
  public static final int NUM_BLOCK = 1024;

  private static final Field<String> EACH = DSL.field("each.text", String.class);

  private final DSLContext sql;

  public Schedules(DSLContext sql) {
    this.sql = sql;
  }

  public boolean tenantExists(String tenant) {
    return sql.fetchExists(TENANT, TENANT.ID.eq(tenant));
  }

  /** The schedule of that name that is not deleted. */
  public Optional<StoredSchedule> find(String tenant, String id) {
    return select()
        .where(SCHEDULE.TENANT_ID.eq(tenant))
        .and(SCHEDULE.ID.eq(id))
        .and(SCHEDULE.STATE.ne(ScheduleState.DELETED))
        .fetchOptional(Schedules::schedule);
  }

  public Optional<StoredSchedule> find(long num) {
    return select().where(SCHEDULE.NUM.eq(num)).fetchOptional(Schedules::schedule);
  }

  /** Those of these numbers, deleted or not, by number. */
  public List<StoredSchedule> find(Collection<Long> nums) {
    return select()
        .where("schedule.num = any({0})", DSL.val(nums.toArray(Long[]::new)))
        .orderBy(SCHEDULE.NUM)
        .fetch(Schedules::schedule);
  }

  /** Which of these ids are taken. */
  public List<String> taken(String tenant, Collection<String> ids) {
    return sql.select(SCHEDULE.ID)
        .from(each(ids))
        .crossApply(
            DSL.select(SCHEDULE.ID)
                .from(SCHEDULE)
                .where(SCHEDULE.TENANT_ID.eq(tenant))
                .and(SCHEDULE.ID.eq(EACH))
                .and(SCHEDULE.STATE.ne(ScheduleState.DELETED))
                .limit(1)
                .asTable(SCHEDULE.getName()))
        .fetch(SCHEDULE.ID);
  }

  /** The first of a block of {@value #NUM_BLOCK} numbers that no schedule had before. */
  public long newNums() {
    return sql.nextval("schedule_num").longValueExact();
  }

  /** What a create request with an id made before. */
  public record CreateRequest(long schedule, byte[] fingerprint) {}

  /** Those of these request ids that were used before. */
  public Map<String, CreateRequest> requests(String tenant, Collection<String> requestIds) {
    if (requestIds.isEmpty()) {
      return Map.of();
    }
    return sql.select(CREATE_REQUEST.fields())
        .from(each(requestIds))
        .crossApply(
            DSL.selectFrom(CREATE_REQUEST)
                .where(CREATE_REQUEST.TENANT_ID.eq(tenant))
                .and(CREATE_REQUEST.REQUEST_ID.eq(EACH))
                .limit(1)
                .asTable(CREATE_REQUEST.getName()))
        .fetchMap(
            CREATE_REQUEST.REQUEST_ID,
            row ->
                new CreateRequest(
                    row.get(CREATE_REQUEST.SCHEDULE_NUM), row.get(CREATE_REQUEST.FINGERPRINT)));
  }

  /**
   * Texts as rows, for a look-up of each by key: one bind value for any number of them. Neither a
   * list nor "= any": of a table that is new, and thought small, PostgreSQL would compare every row
   * with every text.
   */
  private static Table<?> each(Collection<String> texts) {
    return DSL.table("unnest({0}) as each (text)", DSL.val(texts.toArray(String[]::new)));
  }

  /** A destination that is not deleted. */
  public Optional<Integer> destination(String tenant, String id) {
    return sql.select(DESTINATION.NUM)
        .from(DESTINATION)
        .where(DESTINATION.TENANT_ID.eq(tenant))
        .and(DESTINATION.ID.eq(id))
        .and(DESTINATION.DELETE_TIME.isNull())
        .fetchOptional(DESTINATION.NUM);
  }

  /** How a schedule that is not deleted stands at a time. */
  public enum Phase {
    /** It still fires. */
    ACTIVE,
    PAUSED,
    /** Its spec has no time any more. */
    COMPLETED;

    private Condition at(long now) {
      // A pause may have an end, after which nothing is written.
      Condition pauses = SCHEDULE.STATE.eq(ScheduleState.PAUSED).and(SCHEDULE.PAUSE_UNTIL.gt(now));
      return switch (this) {
        case ACTIVE -> DSL.not(pauses).and(SCHEDULE.ENDS_AT.gt(now));
        case PAUSED -> pauses;
        case COMPLETED -> DSL.not(pauses).and(SCHEDULE.ENDS_AT.le(now));
      };
    }
  }

  /**
   * Schedules that are not deleted, by id.
   *
   * @param afterId only those with a greater one
   * @param labels all of which they must have
   * @param phases one of which they must be in at {@code now}
   */
  public List<StoredSchedule> list(
      String tenant,
      String afterId,
      Map<String, String> labels,
      Set<Phase> phases,
      long now,
      int limit) {
    Condition states = DSL.or(phases.stream().sorted().map(phase -> phase.at(now)).toList());
    Condition matching =
        SCHEDULE
            .TENANT_ID
            .eq(tenant)
            .and(SCHEDULE.STATE.ne(ScheduleState.DELETED))
            .and(SCHEDULE.ID.gt(afterId))
            .and(states);
    if (!labels.isEmpty()) {
      matching = matching.and(hasAll(labels));
    }
    return select().where(matching).orderBy(SCHEDULE.ID).limit(limit).fetch(Schedules::schedule);
  }

  /**
   * Schedules that are to be changed together.
   *
   * @param tenant {@link StoredOperation#ALL} for every one
   * @param labels all of which they must have
   * @param paused whether those that are paused are meant, or those that fire
   * @param pauseOperation number of the operation that paused them; 0 for any
   * @param createdBy none that is younger
   */
  public record Selection(
      String tenant,
      Map<String, String> labels,
      boolean paused,
      long pauseOperation,
      long createdBy) {}

  /** Those selected that have a number above {@code afterNum}, by number. */
  public List<StoredSchedule> selected(Selection of, long afterNum, long now, int limit) {
    return select()
        .where(matching(of, now))
        .and(SCHEDULE.NUM.gt(afterNum))
        .orderBy(SCHEDULE.NUM)
        .limit(limit)
        .fetch(Schedules::schedule);
  }

  public long count(Selection of, long now) {
    return sql.selectCount().from(SCHEDULE).where(matching(of, now)).fetchSingle().value1();
  }

  /** How many with a number above {@code afterNum} an operation has paused. */
  public long countPausedBy(long operation, long afterNum) {
    return sql.selectCount()
        .from(SCHEDULE)
        .where(SCHEDULE.NUM.gt(afterNum))
        .and(SCHEDULE.STATE.eq(ScheduleState.PAUSED))
        .and(SCHEDULE.PAUSE_OPERATION.eq(operation))
        .fetchSingle()
        .value1();
  }

  private static Condition matching(Selection of, long now) {
    Condition paused = SCHEDULE.STATE.eq(ScheduleState.PAUSED).and(SCHEDULE.PAUSE_UNTIL.gt(now));
    Condition pausedOnce =
        SCHEDULE.STATE.eq(ScheduleState.PAUSED).and(SCHEDULE.PAUSE_UNTIL.le(now));
    Condition active = SCHEDULE.STATE.eq(ScheduleState.ACTIVE).or(pausedOnce);
    Condition matching =
        SCHEDULE
            .CREATE_TIME
            .le(of.createdBy())
            .and(of.paused() ? paused : active.and(SCHEDULE.ENDS_AT.gt(now)));
    if (!of.tenant().equals(StoredOperation.ALL)) {
      matching = matching.and(SCHEDULE.TENANT_ID.eq(of.tenant()));
    }
    if (of.pauseOperation() != 0) {
      matching = matching.and(SCHEDULE.PAUSE_OPERATION.eq(of.pauseOperation()));
    }
    return of.labels().isEmpty() ? matching : matching.and(hasAll(of.labels()));
  }

  private static Condition hasAll(Map<String, String> labels) {
    return DSL.condition("labels @> {0}", DSL.val(json(labels)));
  }

  static JSONB json(Map<String, String> labels) {
    return JSONB.valueOf(GSON.toJson(new TreeMap<>(labels)));
  }

  private SelectOnConditionStep<? extends Record> select() {
    return sql.select(SCHEDULE.fields())
        .select(
            REVISION.SPEC,
            REVISION.CATCH_UP_WINDOW,
            REVISION.CATCH_UP_LIMIT,
            REVISION.CATCH_UP_GRACE,
            REVISION.DESTINATION_NUM,
            REVISION.PAYLOAD,
            REVISION.PAYLOAD_TYPE,
            REVISION.TZDB_VERSION)
        .select(DESTINATION.ID.as("destination_id"))
        .from(SCHEDULE)
        .join(REVISION)
        .on(REVISION.SCHEDULE_NUM.eq(SCHEDULE.NUM))
        .and(REVISION.VERSION.eq(SCHEDULE.REVISION_VERSION))
        .join(DESTINATION)
        .on(DESTINATION.NUM.eq(REVISION.DESTINATION_NUM));
  }

  private static StoredSchedule schedule(Record row) {
    Content content =
        new Content(
            row.get(SCHEDULE.DISPLAY_NAME),
            GSON.fromJson(
                row.get(SCHEDULE.LABELS).data(),
                new TypeToken<TreeMap<String, String>>() {}.getType()),
            row.get(REVISION.SPEC),
            row.get(SCHEDULE.ENDS_AT),
            new CatchUp(
                row.get(REVISION.CATCH_UP_WINDOW),
                row.get(REVISION.CATCH_UP_LIMIT),
                row.get(REVISION.CATCH_UP_GRACE)),
            row.get(REVISION.DESTINATION_NUM),
            row.get("destination_id", String.class),
            row.get(REVISION.PAYLOAD),
            row.get(REVISION.PAYLOAD_TYPE));
    return new StoredSchedule(
        row.get(SCHEDULE.NUM),
        row.get(SCHEDULE.TENANT_ID),
        row.get(SCHEDULE.ID),
        row.get(SCHEDULE.PARTITION),
        content,
        row.get(SCHEDULE.STATE),
        new Pause(
            row.get(SCHEDULE.PAUSE_REASON),
            row.get(SCHEDULE.PAUSE_BY),
            row.get(SCHEDULE.PAUSE_SINCE),
            row.get(SCHEDULE.PAUSE_UNTIL),
            row.get(SCHEDULE.PAUSE_OPERATION)),
        row.get(SCHEDULE.VERSION),
        row.get(SCHEDULE.REVISION_VERSION),
        row.get(SCHEDULE.CREATE_TIME),
        row.get(SCHEDULE.UPDATE_TIME),
        row.get(SCHEDULE.EFFECTIVE_TIME),
        row.get(REVISION.TZDB_VERSION));
  }
}
