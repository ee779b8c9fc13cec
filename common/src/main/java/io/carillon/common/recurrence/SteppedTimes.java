package io.carillon.common.recurrence;

/**
 * The times of a rule that goes by hours, minutes or seconds: every so many of them from its start
 * on, if the day's parts allow them, and within each of them the same seconds.
 *
 * <p>Both the steps and what is allowed are jumped over, whichever reaches further. Where the steps
 * fall on a day repeats after some days; for how many days is computed beforehand what a day has,
 * so that days without any time cost nothing.
 */
final class SteppedTimes implements DayTimes {

  /** Steps that repeat later than this are so wide that a day has few of them. */
  private static final int MAX_PHASES = 2048;

  private final int unit;
  private final TimeSet allowed;
  private final TimeSet within;
  private final long step;
  private final long startUnit;

  /** The distance of the phases that a day can have, all less than {@code step}. */
  private final long phaseWidth;

  /** The times of a day by its phase, or null if there are too many phases. */
  private final int[] counts;

  /** Whether no day has any time. */
  private final boolean never;

  /** Whether every unit of a day may have times: then steps are counted without walking. */
  private final boolean open;

  /**
   * @param unit seconds of an hour, a minute or a second
   * @param interval in units
   * @param allowed when units begin that may have times
   * @param within the times of a unit, from its beginning
   * @param start local second in the first unit
   */
  SteppedTimes(int unit, int interval, TimeSet allowed, TimeSet within, long start) {
    this.unit = unit;
    this.allowed = allowed;
    this.within = within;
    open = allowed.size() == DAY / unit;
    step = (long) unit * interval;
    startUnit = start - Math.floorMod(start, (long) unit);
    phaseWidth = greatestCommonDivisor(step, DAY);
    long least = Math.floorMod(startUnit, phaseWidth);
    never = within.size() == 0 || step <= DAY && !anyFrom(least);
    counts = step / phaseWidth <= MAX_PHASES ? new int[(int) (step / phaseWidth)] : null;
    for (int i = 0; counts != null && i < counts.length; i++) {
      counts[i] = walkBefore(least + i * phaseWidth, DAY);
    }
  }

  /** Whether any phase has a time: at most a day's seconds are looked at. */
  private boolean anyFrom(long least) {
    for (long phase = least; phase < step; phase += phaseWidth) {
      if (nextUnit(phase, 0) != NONE) {
        return true;
      }
    }
    return false;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  @Override
  public int next(int day, int second) {
    long phase = phase(day);
    if (never || counts != null && countOf(phase) == 0) {
      return NONE;
    }
    int begin = second - second % unit;
    int found = nextUnit(phase, begin);
    if (found == begin) {
      int later = within.next(second - begin);
      if (later != NONE) {
        return begin + later;
      }
      found = nextUnit(phase, begin + unit);
    }
    return found == NONE ? NONE : found + within.at(0);
  }

  @Override
  public int previous(int day, int second) {
    long phase = phase(day);
    if (never || counts != null && countOf(phase) == 0) {
      return NONE;
    }
    int found = previousUnit(phase, second);
    if (found != NONE && found + unit > second) {
      int earlier = within.previous(second - found);
      if (earlier != NONE) {
        return found + earlier;
      }
      found = previousUnit(phase, found);
    }
    return found == NONE ? NONE : found + within.at(within.size() - 1);
  }

  @Override
  public int countBefore(int day, int second) {
    long phase = phase(day);
    return second == DAY && counts != null ? countOf(phase) : walkBefore(phase, second);
  }

  @Override
  public int at(int day, int index) {
    long phase = phase(day);
    int found = nextUnit(phase, 0);
    for (int left = index / within.size(); left > 0; left--) {
      found = nextUnit(phase, found + unit);
    }
    return found + within.at(index % within.size());
  }

  @Override
  public int perDay() {
    return counts != null && counts.length == 1 ? counts[0] : NONE;
  }

  private int walkBefore(long phase, int second) {
    if (open) {
      return phase < second ? stepBefore((int) phase, second) : 0;
    }
    int total = 0;
    for (int at = nextUnit(phase, 0); at != NONE && at < second; at = nextUnit(phase, at + unit)) {
      total += at + unit <= second ? within.size() : within.countBefore(second - at);
    }
    return total;
  }

  private int stepBefore(int phase, int second) {
    int whole = (int) ((second - 1 - phase) / step);
    int last = (int) (phase + whole * step);
    int ofLast = last + unit <= second ? within.size() : within.countBefore(second - last);
    return whole * within.size() + ofLast;
  }

  /** The second of the day of the first step, which may lie beyond the day. */
  private long phase(int day) {
    return Math.floorMod(startUnit - (long) day * DAY, step);
  }

  private int countOf(long phase) {
    return counts[(int) (phase / phaseWidth)];
  }

  /** The first step at or after a second of the day at which a unit is allowed, or NONE. */
  private int nextUnit(long phase, int from) {
    long at = from;
    while (at < DAY) {
      int open = allowed.next((int) at);
      if (open == NONE) {
        return NONE;
      }
      at = open + Math.floorMod(phase - open, step);
      if (at == open) {
        return open;
      }
    }
    return NONE;
  }

  /** The last such step before a second of the day, or NONE. */
  private int previousUnit(long phase, int before) {
    long end = before;
    while (end > 0) {
      int open = allowed.previous((int) end);
      if (open == NONE) {
        return NONE;
      }
      long at = open - Math.floorMod(open - phase, step);
      if (at == open) {
        return open;
      }
      end = at + 1;
    }
    return NONE;
  }
}
