package io.carillon.master.store;

import io.carillon.common.schedule.DayRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Lists of days in the form that they are stored in: sorted, disjoint, what touches is joined. */
public final class DayRanges {

  private DayRanges() {}

  /** The days of any of these ranges, in their stored form. */
  public static List<DayRange> joined(Collection<DayRange> ranges) {
    List<DayRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingInt(DayRange::first));
    List<DayRange> joined = new ArrayList<>();
    for (DayRange next : sorted) {
      int end = joined.size() - 1;
      if (end >= 0 && next.first() <= joined.get(end).last() + 1) {
        DayRange open = joined.get(end);
        joined.set(end, new DayRange(open.first(), Math.max(open.last(), next.last())));
      } else {
        joined.add(next);
      }
    }
    return List.copyOf(joined);
  }

  /** How many days the ranges have, each counted once. */
  public static int days(List<DayRange> joined) {
    return joined.stream().mapToInt(range -> range.last() - range.first() + 1).sum();
  }

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
