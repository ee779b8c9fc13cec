package io.carillon.simulation.world;

import java.util.function.LongSupplier;

/**
 * The clocks of one machine: a monotonic one, which may drift and stand still, and a wall clock,
 * which goes with it, has an offset, and may be stepped.
 */
public final class SimClock {

  private static final long MILLION = 1_000_000;

  private final LongSupplier reference;
  private long since;
  private long monotonic;
  private long wallAhead;
  private long driftPpm;
  private boolean frozen;

  /**
   * @param monotonic what the monotonic clock shows at first; above 0
   * @param offset by how much the wall clock is ahead of the reference
   */
  public SimClock(LongSupplier reference, long monotonic, long offset, long driftPpm) {
    this.reference = reference;
    this.since = reference.getAsLong();
    this.monotonic = monotonic;
    this.wallAhead = since + offset - monotonic;
    this.driftPpm = driftPpm;
  }

  /** Microseconds that never go back. */
  public long monotonic() {
    long elapsed = frozen ? 0 : reference.getAsLong() - since;
    return monotonic + elapsed + elapsed * driftPpm / MILLION;
  }

  /** Microseconds since 1970, as this machine believes. */
  public long wall() {
    return monotonic() + wallAhead;
  }

  /** By how much the wall clock is ahead of the reference. */
  public long wallError() {
    return wall() - reference.getAsLong();
  }

  public void step(long micros) {
    wallAhead += micros;
  }

  /** As a time service does it: the wall clock is this much off from here on. */
  public void setError(long micros) {
    wallAhead += micros - wallError();
  }

  public void drift(long ppm) {
    settle();
    driftPpm = ppm;
  }

  /** The machine stands still as a whole: to it, no time passes. */
  public void freeze(boolean stands) {
    settle();
    frozen = stands;
  }

  private void settle() {
    monotonic = monotonic();
    since = reference.getAsLong();
  }
}
