package io.carillon.master.api.calendar;

import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.spec.ExclusionMessages;
import io.carillon.master.store.calendars.StoredCalendar;
import io.carillon.v1.Calendar;
import io.carillon.v1.DateRange;
import io.carillon.v1.Weekday;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Between the API's calendars and those that are stored. */
final class CalendarMessages {

  private static final String DISPLAY_NAME = "display_name";
  private static final String DAYS = "days";
  private static final String WEEKEND = "weekend";

  static final List<String> UPDATABLE = List.of(DISPLAY_NAME, DAYS, WEEKEND);

  private static final int MAX_DISPLAY_NAME = 200;

  /** A request may name single days that join to few ranges. */
  private static final int MAX_GIVEN_RANGES = 50_000;

  private static final int EVERY_DAY = 0x7f;
  private static final int MAX_WEEKEND = 7;

  private CalendarMessages() {}

  /** A calendar with what a client can change of it; everything else is left at 0 or empty. */
  static StoredCalendar draft(String tenant, String id, Calendar given) {
    Faults faults = new Faults();
    String displayName =
        faults.in(
            () -> Texts.line("calendar.display_name", given.getDisplayName(), MAX_DISPLAY_NAME),
            "");
    List<DayRange> days = faults.in(() -> days(given.getDaysList()), List.of());
    int weekend = faults.in(() -> weekend(given.getWeekendValueList()), 0);
    faults.refuse();
    return new StoredCalendar(0, tenant, id, displayName, days, weekend, 0, 0, 0);
  }

  /** What an update changes of it, with only these fields: others need not be right. */
  static Calendar only(Calendar given, Set<String> paths) {
    Calendar.Builder only = Calendar.newBuilder();
    if (paths.contains(DISPLAY_NAME)) {
      only.setDisplayName(given.getDisplayName());
    }
    if (paths.contains(DAYS)) {
      only.addAllDays(given.getDaysList());
    }
    if (paths.contains(WEEKEND)) {
      only.addAllWeekendValue(given.getWeekendValueList());
    }
    return only.build();
  }

  /** A calendar with these fields of another. */
  static StoredCalendar updated(StoredCalendar current, StoredCalendar draft, Set<String> paths) {
    return current.with(
        paths.contains(DISPLAY_NAME) ? draft.displayName() : current.displayName(),
        paths.contains(DAYS) ? draft.days() : current.days(),
        paths.contains(WEEKEND) ? draft.weekend() : current.weekend());
  }

  private static List<DayRange> days(List<DateRange> given) {
    if (given.size() > MAX_GIVEN_RANGES) {
      throw tooMany("calendar.days", given.size(), MAX_GIVEN_RANGES);
    }
    List<DayRange> ranges = new ArrayList<>();
    Faults faults = new Faults();
    for (int i = 0; i < given.size() && !faults.isFull(); i++) {
      String at = "calendar.days[" + i + "]";
      DateRange range = given.get(i);
      faults.in(() -> ranges.add(ExclusionMessages.days(at, range)));
    }
    faults.refuse();
    List<DayRange> joined = DayRange.joined(ranges);
    checkCount("calendar.days", joined);
    return joined;
  }

  /** Refuses more ranges than a calendar may have. */
  static void checkCount(String field, List<DayRange> joined) {
    if (joined.size() > ScheduleSpec.MAX_DAY_RANGES) {
      throw tooMany(field, joined.size(), ScheduleSpec.MAX_DAY_RANGES);
    }
  }

  private static ApiException tooMany(String field, int count, int max) {
    return ApiException.invalid(
        field,
        "FIELD_OUT_OF_RANGE",
        "must be at most " + max + " ranges of days, but is " + count + ": split the calendar");
  }

  private static int weekend(List<Integer> given) {
    int weekend = 0;
    if (given.size() > MAX_WEEKEND) {
      throw ApiException.invalid(
          "calendar.weekend", "FIELD_OUT_OF_RANGE", "must be at most " + MAX_WEEKEND + " days");
    }
    for (int i = 0; i < given.size(); i++) {
      int day = given.get(i);
      if (day < Weekday.MONDAY_VALUE || day > Weekday.SUNDAY_VALUE) {
        throw ApiException.invalid(
            "calendar.weekend[" + i + "]", "FIELD_OUT_OF_RANGE", "must be MONDAY to SUNDAY");
      }
      weekend |= 1 << day % 7;
    }
    if (weekend == EVERY_DAY) {
      throw ApiException.invalid(
          "calendar.weekend", "FIELD_OUT_OF_RANGE", "must leave one business day a week at least");
    }
    return weekend;
  }

  /**
   * @param pending how many schedules still go by an earlier version
   */
  static Calendar of(StoredCalendar stored, int pending) {
    Calendar.Builder message =
        Calendar.newBuilder()
            .setName(ResourceName.calendar(stored.tenant(), stored.id()))
            .setDisplayName(stored.displayName())
            .setVersion(stored.version())
            .setEtag(Long.toString(stored.version()))
            .setCreateTime(Timestamps.of(stored.createTime()))
            .setUpdateTime(Timestamps.of(stored.updateTime()))
            .setPendingSchedules(pending);
    for (DayRange range : stored.days()) {
      message.addDays(ExclusionMessages.message(range));
    }
    for (int day = Weekday.MONDAY_VALUE; day <= Weekday.SUNDAY_VALUE; day++) {
      if ((stored.weekend() >> day % 7 & 1) != 0) {
        message.addWeekendValue(day);
      }
    }
    return message.build();
  }
}
