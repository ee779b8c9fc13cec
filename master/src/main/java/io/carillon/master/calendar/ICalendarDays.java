package io.carillon.master.calendar;

import io.carillon.common.schedule.DayRange;
import java.time.LocalDate;
import java.time.ZoneId;
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
 * @param faults what could not be taken, or only in part; at most about 100
 */
public record ICalendarDays(List<DayRange> days, int count, int ignoredEvents, List<Fault> faults) {

  private static final int MAX_DAYS = 20_000;
  private static final int LAST_DAY = (int) LocalDate.of(2099, 12, 31).toEpochDay();

  /**
   * Reads a file; the work is bounded for any text. Of what is malformed all is taken that is
   * clear.
   *
   * @throws ICalendarException if the text is no iCalendar file, or has more than 20000 days
   */
  public static ICalendarDays read(String text) {
    CalendarFaults faults = new CalendarFaults();
    ICalendarReader.Read file = ICalendarReader.read(text, faults);
    Map<String, Set<Integer>> replaced = new HashMap<>();
    List<Event> events = new ArrayList<>();
    for (Event event : file.events()) {
      try {
        Integer day = event.replaced(file.zone());
        if (day != null) {
          replaced.computeIfAbsent(event.uid(), uid -> new HashSet<>()).add(day);
        }
        events.add(event);
      } catch (ICalendarException e) {
        faults.add(e);
      }
    }
    Recurrences recurrences = new Recurrences(faults);
    BitSet days = new BitSet(LAST_DAY + 1);
    int ignored = 0;
    for (Event event : events) {
      try {
        if (event.isCancelled() || event.isTimed()) {
          ignored++;
          continue;
        }
        event.start();
      } catch (ICalendarException e) {
        faults.add(e);
        continue;
      }
      boolean replaces = event.replaced(file.zone()) != null;
      Set<Integer> gone = replaces ? Set.of() : replaced.getOrDefault(event.uid(), Set.of());
      int length = event.length();
      mark(event, length, starts(event, length, gone, recurrences, file.zone()), days);
    }
    return new ICalendarDays(ranges(days), days.cardinality(), ignored, faults.all());
  }

  private static Set<Integer> starts(
      Event event, int length, Set<Integer> gone, Recurrences recurrences, ZoneId zone) {
    int start = event.start();
    int from = 1 - length;
    Set<Integer> starts = new TreeSet<>();
    starts.add(start);
    event.all("RRULE").forEach(rule -> recurrences.expand(rule, start, from, LAST_DAY, starts));
    starts.addAll(event.days("RDATE", zone));
    Set<Integer> excluded = new HashSet<>(gone);
    event.all("EXRULE").forEach(rule -> recurrences.expand(rule, start, from, LAST_DAY, excluded));
    excluded.addAll(event.days("EXDATE", zone));
    starts.removeAll(excluded);
    return starts;
  }

  private static void mark(Event event, int length, Set<Integer> starts, BitSet days) {
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
