package io.carillon.master;

import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import java.time.Instant;

/** The clocks of this machine, for tests that have real time. */
public final class SystemTime implements TimeSource {

  @Override
  public long nowMicros() {
    return Micros.of(Instant.now());
  }

  @Override
  public long monotonicMicros() {
    return System.nanoTime() / 1_000;
  }
}
