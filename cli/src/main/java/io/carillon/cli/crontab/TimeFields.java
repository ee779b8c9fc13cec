package io.carillon.cli.crontab;

import io.carillon.v1.CronRule.Dialect;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The times at the beginning of a crontab line, and what follows them. How many words are times
 * depends on the dialect, which is guessed where the file does not say it: a sixth word that could
 * be no command makes it SECONDS, or QUARTZ with {@code ?} as a day field and perhaps a seventh
 * word that is a year; anything else is UNIX, as cron reads it.
 *
 * <p>The forms of AWS EventBridge are known too: {@code cron(…)} is QUARTZ without its second,
 * {@code rate(5 minutes)} is {@code @every}, and {@code at(…)} a single local time.
 *
 * @param expression with single spaces, or a macro
 * @param rest user and command; null if there is nothing
 */
record TimeFields(String expression, Dialect dialect, String rest) {

  private static final Pattern EVERY = Pattern.compile("((?i)@every[ \\t]+\\S+)(?:[ \\t]+(.*))?");
  private static final Pattern AWS =
      Pattern.compile("(?i)(cron|rate|at)\\(([^()]*)\\)(?:[ \\t]+(.*))?");
  private static final Pattern RATE = Pattern.compile("(?i)([0-9]{1,9})[ \\t]+(minute|hour|day)s?");
  private static final Pattern MACRO = Pattern.compile("(@\\S*)(?:[ \\t]+(.*))?");
  private static final Pattern[] FIELDS = {fields(5), fields(6), fields(7)};
  private static final Pattern NUMBERS = Pattern.compile("(?=.*[0-9*])[0-9*,/~-]+");
  private static final Pattern WEEKDAYS =
      Pattern.compile("(?i)(?:[0-9*,/#L-]|SUN|MON|TUE|WED|THU|FRI|SAT)+");
  private static final Pattern WEEKDAY_NAMES =
      Pattern.compile(
          "(?i)(?:SUN|MON|TUE|WED|THU|FRI|SAT)(?:[,-](?:SUN|MON|TUE|WED|THU|FRI|SAT))+");
  private static final Pattern YEARS = Pattern.compile("\\*(?:/\\d+)?|\\d{4}(?:[-,/]\\d{1,4})*");

  private static Pattern fields(int count) {
    return Pattern.compile("(\\S+(?:[ \\t]+\\S+){" + (count - 1) + "})(?:[ \\t]+(.*))?");
  }

  /**
   * @param told the dialect, or {@code DIALECT_UNSPECIFIED} to guess it
   * @return null if the line has too few words
   */
  static TimeFields read(String line, Dialect told) {
    Matcher aws = AWS.matcher(line);
    if (aws.matches()) {
      return aws(aws.group(1).toLowerCase(Locale.ROOT), aws.group(2).strip(), aws.group(3));
    }
    if (line.startsWith("@")) {
      Matcher every = EVERY.matcher(line);
      Matcher macro = every.matches() ? every : MACRO.matcher(line);
      return macro.matches()
          ? new TimeFields(spaced(line.substring(0, macro.end(1))), Dialect.UNIX, rest(line, macro))
          : null;
    }
    Dialect dialect = told == Dialect.DIALECT_UNSPECIFIED ? guess(line) : told;
    int count =
        switch (dialect) {
          case SECONDS -> 6;
          case QUARTZ -> isYear(line) ? 7 : 6;
          case DIALECT_UNSPECIFIED, UNIX, UNRECOGNIZED -> 5;
        };
    Matcher fields = FIELDS[count - 5].matcher(line);
    return fields.matches()
        ? new TimeFields(spaced(fields.group(1)), dialect, rest(line, fields))
        : null;
  }

  private static TimeFields aws(String form, String inner, String rest) {
    if (form.equals("cron")) {
      return new TimeFields("0 " + spaced(inner), Dialect.QUARTZ, rest);
    }
    if (form.equals("at")) {
      return new TimeFields("at(" + inner + ")", Dialect.UNIX, rest);
    }
    Matcher rate = RATE.matcher(inner);
    return rate.matches()
        ? new TimeFields(
            "@every " + rate.group(1) + rate.group(2).toLowerCase(Locale.ROOT).charAt(0),
            Dialect.UNIX,
            rest)
        : null;
  }

  /**
   * Whether it is six words that may be five fields and a stray star, or six fields: {@code 0 2 * *
   * 2 *} is Tuesday at 02:00, or every hour of February.
   */
  static boolean isAmbiguous(String line) {
    String[] words = line.split("[ \\t]+", 7);
    return words.length > 5 && words[5].equals("*") && !words[4].matches("[*?].*");
  }

  private static String rest(String line, Matcher matched) {
    return matched.start(2) < 0 ? null : line.substring(matched.start(2));
  }

  private static String spaced(String text) {
    return text.replaceAll("[ \\t]+", " ");
  }

  private static Dialect guess(String line) {
    String[] words = line.split("[ \\t]+", 7);
    if (words.length < 6) {
      return Dialect.UNIX;
    }
    boolean quartz =
        words[5].equals("?") || (words[3].equals("?") && WEEKDAYS.matcher(words[5]).matches());
    if (quartz) {
      return Dialect.QUARTZ;
    }
    boolean seconds =
        NUMBERS.matcher(words[5]).matches() || WEEKDAY_NAMES.matcher(words[5]).matches();
    return seconds ? Dialect.SECONDS : Dialect.UNIX;
  }

  private static boolean isYear(String line) {
    String[] words = line.split("[ \\t]+", 8);
    return words.length > 6 && YEARS.matcher(words[6]).matches();
  }
}
