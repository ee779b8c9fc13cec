package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days the signs of Quartz mean, read off calendars. */
class QuartzDaysTest {

  private static final long DAY = 86_400;

  private static LocalTimes of(String text) {
    return new LocalTimes(CronParser.parse(text, CronDialect.QUARTZ, 0));
  }

  private static long midnight(LocalDate date) {
    return date.toEpochSecond(java.time.LocalTime.MIDNIGHT, ZoneOffset.UTC);
  }

  /** The matching days of a month, asked for in three ways. */
  private static String daysIn(YearMonth month, LocalTimes times) {
    List<Integer> days = new ArrayList<>();
    long begin = midnight(month.atDay(1));
    long end = midnight(month.plusMonths(1).atDay(1));
    for (long at = times.nextFrom(begin); at < end; at = times.nextFrom(at + 1)) {
      days.add((int) ((at - begin) / DAY) + 1);
    }
    for (int day = 1; day <= month.lengthOfMonth(); day++) {
      assertEquals(days.contains(day), times.matches(begin + (day - 1) * DAY), "matches " + day);
    }
    assertEquals(days.size(), times.count(begin, end), "count");
    return days.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource({
    // The last day, and days before it.
    "L, 2026-01, 31",
    "L, 2026-02, 28",
    "L, 2028-02, 29",
    "L, 2100-02, ''",
    "L, 2000-02, 29",
    "L, 2026-04, 30",
    "l, 2026-04, 30",
    "L-0, 2026-04, 30",
    "L-3, 2026-02, 25",
    "L-3, 2028-02, 26",
    "L-3, 2026-12, 28",
    "L-27, 2026-02, 1",
    "L-28, 2026-02, ''",
    "L-28, 2028-02, 1",
    "L-29, 2026-04, 1",
    "L-30, 2026-04, ''",
    "L-30, 2026-05, 1",
    // The nearest weekday, not at a border: 2026-08-15 is a Saturday, 2026-02-15 a Sunday.
    "15W, 2026-01, 15",
    "15W, 2026-08, 14",
    "15W, 2026-02, 16",
    "15w, 2026-02, 16",
    "14W, 2026-08, 14",
    // The first is a Saturday, a Sunday, a Friday.
    "1W, 2026-08, 3",
    "1W, 2026-02, 2",
    "1W, 2026-11, 2",
    "1W, 2026-05, 1",
    "2W, 2026-08, 3",
    "3W, 2026-08, 3",
    // The last is a Sunday, a Saturday; or there is no such day.
    "31W, 2026-05, 29",
    "31W, 2026-01, 30",
    "31W, 2026-03, 31",
    "31W, 2026-04, ''",
    "31W, 2026-02, ''",
    "30W, 2026-02, ''",
    "30W, 2026-05, 29",
    "30W, 2028-04, 28",
    "29W, 2028-02, 29",
    "29W, 2026-02, ''",
    "28W, 2026-02, 27",
    "28W, 2027-02, 26",
    // The last weekday.
    "LW, 2026-01, 30",
    "LW, 2026-02, 27",
    "LW, 2027-02, 26",
    "LW, 2026-03, 31",
    "LW, 2026-05, 29",
    "LW, 2028-02, 29",
    "lw, 2026-05, 29",
    // 2026-05-28 is a Thursday, 2026-03-28 a Saturday, 2026-11-27 a Friday, 2026-06-27 a Saturday.
    "L-3W, 2026-05, 28",
    "L-3W, 2026-03, 27",
    "L-3W, 2026-11, 27",
    "L-3W, 2026-06, 26",
    "L-1W, 2026-11, 30",
    "L-30W, 2026-08, 3",
    "L-30W, 2026-04, ''",
    // Lists.
    "'1,15,L', 2026-02, 1 15 28",
    "'1W,15W', 2026-08, 3 14",
    "'L,LW', 2026-05, 29 31",
    "'L-2,L', 2026-04, 28 30",
    "'10-12,20/5,LW', 2026-05, 10 11 12 20 25 29 30",
    "'31W,31', 2026-01, 30 31",
    "25-5, 2026-02, 1 2 3 4 5 25 26 27 28",
  })
  void signsOfTheDayOfMonth(String field, YearMonth month, String expected) {
    assertEquals(expected, daysIn(month, of("0 0 0 " + field + " * ?")));
  }

  @ParameterizedTest
  @CsvSource({
    // Sunday is 1.
    "1, 2026-02, 1 8 15 22",
    "7, 2026-02, 7 14 21 28",
    "L, 2026-02, 7 14 21 28",
    "2-6, 2028-02, 1 2 3 4 7 8 9 10 11 14 15 16 17 18 21 22 23 24 25 28 29",
    "mon, 2026-02, 2 9 16 23",
    // The n-th of the month.
    "2#1, 2026-02, 2",
    "MON#2, 2026-02, 9",
    "mon#2, 2026-02, 9",
    "SUN#1, 2026-02, 1",
    "SUN#4, 2026-02, 22",
    "SUN#5, 2026-02, ''",
    "SAT#1, 2026-02, 7",
    "SAT#1, 2026-08, 1",
    "FRI#1, 2026-08, 7",
    "SAT#5, 2026-08, 29",
    "SUN#5, 2026-08, 30",
    "MON#5, 2026-08, 31",
    "TUE#5, 2026-08, ''",
    "3#5, 2028-02, 29",
    "4#5, 2028-02, ''",
    "SUN#5, 2026-05, 31",
    "6#5, 2026-05, 29",
    // The last of the month.
    "5L, 2026-02, 26",
    "THUL, 2026-02, 26",
    "thul, 2026-02, 26",
    "1L, 2026-02, 22",
    "SATL, 2026-02, 28",
    "7L, 2026-02, 28",
    "TUEL, 2028-02, 29",
    "WEDL, 2028-02, 23",
    "SUNL, 2026-05, 31",
    "MONL, 2026-05, 25",
    "MONL, 2026-08, 31",
    "TUEL, 2026-08, 25",
    "SUNL, 2026-11, 29",
    "MONL, 2026-11, 30",
    // Lists and ranges that wrap around.
    "'2#1,2#3', 2026-02, 2 16",
    "'2L,6L', 2026-02, 23 27",
    "'MON#1,WED', 2026-02, 2 4 11 18 25",
    "'SAT#1,SATL,TUE', 2026-08, 1 4 11 18 25 29",
    "FRI-MON, 2026-02, 1 2 6 7 8 9 13 14 15 16 20 21 22 23 27 28",
    "6-2, 2026-02, 1 2 6 7 8 9 13 14 15 16 20 21 22 23 27 28",
    "FRI-MON/2, 2026-02, 1 6 8 13 15 20 22 27",
    "2/2, 2026-02, 2 4 6 9 11 13 16 18 20 23 25 27",
  })
  void signsOfTheDayOfWeek(String field, YearMonth month, String expected) {
    assertEquals(expected, daysIn(month, of("0 0 0 ? * " + field)));
  }

  @Test
  void specialDaysCountAndStandInOrderOverTheWholeCalendar() {
    // 200 years of 12 months; 49 of them are leap years, as 1900 is none.
    assertEquals(200 * 12, of("0 0 0 L * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(200 * 12, of("0 0 0 LW * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(200 * 12, of("0 0 0 ? * FRIL").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(200 * 12, of("0 0 0 1W * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(200 * 7, of("0 0 0 31W * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(200 * 11 + 49, of("0 0 0 29W * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(49, of("0 0 0 L-28 2 ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(2 * 200 * 12, of("0 0 9,17 L * ?").count(Long.MIN_VALUE, Long.MAX_VALUE));
    LocalTimes last = of("0 0 0 L * ?");
    long begin = midnight(LocalDate.of(2026, 1, 1));
    assertEquals(midnight(LocalDate.of(2026, 1, 31)), last.nth(begin, 1));
    assertEquals(midnight(LocalDate.of(2027, 2, 28)), last.nth(begin, 14));
    assertEquals(midnight(LocalDate.of(2028, 2, 29)), last.nth(begin, 26));
    assertEquals(LocalRule.NONE, last.nth(begin, 74 * 12 + 1));
    assertEquals(midnight(LocalDate.of(2099, 12, 31)), last.nth(begin, 74 * 12));
  }

  @ParameterizedTest
  @CsvSource({
    "2026, 2026",
    "'2026,2030', 2026 2030",
    "2026-2029, 2026 2027 2028 2029",
    "2020-2030/5, 2020 2025 2030",
    "2090/4, 2090 2094 2098",
    "*/50, 1970 2020 2070",
    "1970, 1970",
    "2099, 2099",
  })
  void yearsAreListsRangesAndSteps(String field, String expected) {
    LocalTimes times = of("0 0 0 1 1 ? " + field);
    List<String> years = new ArrayList<>();
    for (long at = times.nextFrom(0 - 200 * 366 * DAY);
        at != LocalRule.NONE;
        at = times.nextFrom(at + 1)) {
      years.add(String.valueOf(LocalDate.ofEpochDay(at / DAY).getYear()));
    }
    assertEquals(expected, String.join(" ", years));
    assertEquals(years.size(), times.count(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  void leapDaysOfSomeYears() {
    LocalTimes leap = of("0 0 0 29 2 ? 2021-2035");
    assertEquals(midnight(LocalDate.of(2024, 2, 29)), leap.nextFrom(0));
    assertEquals(midnight(LocalDate.of(2032, 2, 29)), leap.previousBefore(Long.MAX_VALUE));
    assertEquals(LocalRule.NONE, leap.nextFrom(midnight(LocalDate.of(2032, 3, 1))));
    assertEquals(LocalRule.NONE, leap.previousBefore(midnight(LocalDate.of(2024, 2, 29))));
    assertEquals(LocalRule.NONE, of("0 0 0 29 2 ? 2021-2023").nextFrom(0));
    assertEquals(LocalRule.NONE, of("0 0 0 L-30 2,4 ?").nextFrom(Long.MIN_VALUE));
    assertEquals(LocalRule.NONE, of("0 0 0 30W 2 ?").previousBefore(Long.MAX_VALUE));
  }

  @Test
  void fifthWeekdaysOfFebruaryComeOnceInTwentyEightYears() {
    // 2044-02-01 is a Monday in a leap year; so are 2016 and 2072.
    LocalTimes fifth = of("0 0 0 ? 2 2#5");
    assertEquals(midnight(LocalDate.of(2044, 2, 29)), fifth.nextFrom(1_456_704_001L));
    assertEquals(1_456_704_000L, fifth.previousBefore(midnight(LocalDate.of(2044, 2, 29))));
    assertEquals(midnight(LocalDate.of(2072, 2, 29)), fifth.previousBefore(Long.MAX_VALUE));
  }
}
