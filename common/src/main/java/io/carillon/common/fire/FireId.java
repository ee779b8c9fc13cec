package io.carillon.common.fire;

import java.util.Objects;

/**
 * The identity of a fire, stable over every attempt to deliver it: computed, not drawn, so that it
 * is the same whoever records it.
 *
 * <p>Its text is {@code <uid>-<micros>-<letter>}, as in {@code 42-1774746000000000-s}.
 *
 * @param scheduleUid not negative
 * @param nominalMicros microseconds since 1970; not negative, as no schedule fires before it was
 *     made
 */
public record FireId(long scheduleUid, long nominalMicros, FireKind kind) {

  public FireId {
    Objects.requireNonNull(kind, "kind");
    if (scheduleUid < 0) {
      throw new IllegalArgumentException("The schedule uid " + scheduleUid + " is negative");
    }
    if (nominalMicros < 0) {
      throw new IllegalArgumentException("The nominal time " + nominalMicros + " is before 1970");
    }
  }

  /**
   * Reads what {@link #toString} writes, and nothing else: ASCII digits without sign or leading
   * zeros.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static FireId parse(String text) {
    int first = text.indexOf('-');
    int second = text.indexOf('-', first + 1);
    if (first < 0 || second < 0 || second != text.length() - 2) {
      throw malformed(text);
    }
    return new FireId(
        decimal(text, 0, first),
        decimal(text, first + 1, second),
        FireKind.ofLetter(text.charAt(second + 1)));
  }

  private static long decimal(String text, int begin, int end) {
    int digits = end - begin;
    if (digits < 1 || digits > 19 || (digits > 1 && text.charAt(begin) == '0')) {
      throw malformed(text);
    }
    long value = 0;
    for (int i = begin; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || value > (Long.MAX_VALUE - (c - '0')) / 10) {
        throw malformed(text);
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a fire id such as 42-1774746000000000-s");
  }

  @Override
  public String toString() {
    return scheduleUid + "-" + nominalMicros + "-" + kind.letter();
  }
}
