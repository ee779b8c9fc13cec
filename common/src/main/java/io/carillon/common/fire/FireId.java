package io.carillon.common.fire;

import java.util.Objects;

/**
 * The identity of a fire, stable over every attempt to deliver it: computed, not drawn, so that it
 * is the same whoever records it.
 *
 * <p>Its text is {@code <uid>-<micros>-<letter>}, as in {@code 42-1774746000000000-s}, and for a
 * backfill its number after the letter, as in {@code 42-1774746000000000-b3}.
 *
 * @param scheduleUid not negative
 * @param nominalMicros microseconds since 1970; not negative, as no schedule fires before it was
 *     made
 * @param backfill which of the schedule's backfills, from 1 on; 0 for other kinds
 */
public record FireId(long scheduleUid, long nominalMicros, FireKind kind, int backfill) {

  public FireId {
    Objects.requireNonNull(kind, "kind");
    if (scheduleUid < 0) {
      throw new IllegalArgumentException("The schedule uid " + scheduleUid + " is negative");
    }
    if (nominalMicros < 0) {
      throw new IllegalArgumentException("The nominal time " + nominalMicros + " is before 1970");
    }
    // Says whether the number fits the kind.
    int unused = kind.code(backfill);
  }

  /** One that is not of a backfill. */
  public FireId(long scheduleUid, long nominalMicros, FireKind kind) {
    this(scheduleUid, nominalMicros, kind, 0);
  }

  /** By the code under which it is stored. */
  public static FireId ofCode(long scheduleUid, long nominalMicros, int code) {
    return new FireId(scheduleUid, nominalMicros, FireKind.ofCode(code), FireKind.backfillOf(code));
  }

  /** The code of kind and backfill, under which it is stored. */
  public int code() {
    return kind.code(backfill);
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
    int letter = second + 1;
    if (first < 0 || second < 0 || letter == text.length()) {
      throw malformed(text);
    }
    FireKind kind = FireKind.ofLetter(text.charAt(letter));
    boolean numbered = letter + 1 < text.length();
    if (numbered != (kind == FireKind.BACKFILL)) {
      throw malformed(text);
    }
    long backfill = numbered ? decimal(text, letter + 1, text.length()) : 0;
    if (backfill > FireKind.MAX_BACKFILL) {
      throw malformed(text);
    }
    return new FireId(
        decimal(text, 0, first), decimal(text, first + 1, second), kind, (int) backfill);
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
    String text = scheduleUid + "-" + nominalMicros + "-" + kind.letter();
    return kind == FireKind.BACKFILL ? text + backfill : text;
  }
}
