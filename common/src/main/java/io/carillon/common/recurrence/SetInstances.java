package io.carillon.common.recurrence;

import io.carillon.common.cron.LocalRule;

/**
 * The instances of a rule of weeks, months or years with BYSETPOS: some of those of each such
 * period, by their positions in it.
 */
record SetInstances(MatchingDays days, TimeSet times, Positions positions) implements LocalRule {

  private static final int DAY = DayTimes.DAY;

  boolean hasOneTimeADay() {
    return times.size() == 1;
  }

  @Override
  public long nextFrom(long local) {
    int begin = days.periodBegin(dayOf(local));
    long rank = rank(begin, local);
    while (begin < MatchingDays.END) {
      int end = days.periodEnd(begin);
      long size = size(begin, end);
      long index = positions.next(size, rank);
      if (index < size) {
        return instance(begin, index);
      }
      begin = end;
      rank = 0;
    }
    return NONE;
  }

  @Override
  public long previousBefore(long local) {
    int begin = days.periodBegin(dayOf(local));
    long rank = rank(begin, local);
    while (begin >= days.floor()) {
      long index = positions.previous(size(begin, days.periodEnd(begin)), rank);
      if (index >= 0) {
        return instance(begin, index);
      }
      begin = days.periodBegin(begin - 1);
      rank = Long.MAX_VALUE;
    }
    return NONE;
  }

  @Override
  public boolean matches(long local) {
    return nextFrom(local) == local;
  }

  @Override
  public long count(long from, long to) {
    long total = 0;
    int begin = days.periodBegin(dayOf(from));
    long rank = rank(begin, from);
    while ((long) begin * DAY < to) {
      int end = days.periodEnd(begin);
      long toRank = (long) end * DAY <= to ? Long.MAX_VALUE : rank(begin, to);
      for (long index : positions.of(size(begin, end))) {
        total += index >= rank && index < toRank ? 1 : 0;
      }
      begin = end;
      rank = 0;
    }
    return total;
  }

  @Override
  public long nth(long local, long n) {
    long left = n;
    int begin = days.periodBegin(dayOf(local));
    long rank = rank(begin, local);
    while (begin < MatchingDays.END) {
      int end = days.periodEnd(begin);
      for (long index : positions.of(size(begin, end))) {
        if (index >= rank && --left == 0) {
          return instance(begin, index);
        }
      }
      begin = end;
      rank = 0;
    }
    return NONE;
  }

  private long size(int begin, int end) {
    return (long) days.count(begin, end) * times.size();
  }

  /** How many of a period's set are before a local time in it. */
  private long rank(int begin, long local) {
    int day = dayOf(local);
    long rank = (long) days.count(begin, day) * times.size();
    return days.next(day) == day
        ? rank + times.countBefore((int) (local - (long) day * DAY))
        : rank;
  }

  private long instance(int begin, long index) {
    int day = days.nth(begin, index / times.size());
    return (long) day * DAY + times.at((int) (index % times.size()));
  }

  private static int dayOf(long local) {
    return (int) Math.floorDiv(local, (long) DAY);
  }
}
