package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;

/** Times with jitter, without those from one time to before another. */
record BentTimes(Occurrences of, long jitterMicros, long from, long to) implements Occurrences {

  private boolean isLeftOut(long micros) {
    return micros >= from && micros < to;
  }

  @Override
  public long nextAfter(long micros) {
    long next = of.nextAfter(micros);
    return isLeftOut(next) ? of.nextAfter(to - 1) : next;
  }

  @Override
  public long previousBefore(long micros) {
    long previous = of.previousBefore(micros);
    return isLeftOut(previous) ? of.previousBefore(from) : previous;
  }

  @Override
  public boolean matches(long micros) {
    return of.matches(micros) && !isLeftOut(micros);
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    return of.count(afterMicros, upToMicros)
        - of.count(Math.max(afterMicros, from - 1), Math.min(upToMicros, to - 1));
  }

  @Override
  public long last() {
    return of.last();
  }
}
