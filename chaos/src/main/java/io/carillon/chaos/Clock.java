package io.carillon.chaos;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The reference clock: that of the harness, which no fault touches. Microseconds since 1970. */
final class Clock {

  private Clock() {}

  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  static String show(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString().substring(11);
  }
}
