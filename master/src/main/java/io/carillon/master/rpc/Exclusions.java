package io.carillon.master.rpc;

import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The times that a client wants left out. */
final class Exclusions {

  private static final int DATE_LENGTH = 10;

  private Exclusions() {}

  static List<Exclusion> of(String field, List<io.carillon.v1.Exclusion> given) {
    if (given.size() > ScheduleSpec.MAX_EXCLUSIONS) {
      throw ApiException.invalid(
          field,
          "FIELD_OUT_OF_RANGE",
          "must be at most " + ScheduleSpec.MAX_EXCLUSIONS + " exclusions");
    }
    List<Exclusion> exclusions = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      exclusions.add(of(field + "[" + i + "]", given.get(i)));
    }
    return exclusions;
  }

  private static Exclusion of(String field, io.carillon.v1.Exclusion given) {
    return switch (given.getRangeCase()) {
      case DATES -> new DateExclusion(days(field + ".dates", given.getDates()));
      case TIMES -> times(field + ".times", given.getTimes());
      case RANGE_NOT_SET ->
          throw ApiException.invalid(
              field, "FIELD_REQUIRED", "needs a range: one of dates and times");
    };
  }

  /** Days of the years 1970 to 2099. */
  static DayRange days(String field, io.carillon.v1.DateRange given) {
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
    LocalDate date;
    try {
      date = text.length() == DATE_LENGTH ? LocalDate.parse(text) : null;
    } catch (DateTimeException e) {
      date = null;
    }
    if (date == null) {
      throw ApiException.invalid(
          field, "FIELD_MALFORMED", "must be a date that exists, as in 2026-12-24");
    }
    if (date.getYear() < 1970 || date.getYear() > 2099) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be of the years 1970 to 2099, but is " + date);
    }
    return date;
  }

  private static Exclusion times(String field, io.carillon.v1.TimeRange given) {
    if (!given.hasStartTime()) {
      throw ApiException.required(field + ".start_time");
    }
    if (!given.hasEndTime()) {
      throw ApiException.required(field + ".end_time");
    }
    long start = Timestamps.micros(field + ".start_time", given.getStartTime());
    long end = Timestamps.micros(field + ".end_time", given.getEndTime());
    if (end <= start) {
      throw ApiException.invalid(
          field + ".end_time", "FIELD_OUT_OF_RANGE", "must be after start_time");
    }
    return new TimeExclusion(start, end);
  }
}
