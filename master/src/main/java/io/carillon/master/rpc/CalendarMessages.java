package io.carillon.master.rpc;

import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.store.StoredCalendar;
import io.carillon.v1.Calendar;
import io.carillon.v1.DateRange;
import io.carillon.v1.Weekday;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Between the API's calendars and those that are stored. */
final class CalendarMessages {

  private static final int MAX_DISPLAY_NAME = 200;

  /** A request may name single days that join to few ranges. */
  private static final int MAX_GIVEN_RANGES = 50_000;

  private static final int EVERY_DAY = 0x7f;
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  private CalendarMessages() {}

  /** A calendar with what a client can change of it; everything else is left at 0 or empty. */
  static StoredCalendar draft(String tenant, String id, Calendar given) {
    return new StoredCalendar(
        0,
        tenant,
        id,
        ScheduleDrafts.text("calendar.display_name", given.getDisplayName(), MAX_DISPLAY_NAME),
        days(given.getDaysList()),
        weekend(given.getWeekendValueList()),
        0,
        0,
        0);
  }

  private static List<DayRange> days(List<DateRange> given) {
    if (given.size() > MAX_GIVEN_RANGES) {
      throw tooMany("calendar.days", given.size(), MAX_GIVEN_RANGES);
    }
    List<DayRange> ranges = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      ranges.add(range("calendar.days[" + i + "]", given.get(i)));
    }
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

  private static DayRange range(String field, DateRange given) {
    LocalDate first = date(field + ".first", given.getFirst());
    LocalDate last = given.getLast().isEmpty() ? first : date(field + ".last", given.getLast());
    if (last.isBefore(first)) {
      throw ApiException.invalid(
          field + ".last", "FIELD_OUT_OF_RANGE", "must not be before first, which is " + first);
    }
    return DayRange.of(first, last);
  }

  private static LocalDate date(String field, String text) {
    if (text.isEmpty()) {
      throw ApiException.required(field);
    }
    LocalDate date = null;
    if (DATE.matcher(text).matches()) {
      try {
        date = LocalDate.parse(text);
      } catch (DateTimeParseException e) {
        // Refused below.
      }
    }
    if (date == null) {
      throw ApiException.invalid(
          field,
          "FIELD_MALFORMED",
          "must be a date that exists, as in 2026-12-24, but is \"" + text + '"');
    }
    if (date.getYear() < 1970 || date.getYear() > 2099) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be of the years 1970 to 2099, but is " + date);
    }
    return date;
  }

  private static int weekend(List<Integer> given) {
    int weekend = 0;
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
      message.addDays(
          DateRange.newBuilder()
              .setFirst(LocalDate.ofEpochDay(range.first()).toString())
              .setLast(LocalDate.ofEpochDay(range.last()).toString()));
    }
    for (int day = Weekday.MONDAY_VALUE; day <= Weekday.SUNDAY_VALUE; day++) {
      if ((stored.weekend() >> day % 7 & 1) != 0) {
        message.addWeekendValue(day);
      }
    }
    return message.build();
  }
}
