package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.calendars.StoredCalendar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The business days that specs go by: those that their calendars have now. */
public final class SpecCalendars {

  private final Calendars stored;

  public SpecCalendars(Calendars stored) {
    this.stored = stored;
  }

  /** What a spec's calendars and policy come to. {@code tenant} null: not known, none is read. */
  BusinessDays of(String field, String tenant, io.carillon.v1.ScheduleSpec given, Rule rule) {
    Policy policy = policy(field + ".calendar_policy", given);
    String path = field + ".calendars";
    if (given.getCalendarsCount() > ScheduleSpec.MAX_CALENDARS) {
      throw ApiException.invalid(
          path,
          "FIELD_OUT_OF_RANGE",
          "must be at most " + ScheduleSpec.MAX_CALENDARS + " calendars");
    }
    if (policy != Policy.SKIP_DAY && !goesByLocalTime(rule)) {
      throw ApiException.invalid(
          field + ".calendar_policy",
          "FIELD_OUT_OF_RANGE",
          "moves times of cron and recurrence rules only: use SKIP_DAY");
    }
    Set<String> ids = new LinkedHashSet<>();
    Faults faults = new Faults();
    for (int i = 0; i < given.getCalendarsCount(); i++) {
      String at = path + "[" + i + "]";
      String name = given.getCalendars(i);
      faults.in(() -> add(ids, at, name, tenant));
    }
    faults.refuse();
    return tenant == null ? BusinessDays.ALL : now(tenant, policy, List.copyOf(ids));
  }

  private static void add(Set<String> ids, String at, String name, String tenant) {
    List<String> parts = ResourceName.parse(at, name, "tenants", "calendars");
    if (tenant != null && !parts.get(0).equals(tenant)) {
      throw ApiException.invalid(at, "FIELD_OUT_OF_RANGE", "must be of the same tenant: " + tenant);
    }
    if (!ids.add(parts.get(1))) {
      throw ApiException.invalid(at, "FIELD_OUT_OF_RANGE", "is named twice");
    }
  }

  /** The same calendars as they are now. */
  BusinessDays renewed(String tenant, BusinessDays before) {
    return now(
        tenant, before.policy(), before.calendars().stream().map(CalendarVersion::id).toList());
  }

  private BusinessDays now(String tenant, Policy policy, List<String> ids) {
    if (ids.isEmpty()) {
      return BusinessDays.ALL;
    }
    List<StoredCalendar> found = new ArrayList<>();
    for (String id : ids) {
      found.add(
          stored
              .find(tenant, id)
              .orElseThrow(
                  () -> ApiException.notFound("CALENDAR", ResourceName.calendar(tenant, id))));
    }
    return StoredCalendar.businessDays(policy, found);
  }

  private static Policy policy(String field, io.carillon.v1.ScheduleSpec given) {
    return switch (given.getCalendarPolicy()) {
      case CALENDAR_POLICY_UNSPECIFIED, SKIP_DAY -> Policy.SKIP_DAY;
      case NEXT_BUSINESS_DAY -> Policy.NEXT_BUSINESS_DAY;
      case PREVIOUS_BUSINESS_DAY -> Policy.PREVIOUS_BUSINESS_DAY;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field, "FIELD_OUT_OF_RANGE", "is not a policy that is known here");
    };
  }

  private static boolean goesByLocalTime(Rule rule) {
    return rule instanceof UnionRule union
        ? union.rules().stream().allMatch(SpecCalendars::goesByLocalTime)
        : rule instanceof CronRule || rule instanceof RecurrenceRule;
  }
}
