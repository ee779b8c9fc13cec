package io.carillon.master.calendar;

import io.carillon.master.calendar.Event.Property;
import java.util.Set;
import java.util.TimeZone;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.Part;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/** Expands recurrence rules of days, with a limit on the work for all rules of a file together. */
final class Recurrences {

  /** Days looked at: a rule that goes through all days from 1970 to 2099 takes some 47000. */
  private static final int MAX_STEPS = 4_000_000;

  /** After as many empty periods lib-recur gives up, or after more. */
  private static final long EMPTY_PERIODS = 1_000;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final TimeZone UTC = TimeZone.getTimeZone("UTC");

  private final CalendarFaults faults;
  private long steps;

  Recurrences(CalendarFaults faults) {
    this.faults = faults;
  }

  /**
   * Adds the days of a rule; none of one that cannot be taken, which is told.
   *
   * @param start the first day of the event
   * @param from days before it are not wanted
   * @param to the last day that is wanted
   * @throws ICalendarException if it takes too much work
   */
  void expand(Property property, int start, int from, int to, Set<Integer> days) {
    RecurrenceRule rule;
    int period;
    try {
      rule = parse(property);
      period = daysOf(property, rule);
    } catch (ICalendarException e) {
      faults.add(e);
      return;
    }
    int stepsOfPeriod = looksAtDays(rule) ? period : 1;
    int last = Math.max(start, from);
    try {
      RecurrenceRuleIterator instances = rule.iterator(start * DAY_MILLIS, UTC);
      if (rule.getCount() == null && start < from) {
        instances.fastForward(from * DAY_MILLIS);
      }
      while (instances.hasNext()) {
        int day = (int) Math.floorDiv(instances.nextMillis(), DAY_MILLIS);
        charge(property, 1 + Math.max(0, (day - last) / period) * stepsOfPeriod);
        if (day > to) {
          return;
        }
        if (day >= from) {
          days.add(day);
        }
        last = day;
      }
    } catch (IllegalArgumentException e) {
      // It found no further day in so many periods.
      charge(property, EMPTY_PERIODS);
      if (last + EMPTY_PERIODS * period * rule.getInterval() < to) {
        faults.add(property.fault("of which hardly a day fits the rule"));
      }
    }
  }

  private void charge(Property property, long more) {
    steps += more;
    if (steps > MAX_STEPS) {
      throw property.fault("with which the events recur more often than can be taken");
    }
  }

  private static RecurrenceRule parse(Property property) {
    try {
      return new RecurrenceRule(property.value(), RfcMode.RFC5545_STRICT);
    } catch (InvalidRecurrenceRuleException | IllegalArgumentException e) {
      throw property.fault("which is no recurrence rule: " + e.getMessage());
    }
  }

  /** The least days that a period of the rule has. */
  private static int daysOf(Property property, RecurrenceRule rule) {
    int days =
        switch (rule.getFreq()) {
          case YEARLY -> 365;
          case MONTHLY -> 28;
          case WEEKLY -> 7;
          case DAILY -> 1;
          default -> 0;
        };
    if (days == 0 || hasTimes(rule)) {
      throw property.fault("which recurs within a day, but the event lasts whole days");
    }
    return days;
  }

  private static boolean hasTimes(RecurrenceRule rule) {
    return rule.hasPart(Part.BYHOUR) || rule.hasPart(Part.BYMINUTE) || rule.hasPart(Part.BYSECOND);
  }

  /** Whether each day of a period may have to be looked at. */
  private static boolean looksAtDays(RecurrenceRule rule) {
    return rule.hasPart(Part.BYDAY)
        || rule.hasPart(Part.BYMONTHDAY)
        || rule.hasPart(Part.BYYEARDAY)
        || rule.hasPart(Part.BYWEEKNO);
  }
}
