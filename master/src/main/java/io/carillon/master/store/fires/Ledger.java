package io.carillon.master.store.fires;

import static io.carillon.master.store.jooq.Tables.DESTINATION;
import static io.carillon.master.store.jooq.Tables.FIRE;
import static io.carillon.master.store.jooq.Tables.FIRE_NOTE;
import static io.carillon.master.store.jooq.Tables.PARTITION_STATE;
import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;

import io.carillon.master.core.ScheduleState;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.KeyedRead;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.DSL;

/** Reads of the log for clients. Every call is blocking. */
public final class Ledger {

  private static final int MOST_NAMESAKES = 1000;

  /** Looked up for each row that is answered: a join would change how rows are found. */
  private static final Field<Boolean> REPAIRED =
      DSL.field(
              FIRE.KIND
                  .eq(DSL.inline((short) 0))
                  .and(
                      DSL.exists(
                          DSL.selectOne()
                              .from(FIRE_NOTE)
                              .where(FIRE_NOTE.NOMINAL_TIME.eq(FIRE.NOMINAL_TIME))
                              .and(FIRE_NOTE.SCHEDULE_NUM.eq(FIRE.SCHEDULE_NUM))
                              .and(FIRE_NOTE.KIND.eq(FIRE.KIND)))))
          .as("repaired");

  private final DSLContext sql;

  public Ledger(Database database) {
    this.sql = database.api();
  }

  /** Place of a fire in the order of the ledger. */
  public record Key(long nominal, long schedule, int kind) implements Comparable<Key> {

    private static final Comparator<Key> ORDER =
        Comparator.comparingLong(Key::nominal)
            .thenComparingLong(Key::schedule)
            .thenComparingInt(Key::kind);

