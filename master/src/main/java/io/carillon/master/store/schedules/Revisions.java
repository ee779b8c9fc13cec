package io.carillon.master.store.schedules;

import static io.carillon.master.store.jooq.Tables.REVISION;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;

import io.carillon.common.schedule.CatchUp;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.impl.DSL;

/** Reads of revisions, closed ones and those of deleted schedules too. */
public final class Revisions {

  private static final int MOST_NAMESAKES = 100;
  private static final int MOST_OVERLAPPING = 100;

  private final DSLContext sql;

  public Revisions(DSLContext sql) {
    this.sql = sql;
  }

  /**
   * A revision, as it explains times.
   *
   * @param validTo {@link Long#MAX_VALUE} while it is open
   * @param nominalAfter nominal times up to this one are not of it
   */
  public record Row(
      long schedule,
      long version,
      long validFrom,
      long validTo,
      long nominalAfter,
      String spec,
      CatchUp catchUp,
      String tzdbVersion) {}

  /** The schedules that have or had a name, the latest first. */
  public List<Long> namesakes(String tenant, String id) {
    return sql.select(SCHEDULE.NUM)
        .from(SCHEDULE)
        .where(SCHEDULE.TENANT_ID.eq(tenant))
        .and(SCHEDULE.ID.eq(id))
        .orderBy(SCHEDULE.CREATE_TIME.desc(), SCHEDULE.NUM.desc())
        .limit(MOST_NAMESAKES)
        .fetch(SCHEDULE.NUM);
  }

  public Optional<Row> find(long schedule, long version) {
    return rows(REVISION.SCHEDULE_NUM.eq(schedule).and(REVISION.VERSION.eq(version)), 1).stream()
        .findFirst();
  }

  /** Those of a schedule that hold somewhere in {@code [from, to]}, in order. */
  public List<Row> between(long schedule, long from, long to) {
    return rows(
        holds(schedule)
            .and(REVISION.VALID_TO.isNull().or(REVISION.VALID_TO.ge(from)))
            .and(REVISION.VALID_FROM.le(to)),
        MOST_OVERLAPPING);
  }

  /** Where the schedule begins to hold again at or after {@code micros}. */
  public Optional<Long> nextBegin(long schedule, long micros) {
    return sql.select(DSL.min(REVISION.VALID_FROM))
        .from(REVISION)
        .where(holds(schedule).and(REVISION.VALID_FROM.ge(micros)))
        .fetchOptional(Record1::value1);
  }

  /** Where the schedule last ceased to hold before or at {@code micros}. */
  public Optional<Long> lastEnd(long schedule, long micros) {
    return sql.select(DSL.max(REVISION.VALID_TO))
        .from(REVISION)
        .where(holds(schedule).and(REVISION.VALID_TO.le(micros)))
        .fetchOptional(Record1::value1);
  }

  /** The latest that held before or at {@code micros}, and does no more. */
  public Optional<Row> lastEnded(long schedule, long micros) {
    return sql.selectFrom(REVISION)
        .where(holds(schedule).and(REVISION.VALID_TO.le(micros)))
        .orderBy(REVISION.VALID_TO.desc(), REVISION.VERSION.desc())
        .limit(1)
        .fetchOptional(Revisions::row);
  }

  /** What was only stored while the schedule was paused never held. */
  private static Condition holds(long schedule) {
    return REVISION
        .SCHEDULE_NUM
        .eq(schedule)
        .and(REVISION.VALID_TO.isNull().or(REVISION.VALID_TO.gt(REVISION.VALID_FROM)));
  }

  private List<Row> rows(Condition which, int limit) {
    return sql.selectFrom(REVISION)
        .where(which)
        .orderBy(REVISION.VALID_FROM, REVISION.VERSION)
        .limit(limit)
        .fetch(Revisions::row);
  }

  private static Row row(Record row) {
    Long validTo = row.get(REVISION.VALID_TO);
    return new Row(
        row.get(REVISION.SCHEDULE_NUM),
        row.get(REVISION.VERSION),
        row.get(REVISION.VALID_FROM),
        validTo == null ? Long.MAX_VALUE : validTo,
        row.get(REVISION.NOMINAL_AFTER),
        row.get(REVISION.SPEC),
        new CatchUp(
            row.get(REVISION.CATCH_UP_WINDOW),
            row.get(REVISION.CATCH_UP_LIMIT),
            row.get(REVISION.CATCH_UP_GRACE)),
        row.get(REVISION.TZDB_VERSION));
  }
}
