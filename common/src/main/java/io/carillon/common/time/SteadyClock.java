package io.carillon.common.time;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * A clock that begins at the wall clock, runs by the monotonic clock, and turns towards the wall
 * clock by at most 1 % of the time that elapses. A step of the wall clock by an hour makes no jump:
 * it takes a hundred hours to follow. Between any two readings it advances by 99 % to 101 % of the
 * elapsed time; it never goes back, seen from all threads together.
 *
 * <p>Safe for use from any thread; a reading costs one of the monotonic clock and, a hundred times
 * a second at most, one of the wall clock.
 */
public final class SteadyClock implements TimeSource {

  /** How often the wall clock is looked at, in nanoseconds. */
  private static final long LOOK_NANOS = 10_000_000;

  /** Elapsed time over the greatest correction of it. */
  private static final long SLEW = 100;

  /** Wider errors are cut to it, far beyond what a look could correct, and far from overflow. */
  private static final long MAX_ERROR_MICROS = 1_000_000_000_000L;

  /**
   * The last look at the wall clock.
   *
   * @param monotonic when it was, on the monotonic clock
   * @param micros this clock's whole microseconds then
   * @param nanos what this clock was past them, from 0 to 999
   * @param error by how many nanoseconds the wall clock was ahead of this one
   */
  private record Look(long monotonic, long micros, long nanos, long error) {

    /** This clock's nanoseconds since the look. */
    long advance(long now) {
      long elapsed = now - monotonic;
      long most = elapsed / SLEW;
      return nanos + elapsed + Math.max(-most, Math.min(most, error));
    }
  }

  private final LongSupplier wallMicros;
  private final LongSupplier monotonicNanos;
  private final AtomicReference<Look> look;

  /** The greatest reading given out: threads that overtake one another at a look do not see it. */
  private final AtomicLong latest;

  /**
   * @param wallMicros microseconds since 1970; may step either way
   * @param monotonicNanos nanoseconds since any moment; never goes back
   */
  public SteadyClock(LongSupplier wallMicros, LongSupplier monotonicNanos) {
    this.wallMicros = wallMicros;
    this.monotonicNanos = monotonicNanos;
    Look first = new Look(monotonicNanos.getAsLong(), wallMicros.getAsLong(), 0, 0);
    look = new AtomicReference<>(first);
    latest = new AtomicLong(first.micros());
  }

  /** Bound to the clocks of this machine. For apps, which hand it to whoever needs the time. */
  public static SteadyClock system() {
    return new SteadyClock(() -> Micros.of(Instant.now()), System::nanoTime);
  }

  @Override
  public long nowMicros() {
    // The look first: a monotonic reading after it cannot lie before it.
    Look last = look.get();
    long monotonic = monotonicNanos.getAsLong();
    long advance = last.advance(monotonic);
    long now = last.micros() + advance / 1_000;
    if (monotonic - last.monotonic() >= LOOK_NANOS) {
      long error = wallMicros.getAsLong() - now;
      long bounded = Math.max(-MAX_ERROR_MICROS, Math.min(MAX_ERROR_MICROS, error)) * 1_000;
      look.compareAndSet(last, new Look(monotonic, now, advance % 1_000, bounded));
    }
    long given = latest.get();
    while (given < now) {
      if (latest.compareAndSet(given, now)) {
        return now;
      }
      given = latest.get();
    }
    return given;
  }

  @Override
  public long monotonicMicros() {
    return Math.floorDiv(monotonicNanos.getAsLong(), 1_000L);
  }
}
