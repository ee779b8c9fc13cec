package io.carillon.common.words;

import io.carillon.common.time.Micros;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;

/** Lengths of time as people write them: {@code 90s}, {@code 1h30m}, {@code 2d}, {@code PT90S}. */
public final class DurationText {

  /** Longer than any that means something; bounds the work. */
  private static final int MAX_LENGTH = 40;

  private static final Map<String, Long> UNITS =
      Map.of(
          "us", 1L,
          "ms", 1_000L,
          "s", Micros.PER_SECOND,
          "m", 60 * Micros.PER_SECOND,
          "h", 3_600 * Micros.PER_SECOND,
          "d", 86_400 * Micros.PER_SECOND,
          "w", 7 * 86_400 * Micros.PER_SECOND);

  private DurationText() {}

  /**
   * In microseconds; not negative.
   *
   * @throws IllegalArgumentException that says what may be written
   */
  public static long micros(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw malformed();
    }
    try {
      char first = text.charAt(0);
      return first == 'P' || first == 'p' ? iso(text) : units(text);
    } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
      throw malformed();
    }
  }

  private static long iso(String text) {
    Duration duration = Duration.parse(text);
    if (duration.isNegative() || duration.getNano() % 1_000 != 0) {
      throw malformed();
    }
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), Micros.PER_SECOND), duration.getNano() / 1_000);
  }

  private static long units(String text) {
    long total = 0;
    int at = 0;
    while (at < text.length()) {
      int digits = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      int unit = at;
      while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
        at++;
      }
      Long micros = UNITS.get(text.substring(unit, at));
      if (micros == null) {
        throw malformed();
      }
      long number = Long.parseLong(text.substring(digits, unit));
      total = Math.addExact(total, Math.multiplyExact(number, micros));
    }
    return total;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "must be a length of time such as 90s, 1h30m, 500ms, 2d or PT90S");
  }

  /** In words such as {@code 1 day 2 hours}; exact. */
  public static String words(long micros) {
    if (micros == 0) {
      return "0 seconds";
    }
    StringBuilder out = new StringBuilder();
    long left = micros;
    String[] names = {"day", "hour", "minute", "second", "millisecond", "microsecond"};
    long[] sizes = {86_400_000_000L, 3_600_000_000L, 60_000_000L, 1_000_000L, 1_000L, 1L};
    for (int i = 0; i < sizes.length; i++) {
      long number = left / sizes[i];
      left %= sizes[i];
      if (number > 0) {
        out.append(out.isEmpty() ? "" : " ").append(number).append(' ').append(names[i]);
        out.append(number == 1 ? "" : "s");
      }
    }
    return out.toString();
  }
}
