package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people bring from other schedulers. */
class OtherFormsTest {

  private static CronFields unix(String text, int slot) {
    return CronParser.parse(text, CronDialect.UNIX, slot);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cron(0 12 ? * MON-FRI *) | the second before it, as in '0 0 12 ? * MON-FRI *'",
        "cron( 30 9 L * ? 2027 ) | as in '0 30 9 L * ? 2027'",
        "0 12 ? * MON-FRI * | as in '0 0 12 ? * MON-FRI *'",
        "30 9 L-1 * ? * | as in '0 30 9 L-1 * ? *'",
        "0/15 8-17 ? * 2#1 2027 | as in '0 0/15 8-17 ? * 2#1 2027'",
        "rate(5 minutes) | write @every 5m (--every 5m)",
        "Rate(1 day) | write @every 1d",
        "rate(5 fortnights) | write @every 5m",
        "at(2026-11-20T13:00:00) | by --at 2026-11-20T13:00:00",
        "CRON_TZ=Asia/Tokyo 0 9 * * * | write '0 9 * * *', and give Asia/Tokyo as time_zone",
        "TZ=Europe/Berlin @daily | write '@daily', and give Europe/Berlin as time_zone",
        "*/60 * * * * | would leave the first value alone: write that, as in 0",
        "0 */25 * * * | would leave the first value alone: write that, as in 0",
        "*/500 * * * * | or an interval, as in @every 90m",
      })
  void refusalsSayWhatToWriteInstead(String text, String hint) {
    CronSyntaxException refusal =
        assertThrows(
            CronSyntaxException.class, () -> CronParser.parse(text, CronParser.guess(text), 0));
    assertTrue(refusal.getMessage().contains(hint), refusal.getMessage());
  }

  @Test
  void otherFaultsHaveNoSuchHint() {
    for (String text : new String[] {"0 9 * *", "61 * * * *", "0 0 9 * * * * *", "hello", "? ?"}) {
      CronSyntaxException refusal =
          assertThrows(
              CronSyntaxException.class, () -> CronParser.parse(text, CronParser.guess(text), 0));
      assertFalse(refusal.getMessage().contains("EventBridge"), refusal.getMessage());
    }
  }

  @Test
  void everyMinuteIsAMacro() {
    assertEquals(unix("* * * * *", 0), unix("@every_minute", 0));
    assertEquals(unix("* * * * *", 0), unix("@Every_Minute", 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0~30 9 * * * | H(0-30) 9 * * *",
        "~ 9 * * * | H 9 * * *",
        "~ ~ ~ * * | H H H * *",
        "30~ 9 * * * | H(30-59) 9 * * *",
        "~30 9 * * * | H(0-30) 9 * * *",
        "0~59/15 9 * * * | H/15 9 * * *",
        "5,20~40 1~4 * * MON~FRI | 5,H(20-40) H(1-4) * * H(MON-FRI)",
        "0 9 1~31 * * | 0 9 H(1-31) * *",
      })
  void aRandomValueIsAHashSlot(String text, String slots) {
    assertTrue(CronParser.hasHashSlot(text));
    for (int slot = -500; slot < 500; slot++) {
      assertEquals(unix(slots, slot), unix(text, slot), text);
    }
  }

  @Test
  void aRandomRangeThatRunsBackwardsIsRefused() {
    assertThrows(CronSyntaxException.class, () -> unix("30~10 9 * * *", 0));
    assertThrows(CronSyntaxException.class, () -> unix("0~60 9 * * *", 0));
  }
}
