package io.carillon.common.schedule;

/**
 * The times of a rule that are open. What is closed is passed over a range at a time, so that the
 * work is bounded by the number of ranges and not by that of the times that they leave out.
 */
final class RemainingTimes implements Times {

  private final Times times;
  private final OpenTimes open;
  private final long last;

  RemainingTimes(Times times, OpenTimes open) {
    this.times = times;
    this.open = open;
    last = open.openUpTo(times.last());
  }

  @Override
  public long nextAfter(long micros) {
    long next = times.nextAfter(micros);
    while (next != NEVER) {
      long from = open.openFrom(next);
      if (from == next) {
        return next;
      }
      if (from == NEVER) {
        return NEVER;
      }
      next = times.nextAfter(from - 1);
    }
    return NEVER;
  }

  @Override
  public long previousBefore(long micros) {
    long previous = times.previousBefore(micros);
    while (previous != NEVER_BEFORE) {
      long upTo = open.openUpTo(previous);
      if (upTo == previous) {
        return previous;
      }
      if (upTo == NEVER_BEFORE) {
        return NEVER_BEFORE;
      }
      previous = times.previousBefore(upTo + 1);
    }
    return NEVER_BEFORE;
  }

  @Override
  public boolean matches(long micros) {
    return times.matches(micros) && open.isOpen(micros);
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    if (afterMicros >= upToMicros) {
      return 0;
    }
    long total = 0;
    long from = open.openFrom(afterMicros + 1);
    while (from <= upToMicros && from != NEVER) {
      long end = open.closedFrom(from);
      total += times.count(from - 1, Math.min(upToMicros, end - 1));
      if (end > upToMicros || end == NEVER) {
        break;
      }
      from = open.openFrom(end);
    }
    return total;
  }

  @Override
  public long nthAfter(long afterMicros, long n) {
    if (afterMicros == NEVER) {
      return NEVER;
    }
    long left = n;
    long from = open.openFrom(afterMicros + 1);
    while (from != NEVER) {
      long end = open.closedFrom(from);
      long here = times.count(from - 1, end - 1);
      if (left <= here) {
        return times.nthAfter(from - 1, left);
      }
      if (end == NEVER) {
        return NEVER;
      }
      left -= here;
      from = open.openFrom(end);
    }
    return NEVER;
  }

  @Override
  public long last() {
    return last;
  }
}
