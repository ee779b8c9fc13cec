package io.carillon.chaos;

import java.util.concurrent.atomic.AtomicLong;

/** What may be wrong with the way in one direction. */
final class Way {

  /** A lease and a heartbeat come more often than that. */
  private static final long RECENT_NANOS = 2_000_000_000;

  volatile boolean stalled;
  volatile long delayNanos;
  volatile long bytesPerSecond = Long.MAX_VALUE;

  /** Bytes that came while something was wrong: a fault on an idle edge proves nothing. */
  final AtomicLong touched = new AtomicLong();

  private volatile long lastBytes = System.nanoTime() - RECENT_NANOS;

  /** Bytes came. */
  void took(int count, long now) {
    lastBytes = now;
    if (!isHealthy()) {
      touched.addAndGet(count);
    }
  }

  boolean isBusy() {
    return System.nanoTime() - lastBytes < RECENT_NANOS;
  }

  boolean isHealthy() {
    return !stalled && delayNanos == 0 && bytesPerSecond == Long.MAX_VALUE;
  }

  void heal() {
    stalled = false;
    delayNanos = 0;
    bytesPerSecond = Long.MAX_VALUE;
  }
}
