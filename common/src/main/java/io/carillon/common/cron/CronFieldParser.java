package io.carillon.common.cron;

import java.util.Locale;

/**
 * Reads one field of an expression, between two positions of its text. Used once, by one thread.
 */
final class CronFieldParser {

  private final String text;
  private final int begin;
  private final int end;
  private final CronField field;

  private int at;
  private long values;
  private boolean stretches;

  CronFieldParser(String text, int begin, int end, CronField field) {
    this.text = text;
    this.begin = begin;
    this.end = end;
    this.field = field;
    this.at = begin;
  }

  /** Bit n is set if n is allowed; of a day of the week, bit 7 stands for Sunday too. */
  long values() {
    return values;
  }

  /** Whether it has a wildcard, step or range, by how it is written. */
  boolean stretches() {
    return stretches;
  }

  /** Whether it leaves the choice of days to the other day field. */
  boolean unrestricted() {
    return text.charAt(begin) == '*';
  }

  CronFieldParser parse() {
    element();
    while (at < end) {
      if (text.charAt(at) != ',') {
        throw unexpected();
      }
      at++;
      element();
    }
    return this;
  }

  private void element() {
    int first = field.min;
    int last = field.lastOfWildcard();
    int start = at;
    if (peek() == '*') {
      at++;
      stretches = true;
      if (peek() != '/' && (start != begin || at != end)) {
        throw at < end && peek() != ','
            ? unexpected()
            : fault(start, "* already is every " + field.label + ": it stands alone in its field.");
      }
    } else {
      first = value();
      if (peek() == '-') {
        at++;
        last = rangeEnd(start, first);
        stretches = true;
      } else if (peek() != '/') {
        last = first;
      } else if (first > last) {
        throw fault(start, "A step begins at 0-6 in the day-of-week field: write Sunday as 0.");
      }
    }
    int step = 1;
    if (peek() == '/') {
      at++;
      stretches = true;
      step = step();
    }
    for (int value = first; value <= last; value += step) {
      values |= 1L << value;
    }
  }

  private int rangeEnd(int start, int first) {
    boolean named = Character.isLetter(peek());
    int last = value();
    if (field == CronField.DAY_OF_WEEK && named && last == 0 && first > 0) {
      last = 7;
    }
    if (first > last) {
      String range = text.substring(start, at);
      String hint =
          field == CronField.DAY_OF_WEEK && last == 0
              ? "write Sunday as 7 at the end of a range."
              : "write it as two ranges, as in "
                  + first
                  + "-"
                  + field.lastOfWildcard()
                  + ","
                  + field.min
                  + "-"
                  + last
                  + ".";
      throw fault(
          start,
          "The range " + range + " of the " + field.label + " field runs backwards; " + hint);
    }
    return last;
  }

  private int value() {
    int start = at;
    char c = peek();
    if (isDigit(c)) {
      int value = number();
      if (value < field.min || value > field.max) {
        throw fault(
            start,
            text.substring(start, at)
                + " is out of range in the "
                + field.label
                + " field; allowed are "
                + field.allowed()
                + ".");
      }
      return value;
    }
    if (!isLetter(c)) {
      throw unexpected();
    }
    while (isLetter(peek())) {
      at++;
    }
    String name = text.substring(start, at);
    int index = field.names.indexOf(name.toUpperCase(Locale.ROOT));
    if (index < 0) {
      at = start;
      throw fault(
          start, "'" + name + "' is not a value of the " + field.label + " field; " + explained(c));
    }
    return field.min + index;
  }

  private int step() {
    int start = at;
    if (!isDigit(peek())) {
      throw unexpected();
    }
    int step = number();
    if (step < 1 || step > field.max) {
      throw fault(
          start,
          "A step of "
              + text.substring(start, at)
              + " is out of range in the "
              + field.label
              + " field; allowed are 1-"
              + field.max
              + ".");
    }
    return step;
  }

  /** The digits from here on, at most 1000: what does not fit is out of every field's range. */
  private int number() {
    int value = 0;
    while (isDigit(peek())) {
      value = Math.min(1000, value * 10 + (peek() - '0'));
      at++;
    }
    return value;
  }

  /** The next character of the field, or NUL at its end. */
  private char peek() {
    return at < end ? text.charAt(at) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private CronSyntaxException unexpected() {
    if (at >= end) {
      return fault(at, "The " + field.label + " field ends too soon; " + explained('\0'));
    }
    char c = text.charAt(at);
    return fault(at, "Unexpected '" + c + "' in the " + field.label + " field; " + explained(c));
  }

  private String explained(char c) {
    String allowed = "allowed are " + field.allowed() + ", lists, ranges and steps.";
    return "?LWC#lwc".indexOf(c) >= 0 && c != '\0'
        ? allowed + " The Quartz signs ? L W # are not known in this dialect."
        : allowed;
  }

  private static CronSyntaxException fault(int position, String message) {
    return new CronSyntaxException(position, message);
  }
}
