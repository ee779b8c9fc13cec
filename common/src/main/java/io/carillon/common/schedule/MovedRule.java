package io.carillon.common.schedule;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The local times of a rule, those of days that are not business days moved to the same time of the
 * next business day, or of the one before. What is moved to a time that is there already is one
 * time.
 *
 * <p>A business day takes in the days that are closed beside it: its origins. Of most days the only
 * origin is the day itself, and a stretch of these goes by the rule's own count. The rule has the
 * same times each day, so one origin stands for all, and a long closure costs no more than a
 * weekend.
 */
final class MovedRule implements LocalRule {

  private static final int DAY = DayTable.DAY;

  private final LocalRule rule;
  private final DayTable days;
  private final boolean forward;

  /** The first and the last day on which the rule has times, which may be cut. */
  private final int firstDay;

  private final int lastDay;

  /**
   * @param rule has the same times on all its days, but for the first and last
   */
  MovedRule(LocalRule rule, DayTable days, boolean forward) {
    this.rule = rule;
    this.days = days;
    this.forward = forward;
    long last = rule.previousBefore(LocalTimes.END);
    firstDay = firstMatching(DayTable.BEGIN);
    lastDay = last == NONE ? DayTable.NONE : DayTable.dayOf(last);
  }

  /** The first of the days that move to a business day, or are that day. */
  private int firstOrigin(int day) {
    if (!forward) {
      return day;
    }
    int before = days.openUpTo(day - 1);
    return before == DayTable.NONE ? DayTable.BEGIN : before + 1;
  }

  /** The first day after the {@link #firstOrigin origins} of a business day. */
  private int endOfOrigins(int day) {
    if (forward) {
      return day + 1;
    }
    int after = days.openFrom(day + 1);
    return after == DayTable.NONE ? DayTable.END : after;
  }

  private int target(int day) {
    return forward ? days.openFrom(day) : days.openUpTo(day);
  }

  @Override
  public long nextFrom(long local) {
    if (local >= LocalTimes.END) {
      return NONE;
    }
    long from = Math.max(local, LocalTimes.BEGIN);
    int day = DayTable.dayOf(from);
    if (days.isOpen(day)) {
      int second = nextOf(day, (int) (from - (long) day * DAY));
      if (second >= 0) {
        return (long) day * DAY + second;
      }
      day++;
    }
    int open = days.openFrom(day);
    if (open == DayTable.NONE) {
      return NONE;
    }
    long match = rule.nextFrom((long) firstOrigin(open) * DAY);
    int target = match == NONE ? DayTable.NONE : target(DayTable.dayOf(match));
    return target == DayTable.NONE ? NONE : (long) target * DAY + nextOf(target, 0);
  }

  @Override
  public long previousBefore(long local) {
    if (local <= LocalTimes.BEGIN) {
      return NONE;
    }
    long to = Math.min(local, LocalTimes.END);
    int day = DayTable.dayOf(to - 1);
    if (days.isOpen(day)) {
      int second = previousOf(day, (int) (to - (long) day * DAY));
      if (second >= 0) {
        return (long) day * DAY + second;
      }
      day--;
    }
    int open = days.openUpTo(day);
    if (open == DayTable.NONE) {
      return NONE;
    }
    long match = rule.previousBefore((long) endOfOrigins(open) * DAY);
    int target = match == NONE ? DayTable.NONE : target(DayTable.dayOf(match));
    return target == DayTable.NONE ? NONE : (long) target * DAY + previousOf(target, DAY);
  }

  /** The first second of a business day at or after {@code second} that has a time, or -1. */
  private int nextOf(int day, int second) {
    int best = DAY;
    int end = endOfOrigins(day);
    int origin = beginOfOrigins(day, end);
    while (origin < end && best > second) {
      long begin = (long) origin * DAY;
      long match = rule.nextFrom(begin + second);
      best = match < begin + best ? (int) (match - begin) : best;
      origin = originAfter(origin);
    }
    return best == DAY ? -1 : best;
  }

  /** The last second of a business day before {@code second} that has a time, or -1. */
  private int previousOf(int day, int second) {
    int best = -1;
    int end = endOfOrigins(day);
    int origin = beginOfOrigins(day, end);
    while (origin < end && best < second - 1) {
      long begin = (long) origin * DAY;
      long match = rule.previousBefore(begin + second);
      best = match == NONE ? best : (int) Math.max(best, match - begin);
      origin = originAfter(origin);
    }
    return best;
  }

  /** The first origin to ask for its times: one that stands for all, if there is one. */
  private int beginOfOrigins(int day, int end) {
    int first = firstMatching(firstOrigin(day));
    if (first == firstDay) {
      int second = firstMatching(first + 1);
      return second < end && second != lastDay ? second : first;
    }
    return first;
  }

