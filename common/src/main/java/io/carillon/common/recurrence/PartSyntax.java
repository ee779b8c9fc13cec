package io.carillon.common.recurrence;

import java.util.regex.Pattern;

/** The parts that a rule may have, named as in RFC 5545, and what each value may be. */
enum PartSyntax {
  FREQ(
      "SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY",
      "SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY and YEARLY"),
  UNTIL(
      "\\d{8}(T\\d{6}Z?)?",
      "a date such as 20261231, a local time such as 20261231T235959, and UTC with Z after it"),
  COUNT(false, 1, Recurrence.MAX_COUNT),
  INTERVAL(false, 1, Integer.MAX_VALUE),
  BYSECOND(true, 0, 60),
  BYMINUTE(true, 0, 59),
  BYHOUR(true, 0, 23),
  BYDAY(
      "([+-]?\\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)",
      "SU, MO, TU, WE, TH, FR and SA, with or without 1 to 53 or -1 to -53 before it",
      true,
      53),
  BYMONTHDAY(31),
  BYYEARDAY(366),
  BYWEEKNO(53),
  BYMONTH(true, 1, 12),
  BYSETPOS(366),
  WKST("SU|MO|TU|WE|TH|FR|SA", "SU, MO, TU, WE, TH, FR and SA");

  private static final Pattern LETTERS = Pattern.compile("[A-Z]+");

  /** Whether it takes several values, separated by commas. */
  final boolean list;

  private final Pattern value;
  private final String allowed;
  private final int min;
  private final int max;

  PartSyntax(String value, String allowed, boolean list, int max) {
    this.value = Pattern.compile(value);
    this.allowed = allowed;
    this.list = list;
    this.min = 1;
    this.max = max;
  }

  PartSyntax(String value, String allowed) {
    this(value, allowed, false, Integer.MAX_VALUE);
  }

  /** A number. */
  PartSyntax(boolean list, int min, int max) {
    this.value = Pattern.compile("\\d{1,10}");
    this.allowed = "the whole numbers " + min + " to " + max;
    this.list = list;
    this.min = min;
    this.max = max;
  }

  /** Numbers that count from the begin, or from the end with a minus. */
  PartSyntax(int max) {
    this("[+-]?\\d{1,3}", "1 to " + max + " and -1 to -" + max, true, max);
  }

  /**
   * @param text in upper case
   * @throws RecurrenceSyntaxException at {@code position}, unless the text is such a value
   */
  void check(String text, int position) {
    if (!value.matcher(text).matches() || !inRange(text)) {
      String named = text.isEmpty() ? "empty" : "\"" + text + "\"";
      throw new RecurrenceSyntaxException(
          position, name() + " is " + named + "; allowed are " + allowed + ".");
    }
  }

  private boolean inRange(String text) {
    if (this == UNTIL) {
      return true;
    }
    String digits = LETTERS.matcher(text).replaceAll("");
    if (digits.isEmpty()) {
      return true;
    }
    long number = Long.parseLong(digits);
    return min == 0 ? number <= max : Math.abs(number) >= min && Math.abs(number) <= max;
  }
}
