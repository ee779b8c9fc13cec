package io.carillon.common.schedule;

/**
 * Those nominal times of a rule that lie in {@code (after, upTo]}, and how late they may be due.
 */
final class BoundedTimes implements Times {

  private final Times times;
  private final long after;
  private final long upTo;
  private final long jitter;
  private final long last;

  /**
   * @param endMicros no time is due after it
   */
  BoundedTimes(Times times, long afterMicros, long upToMicros, long endMicros, long jitterMicros) {
    this.times = times;
    this.after = afterMicros;
    this.upTo = upToMicros;
    this.jitter = jitterMicros;
    long lastNominal = Math.min(upTo, times.last());
    // Unsigned, as the distance may exceed a long.
    boolean endsSooner = Long.compareUnsigned(endMicros - lastNominal, jitter) < 0;
    last = endsSooner ? endMicros : lastNominal + jitter;
  }

  @Override
  public long nextAfter(long micros) {
    if (micros >= upTo) {
      return NEVER;
    }
    long next = times.nextAfter(Math.max(micros, after));
    return next <= upTo ? next : NEVER;
  }

  @Override
  public long previousBefore(long micros) {
    if (micros <= after) {
      return NEVER_BEFORE;
    }
    long previous = times.previousBefore(micros > upTo ? upTo + 1 : micros);
    return previous > after ? previous : NEVER_BEFORE;
  }

  @Override
  public boolean matches(long micros) {
    return micros > after && micros <= upTo && times.matches(micros);
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    return times.count(Math.max(afterMicros, after), Math.min(upToMicros, upTo));
  }

  @Override
  public long nthAfter(long afterMicros, long n) {
    if (afterMicros >= upTo) {
      return NEVER;
    }
    long found = times.nthAfter(Math.max(afterMicros, after), n);
    return found <= upTo ? found : NEVER;
  }

  @Override
  public long last() {
    return last;
  }

  /** The rule without its bounds. */
  Times unbounded() {
    return times;
  }

  @Override
  public long jitterMicros() {
    return jitter;
  }
}
