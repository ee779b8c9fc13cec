package io.carillon.master.forward;

/**
 * How fast calls are given up towards a leader. Each is a reset of a stream, and a server takes too
 * many of them in a short time for an attack: it ends the connection, and all other calls with it.
 * Time is an argument. Not safe for use by several threads.
 */
final class CancelPace {

  /** At once after a while without any. */
  static final int BURST = 200;

  /** Between two after that. */
  static final long INTERVAL_NANOS = 10_000_000;

  /** When the next one is due; may be past. */
  private long next;

  CancelPace(long now) {
    next = now - BURST * INTERVAL_NANOS;
  }

  /** Whether one may be sent now; then it counts. */
  boolean tryNow(long now) {
    return next - now <= 0 && reserve(now) == 0;
  }

  /** When one may be sent: nanoseconds from now on. It counts. */
  long reserve(long now) {
    if (now - next > BURST * INTERVAL_NANOS) {
      next = now - BURST * INTERVAL_NANOS;
    }
    long wait = Math.max(0, next - now);
    next += INTERVAL_NANOS;
    return wait;
  }
}
