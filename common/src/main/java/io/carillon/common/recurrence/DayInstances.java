package io.carillon.common.recurrence;

import io.carillon.common.cron.LocalRule;

/** The instances of a rule without BYSETPOS above the day: its times on its days. */
record DayInstances(MatchingDays days, DayTimes times) implements LocalRule {

  private static final int DAY = DayTimes.DAY;

  @Override
  public long nextFrom(long local) {
    int today = dayOf(local);
    int second = (int) (local - (long) today * DAY);
    for (int day = days.next(today); day != MatchingDays.NONE; day = days.next(day + 1)) {
      int time = times.next(day, day == today ? second : 0);
      if (time != DayTimes.NONE) {
        return (long) day * DAY + time;
      }
    }
    return NONE;
  }

  @Override
  public long previousBefore(long local) {
    int today = dayOf(local);
    int second = (int) (local - (long) today * DAY);
    int from = today + 1;
    for (int day = days.previous(from); day != MatchingDays.NONE; day = days.previous(day)) {
      int time = times.previous(day, day == today ? second : DAY);
      if (time != DayTimes.NONE) {
        return (long) day * DAY + time;
      }
    }
    return NONE;
  }

  @Override
  public boolean matches(long local) {
    return nextFrom(local) == local;
  }

  @Override
  public long count(long from, long to) {
    if (from >= to) {
      return 0;
    }
    int first = dayOf(from);
    int end = dayOf(to);
    return countDays(first, end) + countBefore(end, to) - countBefore(first, from);
  }

  private long countDays(int first, int end) {
    if (times.perDay() != DayTimes.NONE) {
      return (long) days.count(first, end) * times.perDay();
    }
    long total = 0;
    for (int day = days.next(first); day != MatchingDays.NONE && day < end; ) {
      total += times.countBefore(day, DAY);
      day = days.next(day + 1);
    }
    return total;
  }

  /** Those of a local time's day that are before it. */
  private int countBefore(int day, long local) {
    int second = (int) (local - (long) day * DAY);
    return second > 0 && days.next(day) == day ? times.countBefore(day, second) : 0;
  }

  @Override
  public long nth(long local, long n) {
    int today = dayOf(local);
    // Counted from the beginning of the first day, so that whole days remain.
    long rank = n - 1 + countBefore(today, local);
    int perDay = times.perDay();
    if (perDay != DayTimes.NONE) {
      int day = perDay == 0 ? MatchingDays.NONE : days.nth(today, rank / perDay);
      return instance(day, rank % Math.max(1, perDay));
    }
    for (int day = days.next(today); day != MatchingDays.NONE; day = days.next(day + 1)) {
      int count = times.countBefore(day, DAY);
      if (rank < count) {
        return instance(day, rank);
      }
      rank -= count;
    }
    return NONE;
  }

  private long instance(int day, long index) {
    return day == MatchingDays.NONE ? NONE : (long) day * DAY + times.at(day, (int) index);
  }

  private static int dayOf(long local) {
    return (int) Math.floorDiv(local, (long) DAY);
  }
}
