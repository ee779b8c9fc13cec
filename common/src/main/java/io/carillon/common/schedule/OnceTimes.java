package io.carillon.common.schedule;

/** A single time. */
final class OnceTimes implements Times {

  private final long at;

  OnceTimes(long atMicros) {
    at = atMicros;
  }

  @Override
  public long nextAfter(long micros) {
    return micros < at ? at : NEVER;
  }

  @Override
  public long previousBefore(long micros) {
    return at < micros ? at : NEVER_BEFORE;
  }

  @Override
  public boolean matches(long micros) {
    return micros == at && at != NEVER;
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    return afterMicros < at && at <= upToMicros && at != NEVER ? 1 : 0;
  }

  @Override
  public long nthAfter(long afterMicros, long n) {
    return n == 1 ? nextAfter(afterMicros) : NEVER;
  }

  @Override
  public long last() {
    return at;
  }
}
