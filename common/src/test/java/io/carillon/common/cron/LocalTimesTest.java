package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTimesTest {

  private static LocalTimes of(String text) {
    return new LocalTimes(CronParser.parse(text, CronDialect.UNIX, 0));
  }

  private static long at(String local) {
    return LocalDateTime.parse(local).toEpochSecond(ZoneOffset.UTC);
  }

  @Test
  void theCalendarIsTheGregorianOne() {
    LocalDate date = LocalDate.of(1899, 12, 1);
    while (date.getYear() < 2102) {
      int day = (int) date.toEpochDay();
      assertEquals(
          day, CivilDays.dayOf(date.getYear(), date.getMonthValue(), date.getDayOfMonth()));
      int civil = CivilDays.dateOf(day);
      assertEquals(date.getYear(), CivilDays.year(civil));
      assertEquals(date.getMonthValue(), CivilDays.month(civil));
      assertEquals(date.getDayOfMonth(), CivilDays.day(civil));
      assertEquals(date.getDayOfWeek().getValue() % 7, CivilDays.dayOfWeek(day));
      assertEquals(
          date.lengthOfMonth(), CivilDays.lengthOfMonth(date.getYear(), date.getMonthValue()));
      date = date.plusDays(1);
    }
  }

  @Test
  void leapDaysComeEveryFourYearsUpTo2096() {
    LocalTimes leap = of("0 0 29 2 *");
    assertEquals(at("1904-02-29T00:00"), leap.nextFrom(at("1900-01-01T00:00")));
    assertEquals(at("2000-02-29T00:00"), leap.nextFrom(at("1996-03-01T00:00")));
    assertEquals(at("2096-02-29T00:00"), leap.nextFrom(at("2092-02-29T00:01")));
    assertEquals(LocalTimes.NONE, leap.nextFrom(at("2096-02-29T00:01")));
    assertEquals(49, leap.count(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  void bothDaysRestrictedMeanEither() {
    LocalTimes either = of("0 0 13 * 5");
    // 2026-02: Fridays 6, 13, 20, 27; 2026-03-13 is a Friday too.
    assertEquals(at("2026-02-06T00:00"), either.nextFrom(at("2026-02-01T00:00")));
    assertEquals(at("2026-02-13T00:00"), either.nextFrom(at("2026-02-06T00:01")));
    assertEquals(at("2026-04-13T00:00"), either.nextFrom(at("2026-04-10T00:01")));
  }

  @Test
  void aStarOnOneSideMeansBoth() {
    // Mondays on odd days of the month.
    LocalTimes both = of("0 0 */2 * 1");
    assertEquals(at("2026-06-01T00:00"), both.nextFrom(at("2026-06-01T00:00")));
    assertEquals(at("2026-06-15T00:00"), both.nextFrom(at("2026-06-01T00:01")));
  }

  @Test
  void thirtyFirstsSkipShortMonths() {
    LocalTimes last = of("59 23 31 * *");
    assertEquals(at("2026-03-31T23:59"), last.nextFrom(at("2026-02-01T00:00")));
    assertEquals(at("2026-05-31T23:59"), last.nextFrom(at("2026-03-31T23:59:01")));
    assertEquals(200 * 7, last.count(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  void lookingBackIsStrict() {
    LocalTimes office = of("*/30 9-16 * * 1-5");
    // 2026-06-05 is a Friday.
    assertEquals(at("2026-06-05T09:30"), office.previousBefore(at("2026-06-05T10:00")));
    assertEquals(at("2026-06-05T10:00"), office.previousBefore(at("2026-06-05T10:00:01")));
    assertEquals(at("2026-06-05T16:30"), office.previousBefore(at("2026-06-08T09:00")));
    assertEquals(at("2026-06-08T09:00"), office.previousBefore(at("2026-06-08T09:00:01")));
    assertEquals(at("2026-06-05T16:30"), office.previousBefore(at("2026-06-07T12:00")));
  }

  @Test
  void lookingBackGoesOverMonthsAndYears() {
    LocalTimes leap = of("59 23 29 2 *");
    assertEquals(at("1904-02-29T23:59"), leap.previousBefore(at("1908-02-29T23:59")));
    assertEquals(LocalTimes.NONE, leap.previousBefore(at("1904-02-29T23:59")));
    assertEquals(at("2096-02-29T23:59"), leap.previousBefore(Long.MAX_VALUE));
    LocalTimes last = of("0 0 31 12 *");
    assertEquals(at("2025-12-31T00:00"), last.previousBefore(at("2026-12-31T00:00")));
    LocalTimes first = of("0 0 1 1 *");
    assertEquals(at("2026-01-01T00:00"), first.previousBefore(at("2026-12-31T23:59:59")));
    assertEquals(at("2025-01-01T00:00"), first.previousBefore(at("2026-01-01T00:00")));
    assertEquals(at("1900-01-01T00:00"), first.previousBefore(at("1900-01-01T00:00:01")));
    assertEquals(LocalTimes.NONE, first.previousBefore(at("1900-01-01T00:00")));
    assertEquals(LocalTimes.NONE, first.previousBefore(Long.MIN_VALUE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 30 2 *", "0 0 31 4 *", "0 0 31 2,4,6,9,11 *", "* * 30-31 2 *"})
  void whatNeverFiresIsKnownAtOnce(String text) {
    LocalTimes never = of(text);
    long begin = System.nanoTime();
    for (int i = 0; i < 100_000; i++) {
      assertEquals(LocalTimes.NONE, never.nextFrom(i * 1_000L));
    }
    assertTrue(System.nanoTime() - begin < 2_000_000_000L, "20 microseconds a call");
    assertEquals(LocalTimes.NONE, never.previousBefore(Long.MAX_VALUE));
    assertEquals(0, never.count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(LocalTimes.NONE, never.nth(0, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 0 29 2 ?",
        "0 0 0 29 2 ? 2096",
        "0 0 0 29W 2 ? 2096",
        "0 0 0 ? 2 2#5",
        "0 0 0 L-28 2,4,6 ? 2096",
        "0 0 0 L-30 2-4 ? 1972",
        "0 0 0 30W 2 ?",
      })
  void theRarestAreFoundInMicroseconds(String text) {
    withinTwentyMicroseconds(new LocalTimes(CronParser.parse(text, CronDialect.QUARTZ, 0)));
  }

  /** On average, over the whole calendar, in both directions. */
  private static void withinTwentyMicroseconds(LocalTimes times) {
    long step = (LocalTimes.END - LocalTimes.BEGIN) / 100_000;
    long begin = System.nanoTime();
    for (long at = LocalTimes.BEGIN; at < LocalTimes.END; at += step) {
      assertTrue(times.nextFrom(at) >= at);
      assertTrue(times.previousBefore(at) < at || times.previousBefore(at) == LocalTimes.NONE);
    }
    assertTrue(System.nanoTime() - begin < 3 * 2_000_000_000L, "20 microseconds a call");
  }

  @Test
  void theHorizonIs1900To2099() {
    LocalTimes minutes = of("* * * * *");
    assertEquals(at("1900-01-01T00:00"), minutes.nextFrom(Long.MIN_VALUE));
    assertEquals(at("2099-12-31T23:59"), minutes.nextFrom(at("2099-12-31T23:58:01")));
    assertEquals(LocalTimes.NONE, minutes.nextFrom(at("2099-12-31T23:59:01")));
    assertEquals(LocalTimes.NONE, minutes.nextFrom(Long.MAX_VALUE));
    assertEquals(73_049L * 1440, minutes.count(Long.MIN_VALUE, Long.MAX_VALUE));
  }
}
