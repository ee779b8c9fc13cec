package io.carillon.common.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Instants as whole microseconds since 1970-01-01T00:00Z, which is how all of Carillon counts. What
 * comes from outside lies in the years 1 to 9999, as in the API.
 */
public final class Micros {

  /** 0001-01-01T00:00:00Z. */
  public static final long MIN = -62_135_596_800_000_000L;

  /** 9999-12-31T23:59:59.999999Z. */
  public static final long MAX = 253_402_300_799_999_999L;

  public static final long PER_SECOND = 1_000_000;

  private Micros() {}

  /**
   * The microsecond that an instant lies in: finer digits are cut off towards the past.
   *
   * @throws IllegalArgumentException if it is outside of {@link #MIN} to {@link #MAX}
   */
  public static long of(Instant instant) {
    return of(instant.getEpochSecond(), instant.getNano());
  }

  /**
   * The same of seconds since 1970 and nanoseconds of the second, from 0 to 999 999 999.
   *
   * @throws IllegalArgumentException if it is outside of {@link #MIN} to {@link #MAX}, or nanos are
   *     out of range
   */
  public static long of(long epochSecond, int nanoOfSecond) {
    if (epochSecond < Math.floorDiv(MIN, PER_SECOND)
        || epochSecond > Math.floorDiv(MAX, PER_SECOND)) {
      throw new IllegalArgumentException(
          epochSecond + " seconds since 1970 are outside of the years 1 to 9999");
    }
    if (nanoOfSecond < 0 || nanoOfSecond > 999_999_999) {
      throw new IllegalArgumentException(
          nanoOfSecond + " nanoseconds of a second; allowed are 0-999999999");
    }
    return epochSecond * PER_SECOND + nanoOfSecond / 1_000;
  }

  /** The whole microseconds of a duration. */
  public static long of(Duration duration) {
    return TimeUnit.MICROSECONDS.convert(duration);
  }

  /** The instant; any value has one. */
  public static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
  }

  /**
   * Reads {@code 2026-03-29T01:00:00Z}, with up to six digits of a second's fraction.
   *
   * @throws IllegalArgumentException if the text is no instant in the years 1 to 9999, or finer
   *     than a microsecond
   */
  public static long parse(String text) {
    Instant instant;
    try {
      instant = Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an instant such as 2026-03-29T01:00:00Z", e);
    }
    if (instant.getNano() % 1_000 != 0) {
      throw new IllegalArgumentException("'" + text + "' is finer than a microsecond");
    }
    return of(instant);
  }

  /** As in {@code 2026-03-29T01:00:00.000001Z}: fraction left out, or of three or six digits. */
  public static String format(long micros) {
    return toInstant(micros).toString();
  }
}
