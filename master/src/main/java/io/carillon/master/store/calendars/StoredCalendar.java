package io.carillon.master.store.calendars;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.DayRange;
import java.util.ArrayList;
import java.util.List;

/**
 * A calendar as it is stored.
 *
 * @param days sorted, disjoint, ranges that touch are joined
 * @param weekend bit 0 is Sunday, bit 6 Saturday
 */
public record StoredCalendar(
    int num,
    String tenant,
    String id,
    String displayName,
    List<DayRange> days,
    int weekend,
    long version,
    long createTime,
    long updateTime) {

  /**
   * What a spec goes by that names these calendars: a day is a business day if it is one in all.
   */
  public static BusinessDays businessDays(Policy policy, List<StoredCalendar> calendars) {
    List<CalendarVersion> versions = new ArrayList<>();
    List<DayRange> daysOff = new ArrayList<>();
    int weekend = 0;
    for (StoredCalendar calendar : calendars) {
      versions.add(new CalendarVersion(calendar.id(), calendar.version()));
      daysOff.addAll(calendar.days());
      weekend |= calendar.weekend();
    }
    return new BusinessDays(policy, versions, weekend, DayRange.joined(daysOff));
  }

  /** The same with other days. */
  public StoredCalendar with(String newDisplayName, List<DayRange> newDays, int newWeekend) {
    return new StoredCalendar(
        num, tenant, id, newDisplayName, newDays, newWeekend, version, createTime, updateTime);
  }
}
