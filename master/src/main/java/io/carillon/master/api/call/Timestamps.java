package io.carillon.master.api.call;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.common.time.Micros;

/** Between the API's times and microseconds. */
public final class Timestamps {

  /** Of a protobuf duration: 10 000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  private Timestamps() {}

  public static Timestamp of(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(micros, Micros.PER_SECOND))
        .setNanos((int) Math.floorMod(micros, Micros.PER_SECOND) * 1_000)
        .build();
  }

  public static Duration duration(long micros) {
    return Duration.newBuilder()
        .setSeconds(micros / Micros.PER_SECOND)
        .setNanos((int) (micros % Micros.PER_SECOND) * 1_000)
        .build();
  }

  /**
   * @throws ApiException that names {@code field} if it is not a valid time of whole microseconds
   */
  public static long micros(String field, Timestamp time) {
    if (time.getNanos() % 1_000 != 0) {
      throw ApiException.invalid(
          field, "FIELD_OUT_OF_RANGE", "must be of whole microseconds, not finer");
    }
    try {
      return Micros.of(time.getSeconds(), time.getNanos());
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(field, "FIELD_OUT_OF_RANGE", e.getMessage());
    }
  }

  /**
   * @throws ApiException that names {@code field} if it is outside of the bounds, or not of whole
   *     microseconds
   */
  public static long micros(String field, Duration duration, long min, long max, String bounds) {
    long seconds = duration.getSeconds();
    int nanos = duration.getNanos();
    boolean valid =
        seconds >= -MAX_SECONDS
            && seconds <= MAX_SECONDS
            && nanos >= -999_999_999
            && nanos <= 999_999_999
            && (seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0))
            && nanos % 1_000 == 0;
    long micros = valid ? seconds * Micros.PER_SECOND + nanos / 1_000 : 0;
    if (!valid || micros < min || micros > max) {
      throw ApiException.invalid(
          field,
          "FIELD_OUT_OF_RANGE",
          "must be " + bounds + ", in whole microseconds, but is " + text(seconds, nanos));
    }
    return micros;
  }

  private static String text(long seconds, int nanos) {
    return nanos == 0 ? seconds + " s" : seconds + " s and " + nanos + " ns";
  }

  /**
   * The first microsecond that is not before it.
   *
   * @throws ApiException that names {@code field} if it is not a valid time
   */
  public static long ceilingMicros(String field, Timestamp time) {
    int nanos = time.getNanos();
    // What is not of a whole microsecond must still be valid.
    long floor = micros(field, nanos < 0 ? time : floor(time));
    return nanos % 1_000 == 0 ? floor : floor + 1;
  }

  private static Timestamp floor(Timestamp time) {
    return time.toBuilder().setNanos(time.getNanos() - time.getNanos() % 1_000).build();
  }
}
