package io.carillon.bench.load;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The harness's clock, in microseconds since 1970. Servers are on the same machine, so on the same
 * clock, if no fault steps it.
 */
public final class WallClock {

  private WallClock() {}

  public static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** The time of day in UTC, to the microsecond. */
  public static String show(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString().substring(11);
  }

  public static long micros(double seconds) {
    return Math.round(seconds * 1e6);
  }

  public static void sleepUntil(long micros) throws InterruptedException {
    for (long left; (left = micros - nowMicros()) > 0; ) {
      Thread.sleep(Math.max(1, left / 1000));
    }
  }
}
