package io.carillon.master.calendar;

import io.carillon.master.calendar.Event.Property;
import java.util.Set;
import java.util.TimeZone;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/** Expands recurrence rules of days, with a limit on the work for all rules of a file together. */
final class Recurrences {

  /** A rule of every day of 130 years, found day by day, takes some 47000. */
  private static final int MAX_STEPS = 3_000_000;

  /** After as many empty periods lib-recur gives up, or after more. */
  private static final long EMPTY_PERIODS = 1_000;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final TimeZone UTC = TimeZone.getTimeZone("UTC");

  private long steps;

  /**
   * Adds the days of a rule.
   *
   * @param start the first day of the event
   * @param from days before it are not wanted
   * @param to the last day that is wanted
   * @throws ICalendarException if it is no rule, or takes too much work
   */
  void expand(Property property, int start, int from, int to, Set<Integer> days) {
    RecurrenceRule rule = parse(property);
    int period = daysOf(property, rule.getFreq());
    int last = Math.max(start, from);
    try {
      RecurrenceRuleIterator instances = rule.iterator(start * DAY_MILLIS, UTC);
      if (rule.getCount() == null && start < from) {
        instances.fastForward(from * DAY_MILLIS);
      }
      while (instances.hasNext()) {
        int day = (int) Math.floorDiv(instances.nextMillis(), DAY_MILLIS);
        steps += 1 + Math.max(0, (day - last) / period);
        if (steps > MAX_STEPS) {
          throw property.fault("with which the events recur more often than can be taken");
        }
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
      if (last + EMPTY_PERIODS * period * rule.getInterval() < to) {
        throw property.fault("of which hardly a day fits the rule");
      }
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
  private static int daysOf(Property property, Freq freq) {
    return switch (freq) {
      case YEARLY -> 365;
      case MONTHLY -> 28;
      case WEEKLY -> 7;
      case DAILY -> 1;
      default -> throw property.fault("which recurs within a day, but the event lasts whole days");
    };
  }
}
