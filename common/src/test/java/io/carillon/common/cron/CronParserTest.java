package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronParserTest {

  private static CronFields unix(String text) {
    return CronParser.parse(text, CronDialect.UNIX, 0);
  }

  private static List<Integer> bits(long set) {
    List<Integer> bits = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      if ((set >>> i & 1) != 0) {
        bits.add(i);
      }
    }
    return bits;
  }

  private static List<Integer> numbers(String spaced) {
    return List.of(spaced.split(" ")).stream().map(Integer::valueOf).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "05, 5",
    "'0,30', 0 30",
    "'30,0,30', 0 30",
    "10-13, 10 11 12 13",
    "10-10, 10",
    "10-20/5, 10 15 20",
    "10-19/5, 10 15",
    "*/20, 0 20 40",
    "*/25, 0 25 50",
    "5/15, 5 20 35 50",
    "59/2, 59",
    "'1-3,7,50/5,*/30', 0 1 2 3 7 30 50 55",
  })
  void minutesAreListsRangesAndSteps(String field, String expected) {
    assertEquals(numbers(expected), bits(unix(field + " * * * *").minutes()));
  }

  @ParameterizedTest
  @CsvSource({
    "*, 0 1 2 3 4 5 6",
    "0, 0",
    "7, 0",
    "'0,7', 0",
    "sun, 0",
    "5-7, 0 5 6",
    "FRI-SUN, 0 5 6",
    "fri-7, 0 5 6",
    "SUN-SUN, 0",
    "SUN-TUE, 0 1 2",
    "0-7, 0 1 2 3 4 5 6",
    "1-5/2, 1 3 5",
    "Mon-Fri, 1 2 3 4 5",
    "1/2, 1 3 5",
    "MON/3, 1 4",
    "*/2, 0 2 4 6",
    "*/7, 0",
    "1-7/2, 0 1 3 5",
  })
  void sundayIsZeroAndSeven(String field, String expected) {
    assertEquals(numbers(expected), bits(unix("0 0 * * " + field).daysOfWeek()));
  }

  @ParameterizedTest
  @CsvSource({
    "JAN, 1",
    "dec, 12",
    "Feb-Apr, 2 3 4",
    "'1,JUN,9', 1 6 9",
    "MAY/4, 5 9",
    "*/5, 1 6 11"
  })
  void monthsHaveNamesInAnyCase(String field, String expected) {
    assertEquals(numbers(expected), bits(unix("0 0 1 " + field + " *").months()));
  }

  @Test
  void theSecondsDialectLeadsWithSeconds() {
    CronFields fields = CronParser.parse("15,45 1 2 3 4 5", CronDialect.SECONDS, 0);
    assertEquals(
        new CronFields(
            (1L << 15) | (1L << 45),
            1 << 1,
            1 << 2,
            1 << 3,
            1 << 4,
            1 << 5,
            true,
            false,
            SpecialDays.NONE,
            Years.ALL),
        fields);
  }

  @Test
  void anExpressionWithoutSecondsFiresAtSecondZero() {
    assertEquals(1, unix("* * * * *").seconds());
  }

  @Test
  void tabsAndSpacesSeparateAndSurroundFields() {
    assertEquals(unix("1 2 3 4 5"), unix(" \t1  2\t3 \t 4 5 "));
  }

  @ParameterizedTest
  @CsvSource({
    "@yearly, 0 0 1 1 *",
    "@annually, 0 0 1 1 *",
    "@monthly, 0 0 1 * *",
    "@weekly, 0 0 * * 0",
    "@daily, 0 0 * * *",
    "@midnight, 0 0 * * *",
    "@hourly, 0 * * * *",
    "@Daily, 0 0 * * *",
  })
  void macrosStandForExpressionsInBothDialects(String macro, String expression) {
    assertEquals(unix(expression), unix(macro));
    assertEquals(unix(expression), CronParser.parse(" " + macro + " ", CronDialect.SECONDS, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "0 0 * * *, false",
    "0 0 1 * *, false",
    "0 0 * * 1, false",
    "0 0 1 * 1, true",
    "0 0 1-31 * 0-6, true",
    "0 0 */2 * 1, false",
    "0 0 1 * */2, false",
    "'0 0 */2,5 * 1', false",
    "'0 0 5,*/2 * 1', true",
  })
  void eitherDayCountsOnlyIfNeitherFieldBeginsWithAStar(String text, boolean either) {
    assertEquals(either, unix(text).eitherDay());
  }

  @ParameterizedTest
  @CsvSource({
    "'0,30 9,17 * * *', false",
    "'0 9 */2 1-5 MON-FRI', false",
    "* 9 * * *, true",
    "0 9-17 * * *, false",
    "0 9-9 * * *, false",
    "0 */2 * * *, false",
    "5-5 9 * * *, false",
    "59/5 9 * * *, false",
    "5/15 9 * * *, true",
    "*/5 9 * * *, true",
    "'0,10-20 9 * * *', true",
    "0 * * * *, true",
  })
  void severalMinutesByAWildcardStepOrRangeRunInBothPasses(String text, boolean both) {
    assertEquals(both, unix(text).runsInBothPasses());
  }

  @ParameterizedTest
  @CsvSource({
    "0 * * * *, true",
    "0 */1 * * *, true",
    "0 0-23 * * *, true",
    "'0 0,1-22,23 * * *', true",
    "0 0/2 * * *, false",
    "*/5 0-22 * * *, false",
  })
  void everyHourIsSoHoweverItIsWritten(String text, boolean every) {
    assertEquals(every, unix(text).hasEveryHour());
  }

  @Test
  void wildcardStepAndRangeOfTheSecondRunInBothPasses() {
    assertTrue(CronParser.parse("* 0 9 * * *", CronDialect.SECONDS, 0).runsInBothPasses());
    assertTrue(CronParser.parse("*/10 0 9 * * *", CronDialect.SECONDS, 0).runsInBothPasses());
    assertTrue(CronParser.parse("0-9 0 9 * * *", CronDialect.SECONDS, 0).runsInBothPasses());
    assertFalse(CronParser.parse("0,30 0 9 * * *", CronDialect.SECONDS, 0).runsInBothPasses());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        // what there is too little or too much of
        "'', 0, has 0 fields",
        "'   ', 3, has 0 fields",
        "'* * * *', 7, has 4 fields; this dialect has 5: minute hour",
        "'* * * * * *', 10, has 6 fields",
        "'@daily *', 7, follow",
        "'@reboot', 0, @reboot has no meaning here",
        "'@fortnightly', 0, Unknown macro @fortnightly",
        "'@every 5m', 0, @every is an interval",
        "'@', 0, Unknown macro",
        // values
        "'60 * * * *', 0, 60 is out of range in the minute field; allowed are 0-59",
        "'* 24 * * *', 2, 24 is out of range in the hour field",
        "'* * 0 * *', 4, 0 is out of range in the day-of-month field; allowed are 1-31",
        "'* * 32 * *', 4, 32 is out of range",
        "'* * * 13 *', 6, allowed are 1-12 or JAN-DEC",
        "'* * * * 8', 8, allowed are 0-7 or SUN-SAT",
        "'99999999999999999999 * * * *', 0, out of range",
        "'-1 * * * *', 0, Unexpected '-'",
        "'+1 * * * *', 0, Unexpected '+'",
        "'1.5 * * * *', 1, Unexpected '.'",
        "'0x5 * * * *', 1, Unexpected 'x'",
        "'* * * MAI *', 6, 'MAI' is not a value of the month field",
        "'* * * JANUARY *', 6, 'JANUARY'",
        "'* MON * * *', 2, 'MON' is not a value of the hour field",
        "'* * * * JAN', 8, 'JAN'",
        // lists, ranges, steps
        "'1|2 * * * *', 1, Unexpected '|'",
        "'1- * * * *', 2, ends too soon",
        "'1-2-3 * * * *', 3, Unexpected '-'",
        "'5/ * * * *', 2, ends too soon",
        "'*/0 * * * *', 2, A step of 0 is out of range in the minute field; allowed are 1-59",
        "'*/90 * * * *', 2, A step of 90 is out of range",
        "'* */24 * * *', 4, allowed are 1-23",
        "'*/5/2 * * * *', 3, Unexpected '/'",
        "'*/MON * * * *', 2, Unexpected 'M'",
        "'** * * * *', 1, Unexpected '*'",
        "'*5 * * * *', 1, Unexpected '5'",
        "'*-5 * * * *', 1, Unexpected '-'",
        "'* 22-4 * * *', 2, runs backwards; write it as two ranges",
        "'* * * * FRI-MON', 8, FRI-MON",
        "'* * * * 5-0', 8, write Sunday as 7",
        "'* * * NOV-FEB *', 6, 11-12",
        "'* * * * 7/2', 8, write Sunday as 0",
        // signs of Quartz
        "'? * * * *', 0, Quartz",
        "'* * L * *', 4, Quartz",
        "'* * 15W * *', 6, Quartz",
        "'* * L-31 * *', 4, Quartz",
        "'* * * * MON#', 11, Quartz",
        "'* * * * FRI#6', 11, Quartz",
        "'* * * * 5L', 9, Quartz",
      })
  void faultsAreRefusedWhereTheyAre(String quoted, int position, String message) {
    refused(quoted.substring(1, quoted.length() - 1), position, message);
  }

  @Test
  void emptyElementsOfAListAreRefused() {
    refused("1,,2 * * * *", 2, "Unexpected ','");
    refused("1, * * * *", 2, "ends too soon");
    refused(",1 * * * *", 0, "Unexpected ','");
    refused("*,1 * * * *", 0, "stands alone");
    refused("1,* * * * *", 2, "stands alone");
  }

  @Test
  void onlyPrintableAsciiAndTabsAreRead() {
    refused("0\n0 * * *", 1, "U+000A");
    refused("0 0 * * *\n", 9, "U+000A");
    refused("0 0\r * * *", 3, "U+000D");
    refused("0\u000b0 * * *", 1, "U+000B");
    refused("0 0 * * \u0000", 8, "U+0000");
    refused("\u0663 0 * * *", 0, "U+0663");
    refused("\uff15 0 * * *", 0, "U+FF15");
    refused("0\u00a00 * * *", 1, "U+00A0");
    refused("0 0 * * \u017fun", 8, "U+017F");
  }

  @Test
  void aThousandCharactersAreAllowedAndNoMore() {
    String longest = "0" + " ".repeat(991) + "0 * * *";
    assertEquals(999, longest.length());
    unix(longest + " ");
    refused(longest + "  ", 1000, "1001 characters");
  }

  private static void refused(String text, int position, String message) {
    CronSyntaxException e = assertThrows(CronSyntaxException.class, () -> unix(text), text);
    assertTrue(e.getMessage().contains(message), text + ": " + e.getMessage());
    assertEquals(position, e.position(), text + ": " + e.getMessage());
  }
}
