package io.carillon.common.recurrence;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;

/**
 * A rule as it is written, part by part. What each part may be is checked here, so that faults have
 * a position; how the parts go together is left to lib-recur.
 */
final class RuleText {

  static final int MAX_LENGTH = 1000;

  private static final String PREFIX = "RRULE:";
  private static final int DAY = 86_400;

  private static final Pattern DTSTART =
      Pattern.compile(
          "DTSTART(?:;TZID=([^:;=\\s]{1,60})|;VALUE=DATE(?:-TIME)?)*[:=](\\d{8}(?:T\\d{6}Z?)?)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern DATES =
      Pattern.compile("\\b(?:EXDATE|RDATE)(?=[:;=])", Pattern.CASE_INSENSITIVE);

  private record Token(String value, int position) {}

  private final Map<PartSyntax, Token> tokens = new EnumMap<>(PartSyntax.class);
  private final RecurrenceRule rule;

  /**
   * @throws RecurrenceSyntaxException if it is none
   */
  RuleText(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new RecurrenceSyntaxException(
          MAX_LENGTH,
          "The rule has " + text.length() + " characters; allowed are " + MAX_LENGTH + ".");
    }
    checkAlone(text);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        throw new RecurrenceSyntaxException(
            i, "A rule is written in printable ASCII without spaces; here is another character.");
      }
    }
    // Some programs end the last part too.
    boolean ended = text.endsWith(";") && !text.endsWith(";;");
    String upper = text.substring(0, text.length() - (ended ? 1 : 0)).toUpperCase(Locale.ROOT);
    int begin = upper.startsWith(PREFIX) ? PREFIX.length() : 0;
    split(upper, begin);
    if (!tokens.containsKey(PartSyntax.FREQ)) {
      throw new RecurrenceSyntaxException(
          begin, "FREQ is missing: a rule says how often, as in FREQ=DAILY.");
    }
    rule = parse(upper.substring(begin));
  }

  /** Refuses a rule with other properties of an event, and says where they belong. */
  private static void checkAlone(String text) {
    Matcher dtstart = DTSTART.matcher(text);
    if (dtstart.find()) {
      String zone = dtstart.group(1);
      throw new RecurrenceSyntaxException(
          dtstart.start(),
          "DTSTART is no part of a rule: give it as dtstart, by --dtstart "
              + time(dtstart.group(2))
              + (zone == null ? "" : ", and its zone as time_zone, by --zone " + zone)
              + "; the rule begins with FREQ=.");
    }
    Matcher dates = DATES.matcher(text);
    if (dates.find()) {
      throw new RecurrenceSyntaxException(
          dates.start(),
          dates.group().toUpperCase(Locale.ROOT)
              + " is no part of a rule: give days that are left out as exclusions, by --exclude, and"
              + " further ones as rules of a union, by --at.");
    }
  }

  /** As options take it: 20260301T090000Z is 2026-03-01T09:00:00Z. */
  private static String time(String basic) {
    StringBuilder time = new StringBuilder(basic).insert(6, '-').insert(4, '-');
    if (basic.length() == 8) {
      return time + "T00:00";
    }
    return time.insert(15, ':').insert(13, ':').toString();
  }

  private void split(String text, int begin) {
    for (int at = begin; at <= text.length(); ) {
      int semicolon = text.indexOf(';', at);
      int end = semicolon < 0 ? text.length() : semicolon;
      int equals = text.indexOf('=', at);
      if (equals < 0 || equals >= end) {
        throw new RecurrenceSyntaxException(
            at, "A rule consists of parts NAME=VALUE with \";\" between them; here is none.");
      }
      PartSyntax part = named(text.substring(at, equals), at);
      Token token = new Token(text.substring(equals + 1, end), equals + 1);
      if (tokens.put(part, token) != null) {
        throw new RecurrenceSyntaxException(at, part + " is given twice; allowed is once.");
      }
      checkValues(part, token);
      at = end + 1;
    }
  }

  private static PartSyntax named(String name, int position) {
    for (PartSyntax part : PartSyntax.values()) {
      if (part.name().equals(name)) {
        return part;
      }
    }
    String unknown =
        name.equals("RSCALE") || name.equals("SKIP")
            ? name + " of RFC 7529 is not supported: rules follow the Gregorian calendar."
            : "\"" + name + "\" is not a part of a rule.";
    throw new RecurrenceSyntaxException(
        position,
        unknown
            + " Allowed are FREQ, UNTIL, COUNT, INTERVAL, BYSECOND, BYMINUTE, BYHOUR, BYDAY,"
            + " BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYMONTH, BYSETPOS and WKST.");
  }

  private static void checkValues(PartSyntax part, Token token) {
    String values = token.value();
    int at = 0;
    for (int comma = values.indexOf(','); part.list && comma >= 0; ) {
      part.check(values.substring(at, comma), token.position() + at);
      at = comma + 1;
      comma = values.indexOf(',', at);
    }
    part.check(values.substring(at), token.position() + at);
  }

  private static RecurrenceRule parse(String text) {
    try {
      return new RecurrenceRule(text, RfcMode.RFC5545_STRICT);
    } catch (InvalidRecurrenceRuleException e) {
      throw new RecurrenceSyntaxException(-1, e.getMessage());
    }
  }

  RecurrenceRule rule() {
    return rule;
  }

  /**
   * What UNTIL allows.
   *
   * @param start of the rule, in seconds since 1970
   * @param zone of the wall clock
   * @throws RecurrenceSyntaxException if it is before {@code start} or no time at all
   */
  Until until(long start, ZoneId zone) {
    Token token = tokens.get(PartSyntax.UNTIL);
    if (token == null) {
      return Until.NEVER;
    }
    boolean utc = token.value().endsWith("Z");
    long until = lastSecond(token);
    long instant = utc ? until : lastInstant(until, zone);
    if (instant < start) {
      throw new RecurrenceSyntaxException(
          token.position(), "UNTIL lies before the rule's start; allowed are its start and later.");
    }
    return utc || RuleParts.belowDays(rule.getFreq())
        ? new Until(Long.MAX_VALUE, instant)
        : new Until(until, Long.MAX_VALUE);
  }

  /** The last at which the clock shows a local second, or has not come to it yet. */
  private static long lastInstant(long local, ZoneId zone) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC);
    List<ZoneOffset> passes = zone.getRules().getValidOffsets(time);
    return passes.isEmpty()
        ? zone.getRules().getTransition(time).toEpochSecond() - 1
        : time.toEpochSecond(passes.get(passes.size() - 1));
  }

  private static long lastSecond(Token token) {
    String text = token.value();
    int year = number(text, 0, 4);
    int month = number(text, 4, 6);
    int day = number(text, 6, 8);
    try {
      if (text.length() == 8) {
        LocalDateTime midnight = LocalDateTime.of(year, month, day, 0, 0);
        return midnight.toEpochSecond(ZoneOffset.UTC) + DAY - 1;
      }
      LocalDateTime time =
          LocalDateTime.of(
              year, month, day, number(text, 9, 11), number(text, 11, 13), number(text, 13, 15));
      return time.toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new RecurrenceSyntaxException(
          token.position(), "UNTIL is no time of the calendar: " + e.getMessage() + ".");
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text.substring(from, to));
  }
}
