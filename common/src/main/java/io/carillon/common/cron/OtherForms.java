package io.carillon.common.cron;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Knows what people bring from other schedulers, and what to write instead. */
final class OtherForms {

  private static final Pattern CALL =
      Pattern.compile("\\s*(cron|rate|at)\\s*\\(\\s*(.*?)\\s*\\)\\s*", Pattern.CASE_INSENSITIVE);
  private static final Pattern RATE =
      Pattern.compile("([0-9]{1,9})\\s+(minute|hour|day)s?", Pattern.CASE_INSENSITIVE);
  private static final Pattern ZONED =
      Pattern.compile("\\s*(?:CRON_)?TZ=(\\S*)\\s+(.*?)\\s*", Pattern.CASE_INSENSITIVE);

  private OtherForms() {}

  /**
   * A sentence that says how the text is written here, or null if nothing is known of it.
   *
   * @param quartz whether a text is right in that dialect
   */
  static String hint(String text, Predicate<String> quartz) {
    Matcher call = CALL.matcher(text);
    if (call.matches()) {
      return switch (call.group(1).toLowerCase(Locale.ROOT)) {
        case "cron" -> seconds(call.group(2));
        case "rate" -> rate(call.group(2));
        default ->
            "at(…) of AWS EventBridge is a single time here: give it as the rule once, by --at "
                + call.group(2)
                + ".";
      };
    }
    Matcher zoned = ZONED.matcher(text);
    if (zoned.matches()) {
      return "A zone is no part of an expression: write '"
          + zoned.group(2)
          + "', and give "
          + zoned.group(1)
          + " as time_zone (--zone "
          + zoned.group(1)
          + ").";
    }
    return quartz.test("0 " + text) ? seconds(text.strip()) : null;
  }

  private static String rate(String inner) {
    Matcher rate = RATE.matcher(inner);
    String every =
        rate.matches()
            ? rate.group(1) + rate.group(2).substring(0, 1).toLowerCase(Locale.ROOT)
            : "5m";
    return "rate(…) of AWS EventBridge is an interval here: write @every "
        + every
        + " (--every "
        + every
        + ").";
  }

  private static String seconds(String inner) {
    return "In the order of AWS EventBridge the minute comes first: here the dialect QUARTZ has the"
        + " second before it, as in '0 "
        + inner
        + "'.";
  }
}
