package io.carillon.master.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

/** Times on the wire, and as whole microseconds. */
final class Times {

  private static final long MAX_SECONDS = 253_402_300_799L;
  private static final long MIN_SECONDS = -62_135_596_800L;

  private Times() {}

  static Timestamp timestamp(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(micros, 1_000_000L))
        .setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000)
        .build();
  }

  static Duration duration(long micros) {
    return Duration.newBuilder()
        .setSeconds(micros / 1_000_000)
        .setNanos((int) (micros % 1_000_000) * 1_000)
        .build();
  }

  /** The first microsecond that is not before it. */
  static long ceilingMicros(String field, Timestamp time) {
    if (time.getNanos() < 0
        || time.getNanos() > 999_999_999
        || time.getSeconds() < MIN_SECONDS
        || time.getSeconds() > MAX_SECONDS) {
      throw ApiException.invalid(
          field,
          "FIELD_OUT_OF_RANGE",
          "must lie in the years 1 to 9999, with 0 to 999999999 nanos");
    }
    return time.getSeconds() * 1_000_000 + (time.getNanos() + 999) / 1_000;
  }

  /** A duration between two bounds, in microseconds: finer digits are cut off. */
  static long micros(String field, Duration duration, long least, long most, String bounds) {
    long seconds = duration.getSeconds();
    int nanos = duration.getNanos();
    boolean fits =
        Math.abs(seconds) <= most / 1_000_000 + 1
            && nanos > -1_000_000_000
            && nanos < 1_000_000_000;
    long micros = fits ? seconds * 1_000_000 + nanos / 1_000 : Long.MIN_VALUE;
    if (micros < least || micros > most) {
      throw ApiException.invalid(field, "FIELD_OUT_OF_RANGE", "must be " + bounds);
    }
    return micros;
  }
}
