package io.carillon.common.schedule;

import java.util.List;
import java.util.Objects;

/**
 * The business days that a spec goes by: what its calendars said as it was made.
 *
 * <p>Business days are known from 1900 to 2099: a spec with a weekend or days off has no times
 * outside of these years.
 *
 * @param calendars where the days come from, in the order that the user gave; empty: no calendar
 * @param weekend weekdays that are never business days: bit 0 is Sunday, bit 6 Saturday
 * @param daysOff other days that are none; kept {@link DayRange#joined}
 */
public record BusinessDays(
    Policy policy, List<CalendarVersion> calendars, int weekend, List<DayRange> daysOff) {

  /** No calendar: every day is a business day. */
  public static final BusinessDays ALL = new BusinessDays(Policy.SKIP_DAY, List.of(), 0, List.of());

  public BusinessDays {
    Objects.requireNonNull(policy, "policy");
    calendars = List.copyOf(calendars);
    daysOff = List.copyOf(DayRange.joined(daysOff));
  }

  /** A calendar as it was at a version. */
  public record CalendarVersion(String id, long version) {}

  /** What a time does on a day that is not a business day. Names as in the API. */
  public enum Policy {
    SKIP_DAY,
    NEXT_BUSINESS_DAY,
    PREVIOUS_BUSINESS_DAY
  }
}
