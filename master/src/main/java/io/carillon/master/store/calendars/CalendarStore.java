package io.carillon.master.store.calendars;

import static io.carillon.master.store.jooq.Tables.CALENDAR;
import static io.carillon.master.store.jooq.Tables.SCHEDULE;
import static io.carillon.master.store.jooq.Tables.SCHEDULE_CALENDAR;

import io.carillon.master.store.jooq.tables.records.CalendarRecord;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.sql.Database;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * Writes of calendars, fenced by the leader epoch. Every call is blocking.
 *
 * <p>Versions of all calendars come from one sequence: a calendar that takes the name of a deleted
 * one is newer than whatever a schedule read of that one.
 */
public final class CalendarStore {

  private final Database database;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public CalendarStore(Database database, long epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  /**
   * Stores a new one.
   *
   * @param draft its number, version and times are not looked at
   * @param request is noted with it
   * @return empty if the name is taken
   */
  public Optional<StoredCalendar> create(StoredCalendar draft, Request request, long now) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          CalendarRecord row = new CalendarRecord();
          row.setVersion(newVersion(transaction));
          row.setNum(Math.toIntExact(row.getVersion()));
          row.setTenantId(draft.tenant());
          row.setId(draft.id());
          row.setCreateTime(now);
          fill(row, draft, now);
          int made = transaction.insertInto(CALENDAR).set(row).onConflictDoNothing().execute();
          if (made == 0) {
            return Optional.empty();
          }
          Requests.note(transaction, request, row.getNum(), now);
          return Optional.of(Calendars.of(row));
        });
  }

  private static long newVersion(DSLContext transaction) {
    return transaction.nextval("calendar_num").longValueExact();
  }

  private static void fill(CalendarRecord row, StoredCalendar calendar, long now) {
    row.setDisplayName(calendar.displayName());
    row.setDays(DayRanges.text(calendar.days()));
    row.setWeekend(calendar.weekend());
    row.setUpdateTime(now);
  }

  /**
   * Changes one in place and gives it a new version, unless nothing is changed.
   *
   * @param change gets the calendar, locked against changes of others; throws to leave it as it is
   * @param request is noted with it
   * @return empty if there is none
   */
  public Optional<StoredCalendar> update(
      String tenant, String id, Request request, long now, UnaryOperator<StoredCalendar> change) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          CalendarRecord row = lock(transaction, tenant, id);
          if (row == null) {
            return Optional.empty();
          }
          StoredCalendar before = Calendars.of(row);
          StoredCalendar after = change.apply(before);
          if (!after.equals(before)) {
            fill(row, after, now);
            row.setVersion(newVersion(transaction));
            row.update();
          }
          Requests.note(transaction, request, row.getNum(), now);
          return Optional.of(Calendars.of(row));
        });
  }

  /**
   * How a deletion ended.
   *
   * @param found whether there was one
   * @param schedules how many schedules name it; it is deleted only if none does
   * @param example id of one of them, empty if there is none
   */
  public record Deletion(boolean found, int schedules, String example) {}

  /**
   * Deletes one that no schedule names.
   *
   * @param check gets the calendar, locked against changes of others; throws to leave it as it is
   * @param request is noted with it
   */
  public Deletion delete(
      String tenant, String id, Request request, long now, Consumer<StoredCalendar> check) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          // Writers of schedules hold the row FOR SHARE: none can begin to use it meanwhile.
          CalendarRecord row = lock(transaction, tenant, id);
          if (row == null) {
            return new Deletion(false, 0, "");
          }
          check.accept(Calendars.of(row));
          var use =
              transaction
                  .select(DSL.count(), DSL.min(SCHEDULE.ID))
                  .from(SCHEDULE_CALENDAR)
                  .join(SCHEDULE)
                  .on(SCHEDULE.NUM.eq(SCHEDULE_CALENDAR.SCHEDULE_NUM))
                  .where(SCHEDULE_CALENDAR.CALENDAR_NUM.eq(row.getNum()))
                  .fetchSingle();
          if (use.value1() > 0) {
            return new Deletion(true, use.value1(), use.value2());
          }
          row.delete();
          Requests.note(transaction, request, row.getNum(), now);
          return new Deletion(true, 0, "");
        });
  }

  private static CalendarRecord lock(DSLContext transaction, String tenant, String id) {
    return transaction
        .selectFrom(CALENDAR)
        .where(Calendars.named(tenant, id))
        .forUpdate()
        .fetchOne();
  }
}