    /** After every fire of this nominal time. */
    public static Key after(long nominal) {
      return new Key(nominal, Long.MAX_VALUE, Short.MAX_VALUE);
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A row of the log with the names that it is known by.
   *
   * @param destination null if it was never known
   * @param repaired whether it was made up for
   */
  public record Row(
      Key key,
      long seq,
      long recordedAt,
      long version,
      long partitionEpoch,
      long lastNominal,
      long skippedCount,
      int partition,
      int skipReason,
      String tenant,
      String scheduleId,
      String destination,
      boolean repaired) {}

  /** A revision, as far as it says when it fires. */
  public record Rule(long schedule, long validFrom, long nominalAfter, long validTo, String spec) {

    /**
     * No earlier time, nor this one, is of the revision: with jitter some may be before it began.
     */
    public long after() {
      return nominalAfter == Long.MIN_VALUE ? validFrom : Math.min(validFrom, nominalAfter);
    }
  }

  private SelectOnConditionStep<? extends Record> select() {
    return select(sql);
  }

  private static SelectOnConditionStep<? extends Record> select(DSLContext on) {
    return on.select(FIRE.fields())
        .select(SCHEDULE.TENANT_ID, SCHEDULE.ID, DESTINATION.ID)
        .select(REPAIRED)
        .from(FIRE)
        .join(SCHEDULE)
        .on(SCHEDULE.NUM.eq(FIRE.SCHEDULE_NUM))
        .leftJoin(DESTINATION)
        .on(DESTINATION.NUM.eq(FIRE.DESTINATION_NUM));
  }

  private static Row row(Record row) {
    return new Row(
        new Key(row.get(FIRE.NOMINAL_TIME), row.get(FIRE.SCHEDULE_NUM), row.get(FIRE.KIND)),
        row.get(FIRE.SEQ),
        row.get(FIRE.RECORDED_AT),
        row.get(FIRE.VERSION),
        row.get(FIRE.PARTITION_EPOCH),
        row.get(FIRE.LAST_NOMINAL),
        row.get(FIRE.SKIPPED_COUNT),
        row.get(FIRE.PARTITION),
        row.get(FIRE.SKIP_REASON),
        row.get(SCHEDULE.TENANT_ID),
        row.get(SCHEDULE.ID),
        row.get(DESTINATION.ID),
        row.get(REPAIRED));
  }

  static Condition at(Key key) {
    return FIRE.NOMINAL_TIME
        .eq(key.nominal())
        .and(FIRE.SCHEDULE_NUM.eq(key.schedule()))
        .and(FIRE.KIND.eq((short) key.kind()));
  }

  public Optional<Row> find(Key key) {
    return select().where(at(key)).fetchOptional(Ledger::row);
  }

  /** The skipped run of a schedule that reaches over a nominal time. */
  public Optional<Row> skippedRun(long schedule, long nominal) {
    return select()
        .where(FIRE.SCHEDULE_NUM.eq(schedule))
        .and(FIRE.NOMINAL_TIME.le(nominal))
        .and(FIRE.KIND.eq((short) 0))
        .and(FIRE.SKIP_REASON.ne(DSL.inline((short) 0)))
        .orderBy(FIRE.NOMINAL_TIME.desc())
        .limit(1)
        .fetchOptional(Ledger::row)
        .filter(run -> run.lastNominal() >= nominal);
  }

  /**
   * The schedule that has the name, or else all deleted ones that had it; none if there is none.
   */
  public List<Long> schedules(String tenant, String id) {
    List<Long> live =
        sql.select(SCHEDULE.NUM)
            .from(SCHEDULE)
            .where(SCHEDULE.TENANT_ID.eq(tenant))
            .and(SCHEDULE.ID.eq(id))
            .and(SCHEDULE.STATE.ne(ScheduleState.DELETED))
            .fetch(SCHEDULE.NUM);
    return live.isEmpty()
        ? sql.select(SCHEDULE.NUM)
            .from(SCHEDULE)
            .where(SCHEDULE.TENANT_ID.eq(tenant))
            .and(SCHEDULE.ID.eq(id))
            .orderBy(SCHEDULE.NUM.desc())
            .limit(MOST_NAMESAKES)
            .fetch(SCHEDULE.NUM)
        : live;
  }

  /** What these schedules owed, by the revisions that hold somewhere from {@code from} on. */
  public List<Rule> rules(Collection<Long> schedules, long from) {
    return sql.select(
            REVISION.SCHEDULE_NUM,
            REVISION.VALID_FROM,
            REVISION.NOMINAL_AFTER,
            REVISION.VALID_TO,
            REVISION.SPEC)
        .from(REVISION)
        .where(REVISION.SCHEDULE_NUM.in(schedules))
        .and(REVISION.VALID_TO.isNull().or(REVISION.VALID_TO.ge(from)))
        .orderBy(REVISION.SCHEDULE_NUM, REVISION.VALID_FROM)
        .fetch(
            row ->
                new Rule(
                    row.value1(),
                    row.value2(),
                    row.value3(),
                    row.value4() == null ? Long.MAX_VALUE : row.value4(),
                    row.value5()));
  }

  /** The scheduled fires of a schedule that have one of these nominal times, which rise. */
  public List<Row> scheduled(long schedule, long[] nominals) {
    Long[] boxed = java.util.Arrays.stream(nominals).boxed().toArray(Long[]::new);
    return KeyedRead.run(
        sql,
        connection ->
            select(DSL.using(connection, sql.dialect(), sql.settings()))
                .where(FIRE.NOMINAL_TIME.eq(DSL.any(boxed)))
                // Says which days to look at.
                .and(FIRE.NOMINAL_TIME.between(nominals[0], nominals[nominals.length - 1]))
                .and(FIRE.SCHEDULE_NUM.eq(schedule))
                .and(FIRE.KIND.eq((short) 0))
                .fetch(Ledger::row));
  }

  /**
   * Manual fires, backfills and skipped runs, which the spec does not tell, in {@code (after,
   * upTo]}.
   */
  public List<Row> unscheduled(Collection<Long> schedules, Key after, long upTo, int limit) {
    Condition range =
        FIRE.SCHEDULE_NUM.in(schedules).and(FIRE.NOMINAL_TIME.le(upTo)).and(beyond(after));
    // Written out, so that PostgreSQL sees that the partial indexes hold what is asked for.
    return select()
        .where(
            range.and(
                FIRE.KIND.ne(DSL.inline((short) 0)).or(FIRE.SKIP_REASON.ne(DSL.inline((short) 0)))))
        .orderBy(FIRE.NOMINAL_TIME, FIRE.SCHEDULE_NUM, FIRE.KIND)
        .limit(limit)
        .fetch(Ledger::row);
  }

  private static Condition beyond(Key after) {
    return FIRE.NOMINAL_TIME
        .ge(after.nominal())
        .and(
            DSL.row(FIRE.NOMINAL_TIME, FIRE.SCHEDULE_NUM, FIRE.KIND)
                .gt(after.nominal(), after.schedule(), (short) after.kind()));
  }

  /** All fires of a tenant after a key and before a nominal time. */
  public List<Row> ofTenant(String tenant, Key after, long before, int limit) {
    return select()
        .where(SCHEDULE.TENANT_ID.eq(tenant))
        .and(FIRE.NOMINAL_TIME.lt(before))
        .and(beyond(after))
        .orderBy(FIRE.NOMINAL_TIME, FIRE.SCHEDULE_NUM, FIRE.KIND)
        .limit(limit)
        .fetch(Ledger::row);
  }

  /**
   * Fires by seq in {@code (after, upTo]}.
   *
   * @param schedules empty for all of the tenant
   */
  public List<Row> bySeq(
      String tenant, Collection<Long> schedules, long after, long upTo, int limit) {
    Condition of =
        schedules.isEmpty() ? SCHEDULE.TENANT_ID.eq(tenant) : FIRE.SCHEDULE_NUM.in(schedules);
    return KeyedRead.run(
        sql,
        connection ->
            select(DSL.using(connection, sql.dialect(), sql.settings()))
                .where(FIRE.SEQ.gt(after).and(FIRE.SEQ.le(upTo)).and(of))
                .orderBy(FIRE.SEQ)
                .limit(limit)
                .fetch(Ledger::row));
  }

  /** Highest seq of the log: everything up to it can be read. */
  public long logEnd() {
    return logEnd(sql);
  }

  static long logEnd(DSLContext on) {
    return on.select(DSL.coalesce(DSL.max(PARTITION_STATE.LAST_SEQ), 0L))
        .from(PARTITION_STATE)
        .fetchSingle()
        .value1();
  }
}
