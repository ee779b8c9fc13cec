package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.spec.Specs.Checked;
import io.carillon.v1.CalendarPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Between the API's specs and those of {@code common.schedule}. */
public final class SpecMessages {

  private SpecMessages() {}

  /**
   * Where a spec stands.
   *
   * @param field its path in the request
   * @param tenant whose calendars it may name
   * @param scheduleId of the schedule that it is of, for the values of H
   */
  public record Place(String field, String tenant, String scheduleId) {}

  /**
   * The spec that a client means: fills defaults in, and refuses what is wrong.
   *
   * @param before what the spec is to replace, null if nothing: where the client leaves an anchor
   *     out, and the rule is the same, that of before stays
   * @param now the time of the call
   */
  public static Checked read(
      Specs specs, Place place, io.carillon.v1.ScheduleSpec given, ScheduleSpec before, long now) {
    String field = place.field();
    String name = ResourceName.schedule(place.tenant(), place.scheduleId());
    Faults faults = new Faults();
    RuleMessages rules = new RuleMessages(name, now);
    Rule old = before == null ? null : before.rule();
    Rule rule = faults.in(() -> rules.of(field, given, old), Specs.ANY);
    String zone = given.getTimeZone().isEmpty() ? "UTC" : given.getTimeZone();
    boolean bounded = given.getMaxFires() > 0 && !given.hasStartTime();
    ScheduleSpec spec =
        new ScheduleSpec(
            rule,
            faults.inSpec(field, () -> ScheduleSpec.zone(zone), Specs.UTC),
            given.hasStartTime()
                ? faults.in(
                    () -> Timestamps.micros(field + ".start_time", given.getStartTime()),
                    Long.MIN_VALUE)
                : Long.MIN_VALUE,
            given.hasEndTime()
                ? faults.in(
                    () -> Timestamps.micros(field + ".end_time", given.getEndTime()),
                    Long.MAX_VALUE)
                : Long.MAX_VALUE,
            given.getMaxFires(),
            bounded ? faults.in(() -> countFrom(field, given, rule, before, now), 0L) : 0,
            faults.in(() -> gap(field, given), GapPolicy.SHIFT),
            faults.in(() -> fold(field, given), FoldPolicy.FIRST),
            faults.in(
                () -> ExclusionMessages.read(field + ".exclusions", given.getExclusionsList()),
                List.of()),
            faults.in(() -> days(specs, field, place.tenant(), given, rule), BusinessDays.ALL),
            faults.in(() -> jitter(field, given), 0L));
    return specs.checked(field, spec, faults);
  }

  private static long jitter(String field, io.carillon.v1.ScheduleSpec given) {
    return given.hasJitter()
        ? Timestamps.micros(
            field + ".jitter", given.getJitter(), 0, ScheduleSpec.MAX_JITTER_MICROS, "0 to 1 day")
        : 0;
  }

  private static long countFrom(
      String field, io.carillon.v1.ScheduleSpec given, Rule rule, ScheduleSpec before, long now) {
    if (given.hasCountFrom()) {
      return Timestamps.micros(field + ".count_from", given.getCountFrom());
    }
    boolean same = before != null && before.maxFires() > 0 && before.rule().equals(rule);
    return same ? before.countFromMicros() : now;
  }

  private static GapPolicy gap(String field, io.carillon.v1.ScheduleSpec given) {
    return switch (given.getGap()) {
      case GAP_POLICY_UNSPECIFIED, GAP_SHIFT -> GapPolicy.SHIFT;
      case GAP_SKIP -> GapPolicy.SKIP;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".gap", "FIELD_OUT_OF_RANGE", "is not a policy that is known here");
    };
  }

  private static FoldPolicy fold(String field, io.carillon.v1.ScheduleSpec given) {
    return switch (given.getFold()) {
      case FOLD_POLICY_UNSPECIFIED, FOLD_FIRST -> FoldPolicy.FIRST;
      case FOLD_LAST -> FoldPolicy.LAST;
      case FOLD_BOTH -> FoldPolicy.BOTH;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".fold", "FIELD_OUT_OF_RANGE", "is not a policy that is known here");
    };
  }

  /** What a spec's calendars and policy come to. {@code tenant} null: not known, none is read. */
  private static BusinessDays days(
      Specs specs, String field, String tenant, io.carillon.v1.ScheduleSpec given, Rule rule) {
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
    return tenant == null ? BusinessDays.ALL : specs.days(tenant, policy, List.copyOf(ids));
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
        ? union.rules().stream().allMatch(SpecMessages::goesByLocalTime)
        : rule instanceof CronRule || rule instanceof RecurrenceRule;
  }

  /**
   * A spec with all defaults filled in.
   *
   * @param tenant whose calendars the spec names
   */
  public static io.carillon.v1.ScheduleSpec of(String tenant, ScheduleSpec spec) {
    io.carillon.v1.ScheduleSpec.Builder message =
        io.carillon.v1.ScheduleSpec.newBuilder()
            .setTimeZone(spec.zone().getId())
            .setMaxFires(spec.maxFires())
            .setGap(
                switch (spec.gap()) {
                  case SHIFT -> io.carillon.v1.GapPolicy.GAP_SHIFT;
                  case SKIP -> io.carillon.v1.GapPolicy.GAP_SKIP;
                })
            .setFold(
                switch (spec.fold()) {
                  case FIRST -> io.carillon.v1.FoldPolicy.FOLD_FIRST;
                  case LAST -> io.carillon.v1.FoldPolicy.FOLD_LAST;
                  case BOTH -> io.carillon.v1.FoldPolicy.FOLD_BOTH;
                });
    bounds(spec, message);
    spec.exclusions()
        .forEach(exclusion -> message.addExclusions(ExclusionMessages.message(exclusion)));
    days(tenant, spec.businessDays(), message);
    if (spec.jitterMicros() > 0) {
      message.setJitter(Timestamps.duration(spec.jitterMicros()));
    }
    RuleMessages.show(spec.rule(), message);
    return message.build();
  }

  private static void bounds(ScheduleSpec spec, io.carillon.v1.ScheduleSpec.Builder message) {
    if (spec.startMicros() != Long.MIN_VALUE) {
      message.setStartTime(Timestamps.of(spec.startMicros()));
    }
    if (spec.endMicros() != Long.MAX_VALUE) {
      message.setEndTime(Timestamps.of(spec.endMicros()));
    }
    if (spec.maxFires() > 0 && spec.startMicros() == Long.MIN_VALUE) {
      message.setCountFrom(Timestamps.of(spec.countFromMicros()));
    }
  }

  private static void days(
      String tenant, BusinessDays days, io.carillon.v1.ScheduleSpec.Builder message) {
    if (days.calendars().isEmpty()) {
      return;
    }
    days.calendars()
        .forEach(calendar -> message.addCalendars(ResourceName.calendar(tenant, calendar.id())));
    message.setCalendarPolicy(
        switch (days.policy()) {
          case SKIP_DAY -> CalendarPolicy.SKIP_DAY;
          case NEXT_BUSINESS_DAY -> CalendarPolicy.NEXT_BUSINESS_DAY;
          case PREVIOUS_BUSINESS_DAY -> CalendarPolicy.PREVIOUS_BUSINESS_DAY;
        });
  }
}
