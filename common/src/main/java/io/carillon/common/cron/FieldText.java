package io.carillon.common.cron;

import java.util.Locale;

/** The text of one field, read from left to right, and what to say of what stands there. */
final class FieldText {

  private final String text;
  private final int begin;
  private final int end;
  private final CronDialect dialect;
  private final CronField field;

  private int at;

  /**
   * @param begin where the field begins in the text of its expression
   * @param end where it ends, exclusive
   */
  FieldText(String text, int begin, int end, CronDialect dialect, CronField field) {
    this.text = text;
    this.begin = begin;
    this.end = end;
    this.dialect = dialect;
    this.field = field;
    this.at = begin;
  }

  /** The index of the next character in the expression. */
  int at() {
    return at;
  }

  boolean atBegin() {
    return at == begin;
  }

  boolean atEnd() {
    return at == end;
  }

  /** The next character, letters in upper case, or NUL at the end. */
  char peek() {
    return at < end ? Character.toUpperCase(text.charAt(at)) : '\0';
  }

  /** Whether the next characters are one letter and no other. */
  boolean atSign(char letter) {
    return peek() == letter && !(at + 1 < end && QuartzSigns.isLetter(text.charAt(at + 1)));
  }

  /** Moves on if {@code c}, which is no lower case letter, is next. */
  boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  void expect(char c) {
    if (!take(c)) {
      throw unexpected();
    }
  }

  /** What has been read from {@code start} on. */
  String since(int start) {
    return text.substring(start, at);
  }

  /** One value of the field, as a number or name. */
  int value() {
    if (QuartzSigns.isLetter(peek())) {
      return name();
    }
    int start = at;
    int value = number();
    if (value < field.min || value > field.max) {
      throw outOfRange(start, "", field.allowed());
    }
    return value;
  }

  private int name() {
    int start = at;
    while (QuartzSigns.isLetter(peek())) {
      at++;
    }
    String name = since(start).toUpperCase(Locale.ROOT);
    int index = field.names.indexOf(name);
    if (index < 0 && field == CronField.QUARTZ_DAY_OF_WEEK && name.endsWith("L")) {
      // As in THUL: the sign is read after the day.
      index = field.names.indexOf(name.substring(0, name.length() - 1));
      at--;
    }
    if (index < 0) {
      String written = text.substring(start, start + name.length());
      throw fault(
          start,
          "'" + written + "' is not a value of the " + field.label + " field; " + explained(name));
    }
    return field.min + index;
  }

  /**
   * A number that follows a sign.
   *
   * @param what the sign and what it does, for messages
   */
  int number(String what, int min, int max) {
    int start = at;
    int value = number();
    if (value < min || value > max) {
      throw outOfRange(start, what, min + "-" + max);
    }
    return value;
  }

  /** A step after the sign. A longer one than the field would have a single value. */
  int step(int max) {
    int start = at;
    int value = number();
    if (value > max && value <= 1_000 && field != CronField.YEAR) {
      throw fault(
          start,
          "A step of "
              + since(start)
              + " is out of range in the "
              + field.label
              + " field; allowed are 1-"
              + max
              + ". A longer one would leave the first value alone: write that, as in "
              + field.min
              + ", or an interval, as in @every 90m.");
    }
    if (value < 1 || value > max) {
      throw outOfRange(start, "A step of ", "1-" + max);
    }
    return value;
  }

  /** The digits from here on, at most 10000: what does not fit is out of every field's range. */
  private int number() {
    if (!isDigit(peek())) {
      throw unexpected();
    }
    int value = 0;
    while (isDigit(peek())) {
      value = Math.min(10_000, value * 10 + (peek() - '0'));
      at++;
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private CronSyntaxException outOfRange(int start, String what, String allowed) {
    return fault(
        start,
        what
            + since(start)
            + " is out of range in the "
            + field.label
            + " field; allowed are "
            + allowed
            + ".");
  }

  CronSyntaxException unexpected() {
    if (atEnd()) {
      return fault(at, "The " + field.label + " field ends too soon; " + explained(""));
    }
    String c = text.substring(at, at + 1);
    return fault(at, "Unexpected '" + c + "' in the " + field.label + " field; " + explained(c));
  }

  /** What is allowed instead of {@code found}. */
  private String explained(String found) {
    String allowed = "allowed are " + field.allowed() + ", lists, ranges and steps";
    if (field != CronField.YEAR) {
      allowed += ", and H";
    }
    if (dialect != CronDialect.QUARTZ) {
      return QuartzSigns.in(found)
          ? allowed + ". The Quartz signs ? L W # need the dialect QUARTZ."
          : allowed + ".";
    }
    if (field == CronField.DAY_OF_MONTH) {
      allowed += "; alone or in lists also L, L-3, LW, L-3W and 15W; or ? alone";
    } else if (field == CronField.QUARTZ_DAY_OF_WEEK) {
      allowed += "; alone or in lists also 6L, FRIL, 2#1 and MON#1; or ? or L alone";
    } else if (QuartzSigns.in(found)) {
      allowed += "; the signs ? L W # belong to the two day fields";
    }
    return allowed + ".";
  }

  static CronSyntaxException fault(int position, String message) {
    return new CronSyntaxException(position, message);
  }
}
