package io.carillon.master.store.schedules;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.schedules.ScheduleStore.RejectedWriteException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;

/**
 * Which calendars schedules name, and the versions whose days are in them: kept in step with every
 * mutation that has content, in its transaction. Costs nothing where no calendar is named.
 */
final class ScheduleCalendars {

  /** In every canonical text that names a calendar; ";" and "=" are escaped elsewhere in it. */
  private static final String KEY = ";calendars=";

  private ScheduleCalendars() {}

  /** Whether one of these schedules names a calendar. */
  static boolean areNamed(List<Planned> all) {
    for (Planned planned : all) {
      if (planned.mutation().after().content().spec().contains(KEY)) {
        return true;
      }
    }
    return false;
  }

  /** A calendar by name. */
  private record Name(String tenant, String id) {}

  /** A calendar that a schedule names. */
  private record Row(long schedule, Name calendar, long version) {}

  /**
   * @throws RejectedWriteException (CALENDAR_NOT_FOUND) if one was deleted meanwhile
   */
  static void write(DSLContext sql, List<Planned> all) {
    List<Long> stale = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (Planned planned : all) {
      boolean deletes = planned.mutation().deletes();
      if (!deletes && !planned.storesRevision()) {
        continue;
      }
      if (planned.mutation().expectedVersion() != 0) {
        stale.add(planned.mutation().schedule());
      }
      if (!deletes) {
        rows.addAll(rows(planned.mutation().schedule(), planned.mutation().after()));
      }
    }
    if (!stale.isEmpty()) {
      sql.execute(
          "delete from schedule_calendar where schedule_num = any(?)",
          (Object) stale.toArray(Long[]::new));
    }
    if (!rows.isEmpty()) {
      insert(sql, rows, lock(sql, rows));
    }
  }

  private static List<Row> rows(long num, StoredSchedule after) {
    String spec = after.content().spec();
    if (!spec.contains(KEY)) {
      return List.of();
    }
    List<Row> rows = new ArrayList<>();
    for (CalendarVersion calendar : ScheduleSpec.parse(spec).businessDays().calendars()) {
      rows.add(new Row(num, new Name(after.tenant(), calendar.id()), calendar.version()));
    }
    return rows;
  }

  /** A calendar cannot be deleted while a schedule that names it is being written. */
  private static Map<Name, Integer> lock(DSLContext sql, List<Row> rows) {
    List<Name> names = rows.stream().map(Row::calendar).distinct().toList();
    Map<Name, Integer> nums = new HashMap<>();
    sql.resultQuery(
            "select num, tenant_id, id from calendar where (tenant_id, id) in"
                + " (select * from unnest(?, ?)) order by num for share",
            names.stream().map(Name::tenant).toArray(String[]::new),
            names.stream().map(Name::id).toArray(String[]::new))
        .forEach(
            row ->
                nums.put(
                    new Name(row.get(1, String.class), row.get(2, String.class)),
                    row.get(0, Integer.class)));
    if (nums.size() != names.size()) {
      throw new RejectedWriteException("CALENDAR_NOT_FOUND");
    }
    return nums;
  }

  private static void insert(DSLContext sql, List<Row> rows, Map<Name, Integer> nums) {
    sql.execute(
        "insert into schedule_calendar (schedule_num, calendar_num, calendar_version)"
            + " select * from unnest(?, ?, ?)",
        rows.stream().map(Row::schedule).toArray(Long[]::new),
        rows.stream().map(row -> nums.get(row.calendar())).toArray(Integer[]::new),
        rows.stream().map(Row::version).toArray(Long[]::new));
  }
}
