package io.carillon.cli.terminal;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instants and durations as people write and read them. */
public final class TimeText {

  private static final Pattern PART = Pattern.compile("(\\d{1,18})(us|ms|s|m|h|d|w)");
  private static final DateTimeFormatter INSTANT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(java.time.temporal.ChronoField.NANO_OF_SECOND, 0, 6, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private TimeText() {}

  /** Such as 90s, 1h30m, 500ms, 2d or PT1M30S. */
  public static Duration parseDuration(String text) {
    try {
      if (text.startsWith("PT") || text.startsWith("P") || text.startsWith("-P")) {
        return Duration.parse(text);
      }
      Duration sum = Duration.ZERO;
      Matcher part = PART.matcher(text);
      int end = 0;
      while (end < text.length() && part.find(end) && part.start() == end) {
        sum = sum.plus(part(Long.parseLong(part.group(1)), part.group(2)));
        end = part.end();
      }
      if (end > 0 && end == text.length()) {
        return sum;
      }
    } catch (DateTimeParseException | ArithmeticException e) {
      throw wrongDuration(text);
    }
    throw wrongDuration(text);
  }

  private static IllegalArgumentException wrongDuration(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not a duration: write it as 90s, 1h30m, 500ms, 2d or PT1M30S");
  }

  private static Duration part(long amount, String unit) {
    return switch (unit) {
      case "us" -> Duration.ofNanos(Math.multiplyExact(amount, 1000L));
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      default -> Duration.ofDays(Math.multiplyExact(amount, 7L));
    };
  }

  /** RFC 3339, such as 2026-03-29T01:00:00Z or 2026-03-29T03:00+02:00. */
  public static Instant parseInstant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a time: write it as 2026-03-29T01:00:00Z or 2026-03-29T03:00:00+02:00");
    }
  }

  public static com.google.protobuf.Duration proto(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  public static Timestamp proto(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  public static String show(Timestamp timestamp) {
    try {
      return INSTANT.format(instant(timestamp));
    } catch (DateTimeException e) {
      return timestamp.getSeconds() + "s";
    }
  }

  /** As {@link #parseDuration} reads it. */
  public static String show(com.google.protobuf.Duration proto) {
    Duration duration = duration(proto);
    if (duration.isNegative()) {
      return "-" + show(proto(duration.negated()));
    }
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    add(text, duration.toDays(), "d");
    add(text, duration.toHoursPart(), "h");
    add(text, duration.toMinutesPart(), "m");
    add(text, duration.toSecondsPart(), "s");
    add(text, duration.toMillisPart(), "ms");
    add(text, duration.toNanosPart() / 1000 % 1000, "us");
    return text.length() == 0 ? "0s" : text.toString();
  }

  private static void add(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(amount).append(unit);
    }
  }

  /** From one time to another, in milliseconds with one decimal: what lateness is read in. */
  public static String millisBetween(Timestamp from, Timestamp to) {
    Duration between = Duration.between(instant(from), instant(to));
    return String.format(Locale.ROOT, "%.1f ms", between.toNanos() / 1e6);
  }
}
