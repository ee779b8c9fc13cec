package io.carillon.common.schedule;

/**
 * What becomes of times that are past as they are reached. A time is missed if it is past by more
 * than the grace. A missed time fires if it is within the window and among the latest {@code
 * limit}; else it is skipped. What is not missed fires.
 *
 * @param windowMicros missed times further in the past than this never fire
 * @param limit how many missed times fire, the latest ones; 0: none, {@link #NO_LIMIT}: all
 * @param graceMicros at most the window
 */
public record CatchUp(long windowMicros, int limit, long graceMicros) {

  /** All within the window. */
  public static final int NO_LIMIT = -1;

  public static final long DEFAULT_GRACE_MICROS = 10_000_000;

  /** All within a window. */
  public static CatchUp all(long windowMicros) {
    return new CatchUp(windowMicros, NO_LIMIT, Math.min(windowMicros, DEFAULT_GRACE_MICROS));
  }
}
