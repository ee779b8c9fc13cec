package io.carillon.common.schedule;

import static io.carillon.common.schedule.Occurrences.NEVER;
import static io.carillon.common.schedule.Occurrences.NEVER_BEFORE;
import static io.carillon.common.schedule.ZonedTimes.SECOND;

/**
 * The instants whose local day in a zone is a business day. A day that a change of the clock cuts
 * in two, or repeats in part, is open or not in all its parts.
 */
final class BusinessTime implements OpenTimes {

  private final DayTable days;
  private final ZoneTable zone;

  BusinessTime(DayTable days, ZoneTable zone) {
    this.days = days;
    this.zone = zone;
  }

  @Override
  public boolean isOpen(long micros) {
    long second = Math.floorDiv(micros, SECOND);
    return days.isOpen(DayTable.dayOf(second + zone.offset(zone.segmentAt(second))));
  }

  @Override
  public long openFrom(long micros) {
    return from(micros, true);
  }

  @Override
  public long closedFrom(long micros) {
    return from(micros, false);
  }

  private long from(long micros, boolean open) {
    long second = Math.floorDiv(micros, SECOND);
    int segment = zone.segmentAt(second);
    long from = second;
    while (true) {
      int day = DayTable.dayOf(from + zone.offset(segment));
      int found = open ? days.openFrom(day) : days.closedFrom(day);
      if (found == day) {
        return from == second ? micros : from * SECOND;
      }
      long begin = (long) found * DayTable.DAY - zone.offset(segment);
      if (found != DayTable.NONE && begin < zone.end(segment)) {
        return begin * SECOND;
      }
      // Clocks go back by a day at most.
      boolean none = found == DayTable.NONE && !days.isOpen(day - 1);
      if (none || ++segment == zone.size()) {
        return NEVER;
      }
      from = zone.start(segment);
    }
  }

  @Override
  public long openUpTo(long micros) {
    long second = Math.floorDiv(micros, SECOND);
    int segment = zone.segmentAt(second);
    long upTo = second;
    while (true) {
      int day = DayTable.dayOf(upTo + zone.offset(segment));
      int found = days.openUpTo(day);
      if (found == day) {
        return upTo == second ? micros : (upTo + 1) * SECOND - 1;
      }
      long end = (found + 1L) * DayTable.DAY - zone.offset(segment);
      if (found != DayTable.NONE && end > zone.start(segment)) {
        return end * SECOND - 1;
      }
      boolean none = found == DayTable.NONE && !days.isOpen(day + 1);
      if (none || segment == 0) {
        return NEVER_BEFORE;
      }
      upTo = zone.start(segment) - 1;
      segment--;
    }
  }
}
