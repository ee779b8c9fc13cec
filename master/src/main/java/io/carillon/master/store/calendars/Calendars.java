package io.carillon.master.store.calendars;

import static io.carillon.master.store.jooq.Tables.CALENDAR;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;
import static io.carillon.master.store.jooq.Tables.SCHEDULE_CALENDAR;

import io.carillon.master.core.ScheduleState;
import io.carillon.master.store.jooq.tables.records.CalendarRecord;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Reads of calendars. Always from the primary. */
public final class Calendars {

  private final DSLContext sql;

  public Calendars(DSLContext sql) {
    this.sql = sql;
  }

  /** The calendar of that name. */
  public Optional<StoredCalendar> find(String tenant, String id) {
    return sql.selectFrom(CALENDAR).where(named(tenant, id)).fetchOptional(Calendars::of);
  }

  /** The calendar of that number. */
  public Optional<StoredCalendar> find(int num) {
    return sql.selectFrom(CALENDAR).where(CALENDAR.NUM.eq(num)).fetchOptional(Calendars::of);
  }

  static Condition named(String tenant, String id) {
    return CALENDAR.TENANT_ID.eq(tenant).and(CALENDAR.ID.eq(id));
  }

  /** By id, those after {@code lastId}. */
  public List<StoredCalendar> list(String tenant, String lastId, int limit) {
    return sql.selectFrom(CALENDAR)
        .where(CALENDAR.TENANT_ID.eq(tenant))
        .and(CALENDAR.ID.gt(lastId))
        .orderBy(CALENDAR.ID)
        .limit(limit)
        .fetch(Calendars::of);
  }

  /**
   * How many schedules still go by an earlier version of each of these calendars; none of those
   * that wait to be resumed. Calendars that all follow are left out.
   */
  public Map<Integer, Integer> pending(Collection<Integer> nums) {
    return sql.select(CALENDAR.NUM, DSL.count())
        .from(CALENDAR)
        .join(SCHEDULE_CALENDAR)
        .on(SCHEDULE_CALENDAR.CALENDAR_NUM.eq(CALENDAR.NUM))
        .and(SCHEDULE_CALENDAR.CALENDAR_VERSION.lt(CALENDAR.VERSION))
        .join(SCHEDULE)
        .on(SCHEDULE.NUM.eq(SCHEDULE_CALENDAR.SCHEDULE_NUM))
        .where(CALENDAR.NUM.in(nums))
        .and(follows())
        .groupBy(CALENDAR.NUM)
        .fetchMap(CALENDAR.NUM, DSL.count());
  }

  /** Whether a schedule fires, or will again without being resumed. */
  private static Condition follows() {
    return SCHEDULE
        .STATE
        .eq(ScheduleState.ACTIVE)
        .or(SCHEDULE.STATE.eq(ScheduleState.PAUSED).and(SCHEDULE.PAUSE_UNTIL.lt(Long.MAX_VALUE)));
  }

  /**
   * Schedules that go by an earlier version of a calendar than the present one, by number.
   *
   * @param afterNum only those with a greater number
   */
  public List<Long> behind(long afterNum, int limit) {
    return sql.selectDistinct(SCHEDULE.NUM)
        .from(CALENDAR)
        .join(SCHEDULE_CALENDAR)
        .on(SCHEDULE_CALENDAR.CALENDAR_NUM.eq(CALENDAR.NUM))
        .and(SCHEDULE_CALENDAR.CALENDAR_VERSION.lt(CALENDAR.VERSION))
        .join(SCHEDULE)
        .on(SCHEDULE.NUM.eq(SCHEDULE_CALENDAR.SCHEDULE_NUM))
        .where(SCHEDULE.NUM.gt(afterNum))
        .and(follows())
        .orderBy(SCHEDULE.NUM)
        .limit(limit)
        .fetch(SCHEDULE.NUM);
  }

  static StoredCalendar of(CalendarRecord row) {
    return new StoredCalendar(
        row.getNum(),
        row.getTenantId(),
        row.getId(),
        row.getDisplayName(),
        DayRanges.parse(row.getDays()),
        row.getWeekend(),
        row.getVersion(),
        row.getCreateTime(),
        row.getUpdateTime());
  }
}
