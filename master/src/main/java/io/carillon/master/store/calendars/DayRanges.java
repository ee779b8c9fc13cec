package io.carillon.master.store.calendars;

import io.carillon.common.schedule.DayRange;
import java.util.ArrayList;
import java.util.List;

/** Ranges of days as they are stored. */
final class DayRanges {

  private DayRanges() {}

  /** As in "20446-20447,20459": days since 1970-01-01. */
  static String text(List<DayRange> joined) {
    StringBuilder text = new StringBuilder();
    for (DayRange range : joined) {
      text.append(text.length() == 0 ? "" : ",").append(range.first());
      if (range.last() > range.first()) {
        text.append('-').append(range.last());
      }
    }
    return text.toString();
  }

  static List<DayRange> parse(String text) {
    List<DayRange> ranges = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      int dash = text.indexOf('-', from);
      int firstEnd = dash < 0 || dash > to ? to : dash;
      int first = Integer.parseInt(text, from, firstEnd, 10);
      int last = firstEnd == to ? first : Integer.parseInt(text, firstEnd + 1, to, 10);
      ranges.add(new DayRange(first, last));
      from = to + 1;
    }
    return List.copyOf(ranges);
  }
}
