package io.carillon.bench.load;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Microseconds since 1970, as everywhere. Master and harness are on one machine, so on one clock.
 */
public final class WallClock {

  private WallClock() {}

  public static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
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
