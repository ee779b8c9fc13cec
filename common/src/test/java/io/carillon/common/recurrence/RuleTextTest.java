package io.carillon.common.recurrence;

import static io.carillon.common.recurrence.Locals.instances;
import static io.carillon.common.recurrence.Locals.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTextTest {

  private static final String START = "2024-01-01T08:00";

  private static RecurrenceSyntaxException refused(String rrule) {
    return assertThrows(RecurrenceSyntaxException.class, () -> rule(rrule, START), rrule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 0 | NAME=VALUE",
        "RRULE: | 6 | NAME=VALUE",
        "daily | 0 | NAME=VALUE",
        "FREQ=DAILY;; | 11 | NAME=VALUE",
        "'DTSTART;TZID=Europe/Berlin:20260301T090000\nRRULE:FREQ=DAILY' | 0 | --dtstart 2026-03-01T09:00:00, and its zone as time_zone, by --zone Europe/Berlin",
        "dtstart:20260301T090000Z;FREQ=DAILY | 0 | by --dtstart 2026-03-01T09:00:00Z;",
        "FREQ=DAILY;DTSTART=20260301 | 11 | by --dtstart 2026-03-01T00:00;",
        "'RRULE:FREQ=DAILY\nEXDATE:20260301T090000' | 17 | by --exclude",
        "FREQ=DAILY;;COUNT=1 | 11 | NAME=VALUE",
        "INTERVAL=2 | 0 | FREQ is missing",
        "RRULE:INTERVAL=2 | 6 | FREQ is missing",
        "FREQ= | 5 | FREQ is empty; allowed are SECONDLY, MINUTELY",
        "FREQ=FORTNIGHTLY | 5 | FREQ is \"FORTNIGHTLY\"; allowed are",
        "FREQ=DAILY,WEEKLY | 5 | allowed are SECONDLY",
        "FREQ=DAILY;FREQ=DAILY | 11 | FREQ is given twice",
        "FREQ=DAILY;X-COLOUR=RED | 11 | \"X-COLOUR\" is not a part",
        "FREQ=DAILY;BYEASTER=1 | 11 | \"BYEASTER\" is not a part of a rule. Allowed are FREQ, UNTIL",
        "FREQ=DAILY;_BYDAY_FILTER=MO | 11 | is not a part",
        "FREQ=DAILY;=1 | 11 | is not a part",
        "FREQ=DAILY;RSCALE=GREGORIAN | 11 | RSCALE of RFC 7529 is not supported",
        "RSCALE=HEBREW;FREQ=DAILY | 0 | RSCALE of RFC 7529 is not supported",
        "FREQ=MONTHLY;SKIP=FORWARD | 13 | SKIP of RFC 7529 is not supported",
        "FREQ=DAILY;INTERVAL=0 | 20 | INTERVAL is \"0\"; allowed are the whole numbers 1 to",
        "FREQ=DAILY;INTERVAL=-1 | 20 | INTERVAL is \"-1\"",
        "FREQ=DAILY;INTERVAL=2147483648 | 20 | 1 to 2147483647",
        "FREQ=DAILY;INTERVAL=99999999999999999999 | 20 | 1 to 2147483647",
        "FREQ=DAILY;COUNT=0 | 17 | COUNT is \"0\"; allowed are the whole numbers 1 to 100000",
        "FREQ=DAILY;COUNT=100001 | 17 | 1 to 100000",
        "FREQ=DAILY;COUNT=1000000000 | 17 | 1 to 100000",
        "FREQ=DAILY;BYHOUR=24 | 18 | BYHOUR is \"24\"; allowed are the whole numbers 0 to 23",
        "FREQ=DAILY;BYHOUR=9,10,24 | 23 | BYHOUR is \"24\"",
        "FREQ=DAILY;BYHOUR=9,,10 | 20 | BYHOUR is empty",
        "FREQ=DAILY;BYHOUR=9, | 20 | BYHOUR is empty",
        "FREQ=DAILY;BYMINUTE=60 | 20 | 0 to 59",
        "FREQ=DAILY;BYSECOND=61 | 20 | 0 to 60",
        "FREQ=DAILY;BYMONTH=0 | 19 | 1 to 12",
        "FREQ=DAILY;BYMONTH=5L | 19 | 1 to 12",
        "FREQ=DAILY;BYMONTH=13 | 19 | 1 to 12",
        "FREQ=DAILY;BYMONTHDAY=0 | 22 | 1 to 31 and -1 to -31",
        "FREQ=DAILY;BYMONTHDAY=32 | 22 | 1 to 31 and -1 to -31",
        "FREQ=YEARLY;BYYEARDAY=-367 | 22 | 1 to 366 and -1 to -366",
        "FREQ=YEARLY;BYWEEKNO=54 | 21 | 1 to 53 and -1 to -53",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0 | 31 | 1 to 366 and -1 to -366",
        "FREQ=MONTHLY;BYDAY=XX | 19 | BYDAY is \"XX\"; allowed are SU, MO",
        "FREQ=MONTHLY;BYDAY=0MO | 19 | BYDAY is \"0MO\"",
        "FREQ=MONTHLY;BYDAY=54MO | 19 | BYDAY is \"54MO\"",
        "FREQ=WEEKLY;WKST=1MO | 17 | WKST is \"1MO\"; allowed are SU, MO",
        "FREQ=DAILY;UNTIL=2024-06-01 | 17 | UNTIL is \"2024-06-01\"; allowed are a date such as",
        "FREQ=DAILY;UNTIL=20240230 | 17 | UNTIL is no time of the calendar",
        "FREQ=DAILY;UNTIL=20240201T240000 | 17 | UNTIL is no time of the calendar",
        "FREQ=DAILY;UNTIL=20231231 | 17 | UNTIL lies before the rule's start",
        "FREQ=DAILY;UNTIL=20240101T075959 | 17 | UNTIL lies before the rule's start",
        "FREQ=DAILY;UNTIL=20240101T125959Z | 17 | UNTIL lies before the rule's start",
        "FREQ=DAILY;COUNT=1;UNTIL=20250101 | -1 | UNTIL and COUNT must not occur",
        "FREQ=DAILY;BYDAY=1MO | -1 | not set to MONTHLY or YEARLY",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO | -1 | when BYWEEKNO is set",
        "FREQ=WEEKLY;BYMONTHDAY=1 | -1 | BYMONTHDAY is not allowed in WEEKLY rules",
        "FREQ=DAILY;BYYEARDAY=1 | -1 | BYYEARDAY is not allowed in DAILY, WEEKLY or MONTHLY",
        "FREQ=MONTHLY;BYWEEKNO=1 | -1 | BYWEEKNO is allowed in YEARLY rules only",
        "FREQ=DAILY;BYSETPOS=1 | -1 | in conjunction with another BYxxx rule",
      })
  void refusalsSayWhereAndWhatIsAllowed(String rrule, int position, String message) {
    RecurrenceSyntaxException refusal = refused(rrule);
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    assertEquals(position, refusal.position(), refusal.getMessage());
  }

  @Test
  void aSemicolonAfterTheLastPartSaysNothing() {
    assertEquals(rule("FREQ=DAILY", START), rule("FREQ=DAILY;", START));
    assertEquals(rule("FREQ=DAILY;BYHOUR=9", START), rule("RRULE:FREQ=DAILY;BYHOUR=9;", START));
  }

  @ParameterizedTest
  @ValueSource(strings = {" FREQ=DAILY", "FREQ=DAILY\n", "FREQ=D\u0000AILY", "FREQ=DA\u0130LY"})
  void onlyPrintableAsciiIsRead(String rrule) {
    assertTrue(refused(rrule).getMessage().contains("printable ASCII"));
  }

  @Test
  void digitsOfOtherScriptsAreNone() {
    assertEquals(17, refused("FREQ=DAILY;COUNT=\u0663").position());
  }

  @Test
  void aThousandCharactersAreReadAndNoMore() {
    String longest = "FREQ=DAILY;BYHOUR=09" + ",9".repeat(490);
    assertEquals(1000, longest.length());
    assertEquals(List.of("2024-01-01T09:00"), instances(rule(longest, START), 1));
    assertTrue(refused(longest + ",9").getMessage().contains("allowed are 1000"));
    assertEquals(1000, refused("FREQ=DAILY;".repeat(100_000)).position());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE})
  void aStartOutsideOfTheCalendarIsRefused(long start) {
    assertThrows(
        RecurrenceSyntaxException.class, () -> Recurrence.of("FREQ=DAILY", start, Locals.NEW_YORK));
  }

  @Test
  void theFirstAndTheLastSecondOfTheCalendarAreStarts() {
    for (long start : new long[] {LocalTimes.BEGIN, LocalTimes.END - 1}) {
      Recurrence rule = Recurrence.of("FREQ=DAILY", start, ZoneOffset.UTC);
      assertEquals(start, rule.nextFrom(Long.MIN_VALUE));
      assertEquals(LocalRule.NONE, rule.previousBefore(start));
    }
  }
}
