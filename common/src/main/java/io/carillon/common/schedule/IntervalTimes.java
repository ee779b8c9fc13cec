package io.carillon.common.schedule;

/** Times {@code k * period + phase}, over the whole range of long but {@link #NEVER} itself. */
final class IntervalTimes implements Times {

  private final long period;

  /** From 0 to below the period. */
  private final long phase;

  IntervalTimes(long periodMicros, long anchorMicros) {
    period = periodMicros;
    phase = Math.floorMod(anchorMicros, periodMicros);
  }

  /**
   * Since the latest nominal time: from 0 to below the period. A plain difference could overflow.
   */
  private long elapsed(long micros) {
    return Math.floorMod(Math.floorMod(micros, period) - phase, period);
  }

  @Override
  public long nextAfter(long micros) {
    long ahead = period - elapsed(micros);
    return micros > NEVER - ahead ? NEVER : micros + ahead;
  }

  @Override
  public long previousBefore(long micros) {
    if (micros == NEVER_BEFORE) {
      return NEVER_BEFORE;
    }
    long behind = elapsed(micros - 1) + 1;
    return micros < NEVER_BEFORE + behind ? NEVER_BEFORE : micros - behind;
  }

  @Override
  public boolean matches(long micros) {
    return micros != NEVER && elapsed(micros) == 0;
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    long upTo = Math.min(upToMicros, NEVER - 1);
    long first = nextAfter(afterMicros);
    if (first > upTo) {
      return 0;
    }
    // The difference may exceed a long, and is then right as an unsigned one.
    return Long.divideUnsigned(upTo - elapsed(upTo) - first, period) + 1;
  }

  @Override
  public long nthAfter(long afterMicros, long n) {
    long first = nextAfter(afterMicros);
    if (first == NEVER || Long.divideUnsigned(NEVER - 1 - first, period) < n - 1) {
      return NEVER;
    }
    return first + (n - 1) * period;
  }

  @Override
  public long last() {
    return NEVER;
  }
}
