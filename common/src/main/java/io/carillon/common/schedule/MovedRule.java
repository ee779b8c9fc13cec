package io.carillon.common.schedule;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.util.ArrayList;
import java.util.List;

/**
 * The local times of a rule, those of days that are not business days moved to the same time of the
 * next business day, or of the one before. What is moved to a time that is there already is one
 * time.
 *
 * <p>A business day takes in the days that are closed beside it: its origins. Of most days the only
 * origin is the day itself, and a stretch of these goes by the rule's own count.
 */
final class MovedRule implements LocalRule {

  private static final int DAY = DayTable.DAY;

  private final LocalRule rule;
  private final DayTable days;
  private final boolean forward;

  /** Whether all days of the rule have the same times, so that one origin stands for all. */
  private final boolean alike;

  MovedRule(LocalRule rule, DayTable days, boolean forward, boolean alike) {
    this.rule = rule;
    this.days = days;
    this.forward = forward;
    this.alike = alike;
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

  /**
   * The first second of a business day, at or after one of the day, that has a time; -1 if none.
   */
  private int nextOf(int day, int second) {
    int best = DAY;
    int end = endOfOrigins(day);
    for (int origin = firstMatching(firstOrigin(day)); origin < end; ) {
      long begin = (long) origin * DAY;
      long match = rule.nextFrom(begin + second);
      best = match < begin + best ? (int) (match - begin) : best;
      if (alike || best == second) {
        break;
      }
      origin = firstMatching(origin + 1);
    }
    return best == DAY ? -1 : best;
  }

  /** The last second of a business day, before one of the day, that has a time; -1 if none. */
  private int previousOf(int day, int second) {
    int best = -1;
    int end = endOfOrigins(day);
    for (int origin = firstMatching(firstOrigin(day)); origin < end; ) {
      long begin = (long) origin * DAY;
      long match = rule.previousBefore(begin + second);
      best = match == NONE ? best : (int) Math.max(best, match - begin);
      if (alike || best == second - 1) {
        break;
      }
      origin = firstMatching(origin + 1);
    }
    return best;
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
    if (alike) {
      long shift = shiftToOrigin(day);
      return shift == NONE ? 0 : rule.count(low + shift, high + shift);
    }
    long begin = (long) day * DAY;
    long total = 0;
    int second = nextOf(day, (int) (low - begin));
    while (second >= 0 && second < high - begin) {
      total++;
      second = nextOf(day, second + 1);
    }
    return total;
  }

  /** The n-th time of a stretch at or after {@code low}; there is one. */
  private long nthOf(int day, long low, long n) {
    if (!isMerged(day)) {
      return rule.nth(low, n);
    }
    if (alike) {
      long shift = shiftToOrigin(day);
      return rule.nth(low + shift, n) - shift;
    }
    long begin = (long) day * DAY;
    int second = nextOf(day, (int) (low - begin));
    for (long i = 1; i < n; i++) {
      second = nextOf(day, second + 1);
    }
    return begin + second;
  }

  /** From a business day to the first of its origins that has times, or {@link #NONE}. */
  private long shiftToOrigin(int day) {
    int origin = firstMatching(firstOrigin(day));
    return origin < endOfOrigins(day) ? (long) (origin - day) * DAY : NONE;
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
