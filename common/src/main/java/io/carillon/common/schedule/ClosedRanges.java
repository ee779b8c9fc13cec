package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Occurrences.NEVER_BEFORE;
import static io.carillon.common.schedule.ZonedTimes.SECOND;

import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ranges of instants that exclusions leave out; all else is open. */
final class ClosedRanges implements OpenTimes {

  /** First instants of the ranges, sorted. */
  private final long[] begins;

  /** First instants after the ranges, each before the next begin. */
  private final long[] ends;

  private ClosedRanges(List<TimeExclusion> ranges) {
    begins = new long[ranges.size()];
    ends = new long[ranges.size()];
    for (int i = 0; i < begins.length; i++) {
      begins[i] = ranges.get(i).fromMicros();
      ends[i] = ranges.get(i).toMicros();
    }
  }

  /** Joins what overlaps or touches. Days are those of the zone. */
  static ClosedRanges of(List<Exclusion> exclusions, ZoneTable zone) {
    List<TimeExclusion> ranges = new ArrayList<>();
    for (Exclusion exclusion : exclusions) {
      if (exclusion instanceof DateExclusion dates) {
        addDays(dates.days(), zone, ranges);
      } else {
        ranges.add((TimeExclusion) exclusion);
      }
    }
    ranges.sort(Comparator.comparingLong(TimeExclusion::fromMicros));
    List<TimeExclusion> joined = new ArrayList<>();
    for (TimeExclusion range : ranges) {
      int last = joined.size() - 1;
      if (last >= 0 && range.fromMicros() <= joined.get(last).toMicros()) {
        long end = Math.max(joined.get(last).toMicros(), range.toMicros());
        joined.set(last, new TimeExclusion(joined.get(last).fromMicros(), end));
      } else {
        joined.add(range);
      }
    }
    return new ClosedRanges(joined);
  }

  /** Days are one range of instants for each segment of the zone that they reach into. */
  private static void addDays(DayRange days, ZoneTable zone, List<TimeExclusion> ranges) {
    long localBegin = (long) days.first() * DayTable.DAY;
    long localEnd = (days.last() + 1L) * DayTable.DAY;
    for (int segment = 0; segment < zone.size(); segment++) {
      long begin = Math.max(zone.start(segment), localBegin - zone.offset(segment));
      long end = Math.min(zone.end(segment), localEnd - zone.offset(segment));
      if (begin < end) {
        ranges.add(new TimeExclusion(begin * SECOND, end * SECOND));
      }
    }
  }

  /** The last range that begins at or before an instant, -1 if none does. */
  private int rangeAt(long micros) {
    int low = -1;
    int high = begins.length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (begins[middle] <= micros) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public boolean isOpen(long micros) {
    int range = rangeAt(micros);
    return range < 0 || micros >= ends[range];
  }

  @Override
  public long openFrom(long micros) {
    int range = rangeAt(micros);
    return range < 0 ? micros : Math.max(micros, ends[range]);
  }

  @Override
  public long closedFrom(long micros) {
    int range = rangeAt(micros);
    if (range >= 0 && micros < ends[range]) {
      return micros;
    }
    return range + 1 < begins.length ? begins[range + 1] : NEVER;
  }

  @Override
  public long openUpTo(long micros) {
    int range = rangeAt(micros);
    if (range < 0 || micros >= ends[range]) {
      return micros;
    }
    return begins[range] == NEVER_BEFORE ? NEVER_BEFORE : begins[range] - 1;
  }
}
