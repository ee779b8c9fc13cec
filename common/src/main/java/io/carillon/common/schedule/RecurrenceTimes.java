package io.carillon.common.schedule;

import io.carillon.common.recurrence.Distance;
import io.carillon.common.recurrence.Recurrence;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.SpecParts.Moves;
import io.carillon.common.schedule.SpecParts.ZonedKey;

/**
 * The times of recurrence rules in a zone, none before the instant that the rule begins at. COUNT
 * counts what there is: what a change of the clock leaves out does not count, and what it repeats
 * counts each time that it fires.
 */
final class RecurrenceTimes {

  private static final int DAY = 86_400;

  private final ScheduleSpec spec;
  private final SpecParts parts;
  private final ZoneTable zone;

  /** In seconds since 1970, and on local time. */
  private final long dtstart;

  private final long localStart;

  /**
   * @param dtstart in seconds since 1970
   */
  RecurrenceTimes(ScheduleSpec spec, SpecParts parts, long dtstart) {
    this.spec = spec;
    this.parts = parts;
    this.dtstart = dtstart;
    zone = ZoneTable.of(spec.zone());
    localStart = dtstart + zone.offset(zone.segmentAt(dtstart));
  }

  /**
   * @param moves null: times stay on days that are not business days
   */
  Times times(Recurrence rule, Moves moves) {
    Distance distance = rule.distance();
    if (distance != null) {
      long anchor = (dtstart + distance.fromStart()) * ZonedTimes.SECOND;
      Times steps = new IntervalTimes(distance.seconds() * ZonedTimes.SECOND, anchor);
      return bounded(rule, steps, (zone.lastSecond() + 1) * ZonedTimes.SECOND - 1);
    }
    boolean shift = spec.gap() == GapPolicy.SHIFT && !rule.runsThrough();
    FoldPolicy fold = rule.runsThrough() ? FoldPolicy.BOTH : spec.fold();
    // After a start in the first pass of what comes twice, clocks show earlier times once more. Of
    // a
    // rule that names local times, those before the start's are none of it.
    boolean repeats = rule.runsThrough() && zone.passOf(dtstart) == 1;
    Recurrence whole = repeats ? rule.within(localStart - DAY, Long.MAX_VALUE) : rule;
    Times there = bounded(rule, zoned(whole, shift, fold, null), Long.MAX_VALUE);
    return moves == null ? there : zoned(upTo(rule, there), shift, fold, moves);
  }

  private ZonedTimes zoned(Recurrence rule, boolean shift, FoldPolicy fold, Moves moves) {
    // What moves may do so to days before the begin.
    boolean begins = moves == null && fold == FoldPolicy.FIRST;
    long begin = begins ? dtstart : ZonedTimes.NO_BEGIN;
    return parts.times(new ZonedKey(rule, spec.zone(), shift, fold, begin, moves), () -> rule);
  }

  private Times bounded(Recurrence rule, Times times, long lastMicros) {
    long after = dtstart * ZonedTimes.SECOND - 1;
    long last = lastMicros;
    if (rule.untilInstant() < last / ZonedTimes.SECOND) {
      last = rule.untilInstant() * ZonedTimes.SECOND;
    }
    if (rule.count() > 0) {
      last = Math.min(last, times.nthAfter(after, rule.count()));
    }
    return new BoundedTimes(times, after, last, Long.MAX_VALUE, 0);
  }

  /** The rule with an end where its times end, before any of them moves. */
  private Recurrence upTo(Recurrence rule, Times times) {
    long last = times.previousBefore(Long.MAX_VALUE);
    if (last == Occurrences.NEVER_BEFORE) {
      return rule.within(localStart, localStart - 1);
    }
    long second = Math.floorDiv(last, ZonedTimes.SECOND);
    return rule.within(localStart, second + zone.offset(zone.segmentAt(second)));
  }
}
