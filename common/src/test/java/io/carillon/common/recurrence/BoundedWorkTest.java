package io.carillon.common.recurrence;

import static io.carillon.common.recurrence.Locals.at;
import static io.carillon.common.recurrence.Locals.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.carillon.common.cron.LocalRule;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that other evaluators step through for minutes, or give up on. */
class BoundedWorkTest {

  private static final Duration LONG = Duration.ofSeconds(5);

  private static String all(String part, int from, int to) {
    String values =
        IntStream.rangeClosed(from, to).mapToObj(String::valueOf).collect(Collectors.joining(","));
    return ";" + part + "=" + values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTH=3;BYSETPOS=366",
        "FREQ=MONTHLY;BYDAY=53MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=DAILY;BYHOUR=9;BYSETPOS=2,-2",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=9",
        "FREQ=HOURLY;BYMINUTE=1;BYSETPOS=-2",
        "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1,3,5,7,9,11,13,15,17,19",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31",
        "FREQ=SECONDLY;INTERVAL=2147483647;BYMONTH=3",
        "FREQ=SECONDLY;INTERVAL=2045;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;INTERVAL=10235;BYSECOND=1",
      })
  void whatNeverFiresIsSoonKnown(String rrule) {
    // 1900 was no leap year; its first of January was a Monday.
    assertTimeoutPreemptively(
        LONG,
        () -> {
          Recurrence rule = rule(rrule, "1900-01-01T00:00");
          assertEquals(LocalRule.NONE, rule.nextFrom(Long.MIN_VALUE));
          assertEquals(LocalRule.NONE, rule.previousBefore(Long.MAX_VALUE));
          assertEquals(LocalRule.NONE, rule.nth(Long.MIN_VALUE, 1));
          assertEquals(0, rule.count(Long.MIN_VALUE, Long.MAX_VALUE));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;INTERVAL=7",
        "FREQ=SECONDLY;INTERVAL=86399",
        "FREQ=MINUTELY;INTERVAL=1;BYYEARDAY=366;BYDAY=MO",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
      })
  void anOldStartCostsNothing(String rrule) {
    assertTimeoutPreemptively(
        LONG,
        () -> {
          Recurrence rule = rule(rrule, "1900-01-01T00:00");
          for (int i = 0; i < 1000; i++) {
            long found = rule.nextFrom(at("2040-01-01T00:00") + i * 1_000_003L);
            long before = rule.previousBefore(found);
            assertEquals(found, rule.nextFrom(before + 1));
            assertEquals(1, rule.count(before + 1, found + 1));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"})
  void aPeriodWithEverySecondIsNoList(String freq) {
    String every =
        all("BYHOUR", 0, 23) + all("BYMINUTE", 0, 59) + all("BYSECOND", 0, 59) + ";BYSETPOS=-1";
    String day = freq.equals("YEARLY") || freq.equals("MONTHLY") ? all("BYMONTHDAY", 1, 31) : "";
    String week = freq.equals("WEEKLY") ? ";BYDAY=SU,MO,TU,WE,TH,FR,SA" : "";
    assertTimeoutPreemptively(
        LONG,
        () -> {
          Recurrence rule = rule("FREQ=" + freq + every + day + week, "2000-01-03T00:00");
          for (int i = 0; i < 1000; i++) {
            long found = rule.nextFrom(at("2001-01-01T00:00") + i * 1_000_003L);
            assertEquals(86_399, Math.floorMod(found, 86_400L));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FREQ=SECONDLY;COUNT=100000;INTERVAL=7;BYSECOND=0",
        "FREQ=YEARLY;COUNT=100000;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;COUNT=100000;BYDAY=MO,TU,WE;BYSETPOS=-1",
        "FREQ=MINUTELY;COUNT=100000;BYYEARDAY=366;BYDAY=MO",
      })
  void aCountIsReachedByItsRankAndNotByIteration(String rrule) {
    assertTimeoutPreemptively(
        LONG,
        () -> {
          Recurrence counted = rule(rrule, "1900-01-01T00:00");
          Recurrence uncounted = rule(rrule.replace(";COUNT=100000", ""), "1900-01-01T00:00");
          long last = counted.previousBefore(Long.MAX_VALUE);
          long all = uncounted.count(Long.MIN_VALUE, Long.MAX_VALUE);
          assertEquals(Math.min(all, 100_000), uncounted.count(Long.MIN_VALUE, last + 1));
          assertEquals(Math.min(all, 100_000), counted.count(Long.MIN_VALUE, Long.MAX_VALUE));
        });
  }
}
