package io.carillon.master.api.spec;

import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import io.carillon.v1.DateRange;
import io.carillon.v1.TimeRange;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Between the times that a client wants left out and those of {@code common.schedule}. */
public final class ExclusionMessages {

  private static final int DATE_LENGTH = 10;

  private ExclusionMessages() {}

  static List<Exclusion> read(String field, List<io.carillon.v1.Exclusion> given) {
    if (given.size() > ScheduleSpec.MAX_EXCLUSIONS) {
      throw ApiException.invalid(
          field,
          "FIELD_OUT_OF_RANGE",
          "must be at most " + ScheduleSpec.MAX_EXCLUSIONS + " exclusions");
    }
    List<Exclusion> exclusions = new ArrayList<>();
    Faults faults = new Faults();
    for (int i = 0; i < given.size(); i++) {
      String at = field + "[" + i + "]";
      io.carillon.v1.Exclusion exclusion = given.get(i);
      faults.in(() -> exclusions.add(read(at, exclusion)));
    }
    faults.refuse();
    return exclusions;
  }

  private static Exclusion read(String field, io.carillon.v1.Exclusion given) {
    return switch (given.getRangeCase()) {
      case DATES -> new DateExclusion(days(field + ".dates", given.getDates()));
      case TIMES -> times(field + ".times", given.getTimes());
      case RANGE_NOT_SET ->
          throw ApiException.invalid(
              field, "FIELD_REQUIRED", "needs a range: one of dates and times");
    };
  }

  /** Days of the years 1970 to 2099. */
  public static DayRange days(String field, DateRange given) {
    Faults faults = new Faults();
    LocalDate first = faults.in(() -> date(field + ".first", given.getFirst()), LocalDate.MIN);
    LocalDate last =
        given.getLast().isEmpty()
            ? first
            : faults.in(() -> date(field + ".last", given.getLast()), LocalDate.MAX);
    faults.refuse();
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

  private static Exclusion times(String field, TimeRange given) {
    Faults faults = new Faults();
    long start =
        faults.in(
            () -> time(field + ".start_time", given.hasStartTime(), given.getStartTime()), 0L);
    long end =
        faults.in(() -> time(field + ".end_time", given.hasEndTime(), given.getEndTime()), 0L);
    faults.refuse();
    if (end <= start) {
      throw ApiException.invalid(
          field + ".end_time", "FIELD_OUT_OF_RANGE", "must be after start_time");
    }
    return new TimeExclusion(start, end);
  }

  private static long time(String field, boolean given, Timestamp time) {
    if (!given) {
      throw ApiException.required(field);
    }
    return Timestamps.micros(field, time);
  }

  /** As the API shows it. */
  static io.carillon.v1.Exclusion message(Exclusion exclusion) {
    if (exclusion instanceof DateExclusion dates) {
      return io.carillon.v1.Exclusion.newBuilder().setDates(message(dates.days())).build();
    }
    TimeExclusion times = (TimeExclusion) exclusion;
    return io.carillon.v1.Exclusion.newBuilder()
        .setTimes(
            TimeRange.newBuilder()
                .setStartTime(Timestamps.of(times.fromMicros()))
                .setEndTime(Timestamps.of(times.toMicros())))
        .build();
  }

  /** As the API shows them. */
  public static DateRange message(DayRange days) {
    return DateRange.newBuilder()
        .setFirst(LocalDate.ofEpochDay(days.first()).toString())
        .setLast(LocalDate.ofEpochDay(days.last()).toString())
        .build();
  }
}
