package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.schedule.SpecException;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.calendars.StoredCalendar;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Specs as schedules have them: compiled, and with their calendars as they are now. */
public final class Specs {

  /** Stands for a rule that is refused, while other parts are looked at. */
  static final Rule ANY = new OnceRule(0);

  static final ZoneId UTC = ZoneId.of("UTC");

  private final SpecInterner interner;
  private final Calendars calendars;

  public Specs(SpecInterner interner, Calendars calendars) {
    this.interner = interner;
    this.calendars = calendars;
  }

  /** A spec that was checked, and its times. */
  public record Checked(ScheduleSpec spec, Occurrences times) {}

  /** A spec that was checked before. */
  public Checked of(ScheduleSpec spec) {
    return new Checked(spec, interner.intern(spec));
  }

  /**
   * Checks what the parts of a spec come to together.
   *
   * @param faults of its parts: with any, the others are looked at each for itself
   * @throws ApiException that names all fields below {@code field} that are wrong
   */
  Checked checked(String field, ScheduleSpec spec, Faults faults) {
    if (!faults.any()) {
      faults.refuse();
      try {
        return of(spec);
      } catch (SpecException e) {
        faults.add(ApiException.invalid(field, e));
      }
    }
    lookAtParts(field, spec, faults);
    faults.refuse();
    throw new IllegalStateException("a spec is refused for nothing");
  }

  /** Names what the rule and the bounds of a spec are refused for, each looked at alone. */
  private static void lookAtParts(String field, ScheduleSpec spec, Faults faults) {
    if (spec.rule() instanceof UnionRule union) {
      for (int i = 0; i < union.rules().size(); i++) {
        lookAt(field + ".union.rules[" + i + "]", unbounded(union.rules().get(i)), faults);
      }
    } else {
      lookAt(field, unbounded(spec.rule()), faults);
    }
    long start = spec.startMicros();
    long end = spec.endMicros();
    lookAt(field, bounded(ANY, start, end, 0), faults);
    boolean stepped = spec.rule() instanceof UnionRule || spec.rule() instanceof RecurrenceRule;
    Rule rule = stepped ? new UnionRule(List.of(ANY)) : ANY;
    lookAt(field, bounded(rule, Long.MIN_VALUE, Long.MAX_VALUE, spec.maxFires()), faults);
  }

  private static ScheduleSpec unbounded(Rule rule) {
    return bounded(rule, Long.MIN_VALUE, Long.MAX_VALUE, 0);
  }

  private static ScheduleSpec bounded(Rule rule, long start, long end, long maxFires) {
    return new ScheduleSpec(rule, UTC, start, end, maxFires, 0, GapPolicy.SHIFT, FoldPolicy.FIRST);
  }

  private static void lookAt(String field, ScheduleSpec part, Faults faults) {
    var unused = faults.inSpec(field, part::compile, null);
  }

  /** A stored spec, with its calendars as they are now. */
  public Checked renewed(String tenant, ScheduleSpec stored) {
    BusinessDays days = renewed(tenant, stored.businessDays());
    ScheduleSpec spec =
        new ScheduleSpec(
            stored.rule(),
            stored.zone(),
            stored.startMicros(),
            stored.endMicros(),
            stored.maxFires(),
            stored.countFromMicros(),
            stored.gap(),
            stored.fold(),
            stored.exclusions(),
            days,
            stored.jitterMicros());
    return of(spec);
  }

  /**
   * When the last fire of a schedule is due: {@link Occurrences#NEVER} if there is no last one,
   * {@link Occurrences#NEVER_BEFORE} if there is none at all.
   */
  public static long lastDue(Checked checked, long schedule) {
    Occurrences times = checked.times();
    long bound = times.last();
    if (bound == Occurrences.NEVER) {
      return bound;
    }
    long last = times.matches(bound) ? bound : times.previousBefore(bound);
    return last == Occurrences.NEVER_BEFORE ? last : times.dueOf(schedule, last);
  }

  /** The same calendars as they are now. */
  private BusinessDays renewed(String tenant, BusinessDays before) {
    return days(
        tenant, before.policy(), before.calendars().stream().map(CalendarVersion::id).toList());
  }

  /**
   * The business days of calendars as they are now.
   *
   * @throws ApiException (CALENDAR_NOT_FOUND)
   */
  BusinessDays days(String tenant, Policy policy, List<String> ids) {
    if (ids.isEmpty()) {
      return BusinessDays.ALL;
    }
    List<StoredCalendar> found = new ArrayList<>();
    for (String id : ids) {
      found.add(
          calendars
              .find(tenant, id)
              .orElseThrow(
                  () -> ApiException.notFound("CALENDAR", ResourceName.calendar(tenant, id))));
    }
    return StoredCalendar.businessDays(policy, found);
  }
}
