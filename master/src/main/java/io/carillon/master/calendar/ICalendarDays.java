package io.carillon.master.calendar;

import io.carillon.common.schedule.DayRange;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The whole days that the events of an iCalendar file (RFC 5545) take, of the years 1970 to 2099.
 *
 * @param days sorted, disjoint, ranges that touch are joined
 * @param count how many days that are
 * @param ignoredEvents events with a time of day, and cancelled ones
 */
public record ICalendarDays(List<DayRange> days, int count, int ignoredEvents) {

  private static final int MAX_DAYS = 20_000;
  private static final int LAST_DAY = (int) LocalDate.of(2099, 12, 31).toEpochDay();

  /**
   * Reads a file; the work is bounded for any text.
   *
   * @throws ICalendarException if the text is malformed, or has more than 20000 days
   */
  public static ICalendarDays read(String text) {
    List<Event> events = ICalendarReader.events(text);
    Map<String, Set<Integer>> replaced = new HashMap<>();
    for (Event event : events) {
      Integer day = event.replaced();
      if (day != null) {
        replaced.computeIfAbsent(event.uid(), uid -> new HashSet<>()).add(day);
      }
    }
    Recurrences recurrences = new Recurrences();
    BitSet days = new BitSet(LAST_DAY + 1);
    int ignored = 0;
    for (Event event : events) {
      if (event.isCancelled() || event.isTimed()) {
        ignored++;
        continue;
      }
      boolean replaces = event.replaced() != null;
      Set<Integer> gone = replaces ? Set.of() : replaced.getOrDefault(event.uid(), Set.of());
      mark(event, starts(event, gone, recurrences), days);
    }
    return new ICalendarDays(ranges(days), days.cardinality(), ignored);
  }

  private static Set<Integer> starts(Event event, Set<Integer> gone, Recurrences recurrences) {
    int start = event.start();
    int from = 1 - event.length();
    Set<Integer> starts = new TreeSet<>();
    starts.add(start);
    event.all("RRULE").forEach(rule -> recurrences.expand(rule, start, from, LAST_DAY, starts));
    event.all("RDATE").forEach(dates -> starts.addAll(Event.days(dates)));
    Set<Integer> excluded = new HashSet<>(gone);
    event.all("EXRULE").forEach(rule -> recurrences.expand(rule, start, from, LAST_DAY, excluded));
    event.all("EXDATE").forEach(dates -> excluded.addAll(Event.days(dates)));
    starts.removeAll(excluded);
    return starts;
  }

  private static void mark(Event event, Set<Integer> starts, BitSet days) {
    int length = event.length();
    for (int start : starts) {
      int first = Math.max(0, start);
      int last = Math.min(LAST_DAY, start + length - 1);
      if (first <= last) {
        days.set(first, last + 1);
      }
    }
    if (days.cardinality() > MAX_DAYS) {
      throw new ICalendarException(
          event.line(),
          "begins an event with which the file has more than "
              + MAX_DAYS
              + " days: take out what recurs too often; days of each week belong in weekend");
    }
  }

  private static List<DayRange> ranges(BitSet days) {
    List<DayRange> ranges = new ArrayList<>();
    for (int first = days.nextSetBit(0); first >= 0; ) {
      int end = days.nextClearBit(first);
      ranges.add(new DayRange(first, end - 1));
      first = days.nextSetBit(end);
    }
    return List.copyOf(ranges);
  }
}
