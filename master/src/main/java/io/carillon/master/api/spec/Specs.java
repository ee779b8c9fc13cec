package io.carillon.master.api.spec;

import io.carillon.common.schedule.BusinessDays;
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
import io.carillon.master.api.call.Timestamps;
import java.time.ZoneId;
import java.util.List;

/** The specs that clients mean: fills defaults in, and refuses what is wrong. */
public final class Specs {

  /** Stands for a rule that is refused, while other parts are looked at. */
  private static final Rule ANY = new OnceRule(0);

  private static final ZoneId UTC = ZoneId.of("UTC");

  private final SpecInterner interner;
  private final SpecCalendars calendars;

  public Specs(SpecInterner interner, SpecCalendars calendars) {
    this.interner = interner;
    this.calendars = calendars;
  }

  /** A spec that was checked, and its times. */
  public record Checked(ScheduleSpec spec, Occurrences times) {}

  /**
   * Where a spec stands.
   *
   * @param field its path in the request
   * @param tenant whose calendars it may name
   * @param scheduleId of the schedule that it is of, for the values of H
   */
  public record Place(String field, String tenant, String scheduleId) {}

  /**
   * The spec that a client means.
   *
   * @param before what the spec is to replace, null if nothing: where the client leaves an anchor
   *     out, and the rule is the same, that of before stays
   * @param now the time of the call
   */
  public Checked check(
      Place place, io.carillon.v1.ScheduleSpec given, ScheduleSpec before, long now) {
    String field = place.field();
    String name = ResourceName.schedule(place.tenant(), place.scheduleId());
    Faults faults = new Faults();
    Rules rules = new Rules(name, now);
    Rule old = before == null ? null : before.rule();
    Rule rule = faults.in(() -> rules.of(field, given, old), ANY);
    String zone = given.getTimeZone().isEmpty() ? "UTC" : given.getTimeZone();
    boolean bounded = given.getMaxFires() > 0 && !given.hasStartTime();
    ScheduleSpec spec =
        new ScheduleSpec(
            rule,
            faults.inSpec(field, () -> ScheduleSpec.zone(zone), UTC),
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
                () -> Exclusions.of(field + ".exclusions", given.getExclusionsList()), List.of()),
            faults.in(() -> calendars.of(field, place.tenant(), given, rule), BusinessDays.ALL),
            faults.in(() -> jitter(field, given), 0L));
    if (!faults.any()) {
      faults.refuse();
      try {
        return new Checked(spec, interner.intern(spec));
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

  private static long jitter(String field, io.carillon.v1.ScheduleSpec given) {
    return given.hasJitter()
        ? Timestamps.micros(
            field + ".jitter", given.getJitter(), 0, ScheduleSpec.MAX_JITTER_MICROS, "0 to 1 day")
        : 0;
  }

  /** A stored spec, with its calendars as they are now. */
  public Checked renewed(String tenant, ScheduleSpec stored) {
    BusinessDays days = calendars.renewed(tenant, stored.businessDays());
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
    return new Checked(spec, interner.intern(spec));
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
}
