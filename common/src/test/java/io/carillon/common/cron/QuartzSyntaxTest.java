package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuartzSyntaxTest {

  private static CronFields quartz(String text) {
    return CronParser.parse(text, CronDialect.QUARTZ, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 9 ? * MON-FRI = 0 0 9 ? * 2-6",
        "0 0 9 * * ? = 0 0 9 ? * *",
        "0 0 9 * * ? = 0 0 9 1-31 * ?",
        "0 0 9 * * ? * = 0 0 9 * * ?",
        "0 0 9 L * ? = 0 0 9 l-0 * ?",
        "0 0 9 LW * ? = 0 0 9 L-0W * ?",
        "0 0 9 L,1 * ? = 0 0 9 1,L,1 * ?",
        "0 0 9 ? * L = 0 0 9 ? * SAT",
        "0 0 9 ? * THUL = 0 0 9 ? * 5L",
        "0 0 9 ? * MON#2,MON = 0 0 9 ? * 2",
        "0 0 9 ? * MON,MONL,TUE#3 = 0 0 9 ? * 3#3,2",
        "0 0 9 1-31,L,15W,LW * ? = 0 0 9 * * ?",
        "0 0 9 1 1 ? 2026-2028 = 0 0 9 1 1 ? 2028,2026,2027",
        "0 0 22-3 * * ? = 0 0 22,23,0-3 * * ?",
        "0 0 22-3/2 * * ? = 0 0 22-23/2,0-3/2 * * ?",
        "0 50-10/7 9 * * ? = 0 50-57/7,4 9 * * ?",
        "55-5 0 9 * * ? = 55-59,0-5 0 9 * * ?",
        "0 0 9 1 NOV-FEB ? = 0 0 9 1 11,12,1,2 ?",
        "0 0 9 1 11-4/2 ? = 0 0 9 1 11,1,3 ?",
        "0 0 9 ? * SAT-SUN = 0 0 9 ? * 7,1",
        "0 0 9 ? * 5-5 = 0 0 9 ? * THU",
        "0 0 9 25-5 * ? = 0 0 9 25-31,1-5 * ?",
        "@daily = 0 0 0 * * ?",
        "@Weekly = 0 0 0 ? * SUN",
      })
  void whatMeansTheSameIsEqual(String pair) {
    String[] texts = pair.split(" = ");
    assertEquals(quartz(texts[0]), quartz(texts[1]));
    assertEquals(quartz(texts[0]).hashCode(), quartz(texts[1]).hashCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 9 L-1 * ?",
        "0 0 9 LW * ?",
        "0 0 9 L-1W * ?",
        "0 0 9 31W * ?",
        "0 0 9 31 * ?",
        "0 0 9 L * ? 2026",
        "0 0 9 L * ? 1970-2099",
        "0 0 9 ? * 2L",
        "0 0 9 ? * 2#4",
        "0 0 9 ? * 2",
      })
  void whatDiffersIsNotEqual(String text) {
    assertNotEquals(quartz("0 0 9 L * ?"), quartz(text));
    assertEquals(quartz(text), quartz(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0 0 9 ? * MON, 0 9 * * 1",
    "0 */5 * * * ?, */5 * * * *",
    "0 0 0 1 1 ?, @yearly",
  })
  void theDialectsShareWhatTheyMean(String quartz, String unix) {
    assertEquals(CronParser.parse(unix, CronDialect.UNIX, 0), quartz(quartz));
  }

  @ParameterizedTest
  @CsvSource({
    "0 0 9 L * ?, false",
    "0 0 9 1-5 * ?, false",
    "0 0 9 ? * 2-6 2026-2028, false",
    "0 0 22-4 * * ?, false",
    "0 0 0-23 * * ?, true",
    "0 0/5 9 * * ?, true",
    "* 0 9 * * ?, true",
  })
  void onlyTheTimeOfDayRunsThrough(String text, boolean runsThrough) {
    assertEquals(runsThrough, quartz(text).runsInBothPasses());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // how many fields
        "0 0 * * ? | 9 | has 5 fields; this dialect has 6 or 7: second minute",
        "0 0 9 * * ? * * | 14 | has 8 fields",
        "0 0 9 1 * * | 10 | must be ?, as in Quartz: write ? for the day-of-week",
        "0 0 9 * * MON | 6 | must be ?, as in Quartz: write ? for the day-of-month",
        "0 0 9 * * * | 6 | write ? for the day-of-month",
        "0 0 9 1 * MON | 10 | write ? for one of them, and a second expression",
        "0 0 9 ? * ? | 10 | Only one of the fields",
        // ?
        "? 0 9 * * ? | 0 | Unexpected '?' in the second field; allowed are 0-59",
        "0 0 9 ? ? MON | 8 | belong to the two day fields",
        "0 0 9 * * ? ? | 12 | Unexpected '?' in the year field",
        "0 0 9 ?/2 * MON | 6 | ? stands alone",
        "0 0 9 1,? * MON | 8 | ? stands alone",
        "0 0 9 ?? * MON | 6 | ? stands alone",
        // L and W in the day of the month
        "0 0 9 L-31 * ? | 8 | L-31 is out of range in the day-of-month field; allowed are 0-30",
        "0 0 9 L-99999999999 * ? | 8 | out of range",
        "0 0 9 L- * ? | 8 | ends too soon",
        "0 0 9 L-W * ? | 8 | Unexpected 'W'",
        "0 0 9 L+3 * ? | 7 | Unexpected '+'",
        "0 0 9 LL * ? | 7 | Unexpected 'L'",
        "0 0 9 LWW * ? | 8 | Unexpected 'W'",
        "0 0 9 LW-3 * ? | 8 | Unexpected '-'",
        "0 0 9 WL * ? | 6 | 'WL' is not a value",
        "0 0 9 W * ? | 6 | 'W' is not a value of the day-of-month field; allowed are 1-31",
        "0 0 9 w * ? | 6 | 15W",
        "0 0 9 32W * ? | 6 | 32 is out of range in the day-of-month field; allowed are 1-31",
        "0 0 9 0W * ? | 6 | 0 is out of range",
        "0 0 9 15WW * ? | 9 | Unexpected 'W'",
        "0 0 9 15L * ? | 8 | Unexpected 'L'",
        "0 0 9 L15 * ? | 7 | Unexpected '1'",
        "0 0 9 1-15W * ? | 10 | Unexpected 'W'",
        "0 0 9 1W-15 * ? | 8 | Unexpected '-'",
        "0 0 9 15W/2 * ? | 9 | Unexpected '/'",
        "0 0 9 L/2 * ? | 7 | Unexpected '/'",
        "0 0 9 1-L * ? | 8 | 'L' is not a value",
        "0 0 9 *W * ? | 7 | Unexpected 'W'",
        "0 0 9 1,,L * ? | 8 | Unexpected ','",
        "0 0 9 L, * ? | 8 | ends too soon",
        "0 0 9 ,L * ? | 6 | Unexpected ','",
        "0 0 9 L,* * ? | 8 | stands alone",
        "0 0 9 MON#1 * ? | 6 | 'MON' is not a value of the day-of-month field",
        // L and # in the day of the week
        "0 0 9 ? * 0 | 10 | 0 is out of range in the day-of-week field; allowed are 1-7 or SUN-SAT",
        "0 0 9 ? * 8 | 10 | 8 is out of range",
        "0 0 9 ? * 8L | 10 | 8 is out of range",
        "0 0 9 ? * MON# | 14 | ends too soon; allowed are 1-7 or SUN-SAT",
        "0 0 9 ? * FRI#6 | 14 | #6 is out of range in the day-of-week field; allowed are 1-5",
        "0 0 9 ? * FRI#0 | 14 | #0 is out of range",
        "0 0 9 ? * FRI#-1 | 14 | Unexpected '-'",
        "0 0 9 ? * MON#1#2 | 15 | Unexpected '#'",
        "0 0 9 ? * MON#1L | 15 | Unexpected 'L'",
        "0 0 9 ? * MON#TUE | 14 | Unexpected 'T'",
        "0 0 9 ? * # | 10 | Unexpected '#'",
        "0 0 9 ? * #2 | 10 | Unexpected '#'",
        "0 0 9 ? * *#2 | 11 | Unexpected '#'",
        "0 0 9 ? * MON-FRI#2 | 17 | Unexpected '#'",
        "0 0 9 ? * MON-FRIL | 17 | Unexpected 'L'",
        "0 0 9 ? * MONLL | 10 | 'MONLL' is not a value",
        "0 0 9 ? * LL | 11 | Unexpected 'L'",
        "0 0 9 ? * L-3 | 11 | Unexpected '-'",
        "0 0 9 ? * L,MON | 10 | L in the day-of-week field means Saturday",
        "0 0 9 ? * MON,L | 14 | L in the day-of-week field means Saturday",
        "0 0 9 ? * LW | 11 | Unexpected 'W'",
        "0 0 9 ? * 5W | 11 | Unexpected 'W'",
        "0 0 9 ? * 5L/2 | 12 | Unexpected '/'",
        "0 0 9 ? * MONDAY | 10 | 'MONDAY' is not a value",
        // signs elsewhere
        "0 0 L * * ? | 4 | belong to the two day fields",
        "0 0 15W * * ? | 6 | belong to the two day fields",
        "0 0 9 1 L ? | 8 | 'L' is not a value of the month field",
        "0 0 9 1 6#2 ? | 9 | Unexpected '#'",
        // years
        "0 0 9 1 1 ? 1969 | 12 | 1969 is out of range in the year field; allowed are 1970-2099",
        "0 0 9 1 1 ? 2100 | 12 | 2100 is out of range",
        "0 0 9 1 1 ? 26 | 12 | 26 is out of range",
        "0 0 9 1 1 ? 99999999999 | 12 | out of range",
        "0 0 9 1 1 ? 2030-2027 | 12 | runs backwards; write the earlier year first",
        "0 0 9 1 1 ? 2026/0 | 17 | A step of 0 is out of range in the year field; allowed are 1-129",
        "0 0 9 1 1 ? 2026/130 | 17 | A step of 130",
        "0 0 9 1 1 ? H | 12 | 'H' is not a value of the year field",
        "0 0 9 1 1 ? L | 12 | 'L' is not a value of the year field",
        "0 0 9 1 1 ? 2026, | 17 | ends too soon",
        // as in every dialect
        "0 */0 9 * * ? | 4 | A step of 0",
        "0 /5 9 * * ? | 2 | Unexpected '/'",
        "0 0 9 *,1 * ? | 6 | stands alone",
        "0 0 24 * * ? | 4 | 24 is out of range in the hour field",
        "0 0 22-4-6 * * ? | 8 | Unexpected '-'",
      })
  void faultsAreRefusedWhereTheyAre(String text, int position, String message) {
    CronSyntaxException e = assertThrows(CronSyntaxException.class, () -> quartz(text), text);
    assertTrue(e.getMessage().contains(message), text + ": " + e.getMessage());
    assertEquals(position, e.position(), text + ": " + e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0 0 L * *",
    "0 0 15W * *",
    "0 0 ? * *",
    "0 0 L-3 * *",
    "0 0 LW * *",
    "0 0 * * 5L",
    "0 0 * * THUL",
    "0 0 * * MON#2",
    "0 0 * * l",
  })
  void theOtherDialectsSendTheSignsToQuartz(String text) {
    for (CronDialect dialect : new CronDialect[] {CronDialect.UNIX, CronDialect.SECONDS}) {
      String whole = dialect == CronDialect.UNIX ? text : "0 " + text;
      CronSyntaxException e =
          assertThrows(CronSyntaxException.class, () -> CronParser.parse(whole, dialect, 0));
      assertTrue(e.getMessage().contains("need the dialect QUARTZ"), whole + ": " + e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNIX, 0 0 9 * * ?, QUARTZ",
    "UNIX, 0 0 9 * * 1, SECONDS",
    "SECONDS, 0 9 * * 1, UNIX",
    "SECONDS, 0 0 9 * * ? 2026, QUARTZ",
    "QUARTZ, 0 9 * * 1, UNIX",
  })
  void aWrongCountOfFieldsNamesTheDialectThatHasIt(CronDialect dialect, String text, String other) {
    CronSyntaxException e =
        assertThrows(CronSyntaxException.class, () -> CronParser.parse(text, dialect, 0));
    assertTrue(e.getMessage().endsWith("looks like the dialect " + other + "."), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "* * * * *, UNIX",
    "0 0 L * *, UNIX",
    "@daily, UNIX",
    " @every 5m, UNIX",
    "@every 1h 2m 3s 4 5, UNIX",
    "* * * *, UNIX",
    "'', UNIX",
    "0 0 0 0 0 0 0 0, UNIX",
    "0 0 9 * * *, SECONDS",
    "0 0 9 1 JUL WED, SECONDS",
    "0 0 9 1 jul-dec wed, SECONDS",
    "0 0 9 1 APRIL 1, SECONDS",
    "H H H * * *, SECONDS",
    "0 0 9 * * ?, QUARTZ",
    "0 0 9 ? JUL WED, QUARTZ",
    "0 0 9 L * *, QUARTZ",
    "0 0 9 L-3 * *, QUARTZ",
    "0 0 9 LW * *, QUARTZ",
    "0 0 9 15w JUL *, QUARTZ",
    "0 0 9 * * 5L, QUARTZ",
    "0 0 9 * * wedl, QUARTZ",
    "0 0 9 * * WED#1, QUARTZ",
    "0 0 9 * * * 2026, QUARTZ",
    "0 0 9 * * * *, QUARTZ",
  })
  void theDialectIsGuessed(String text, CronDialect expected) {
    assertEquals(expected, CronParser.guess(text));
  }
}
