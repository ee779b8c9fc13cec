package io.carillon.common.schedule;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Days from first to last, both included, as days since 1970-01-01. */
public record DayRange(int first, int last) {

  public DayRange {
    if (last < first) {
      throw new IllegalArgumentException("The days end before they begin");
    }
  }

  public static DayRange of(LocalDate first, LocalDate last) {
    return new DayRange(Math.toIntExact(first.toEpochDay()), Math.toIntExact(last.toEpochDay()));
  }

  /** The same days as the fewest ranges: sorted, and such that none touches another. */
  public static List<DayRange> joined(List<DayRange> ranges) {
    List<DayRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingInt(DayRange::first));
    List<DayRange> joined = new ArrayList<>(sorted.size());
    for (DayRange range : sorted) {
      int last = joined.size() - 1;
      if (last >= 0 && range.first - 1L <= joined.get(last).last) {
        int end = Math.max(joined.get(last).last, range.last);
        joined.set(last, new DayRange(joined.get(last).first, end));
      } else {
        joined.add(range);
      }
    }
    return joined;
  }
}