  /** The next origin to ask after one: none where that one stands for all. */
  private int originAfter(int origin) {
    return standsForAll(origin) ? DayTable.NONE : firstMatching(origin + 1);
  }

  private boolean standsForAll(int origin) {
    return origin != firstDay && origin != lastDay;
  }

  /** The first day from one on on which the rule has times; beyond all days if none has. */
  private int firstMatching(int day) {
    long match = rule.nextFrom((long) day * DAY);
    return match == NONE ? DayTable.NONE : DayTable.dayOf(match);
  }

  @Override
  public boolean matches(long local) {
    int day = DayTable.dayOf(local);
    int second = (int) (local - (long) day * DAY);
    return days.isOpen(day) && nextOf(day, second) == second;
  }

  @Override
  public long count(long from, long to) {
    long end = Math.min(to, LocalTimes.END);
    long at = Math.max(from, LocalTimes.BEGIN);
    long total = 0;
    int day = days.openFrom(DayTable.dayOf(at));
    while (day != DayTable.NONE && (long) day * DAY < end) {
      int endDay = endOfStretch(day);
      long low = Math.max(at, (long) day * DAY);
      long high = Math.min(end, (long) endDay * DAY);
      total += countOf(day, endDay, low, high);
      day = days.openFrom(endDay);
    }
    return total;
  }

  @Override
  public long nth(long local, long n) {
    long at = Math.max(local, LocalTimes.BEGIN);
    long left = n;
    int day = days.openFrom(DayTable.dayOf(at));
    while (day != DayTable.NONE) {
      int endDay = endOfStretch(day);
      long low = Math.max(at, (long) day * DAY);
      long here = countOf(day, endDay, low, (long) endDay * DAY);
      if (left <= here) {
        return nthOf(day, low, left);
      }
      left -= here;
      day = days.openFrom(endDay);
    }
    return NONE;
  }

  /**
   * The end of a stretch of business days that begins with {@code day}: a day with several origins
   * is a stretch of its own.
   */
  private int endOfStretch(int day) {
    if (isMerged(day)) {
      return day + 1;
    }
    int closed = days.closedFrom(day);
    return forward || closed == DayTable.END ? closed : closed - 1;
  }

  private boolean isMerged(int day) {
    return forward ? !days.isOpen(day - 1) : !days.isOpen(day + 1);
  }

  /** How many times a stretch has in {@code [low, high)}, which lies within it. */
  private long countOf(int day, int endDay, long low, long high) {
    if (low >= high) {
      return 0;
    }
    if (endDay > day + 1 || !isMerged(day)) {
      return rule.count(low, high);
    }
    int end = endOfOrigins(day);
    int origin = beginOfOrigins(day, end);
    if (origin >= end) {
      return 0;
    }
    if (standsForAll(origin)) {
      long shift = (long) (origin - day) * DAY;
      return rule.count(low + shift, high + shift);
    }
    return seconds(day, low, high).cardinality();
  }

  /** The n-th time of a stretch at or after {@code low}; there is one. */
  private long nthOf(int day, long low, long n) {
    if (!isMerged(day)) {
      return rule.nth(low, n);
    }
    int origin = beginOfOrigins(day, endOfOrigins(day));
    if (standsForAll(origin)) {
      long shift = (long) (origin - day) * DAY;
      return rule.nth(low + shift, n) - shift;
    }
    BitSet seconds = seconds(day, low, (day + 1L) * DAY);
    int second = seconds.nextSetBit(0);
    for (long i = 1; i < n; i++) {
      second = seconds.nextSetBit(second + 1);
    }
    return (long) day * DAY + second;
  }

  /** The seconds of a business day within {@code [low, high)} to which its origins have times. */
  private BitSet seconds(int day, long low, long high) {
    BitSet seconds = new BitSet(DAY);
    int end = endOfOrigins(day);
    for (int origin = firstMatching(firstOrigin(day)); origin < end; ) {
      long shift = (long) (origin - day) * DAY;
      long match = rule.nextFrom(low + shift);
      while (match < high + shift) {
        seconds.set((int) (match - (long) origin * DAY));
        match = rule.nextFrom(match + 1);
      }
      origin = firstMatching(origin + 1);
    }
    return seconds;
  }

  /** The days other than its own from which a time of this rule comes. */
  List<Integer> origins(long local) {
    int day = DayTable.dayOf(local);
    long second = local - (long) day * DAY;
    List<Integer> origins = new ArrayList<>();
    int end = endOfOrigins(day);
    for (int origin = firstMatching(firstOrigin(day)); origin < end; ) {
      if (origin != day && rule.matches((long) origin * DAY + second)) {
        origins.add(origin);
      }
      origin = firstMatching(origin + 1);
    }
    return origins;
  }
}
