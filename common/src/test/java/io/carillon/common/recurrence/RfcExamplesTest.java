package io.carillon.common.recurrence;

import static io.carillon.common.recurrence.Locals.at;
import static io.carillon.common.recurrence.Locals.instances;
import static io.carillon.common.recurrence.Locals.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The examples of RFC 5545, 3.8.5.3, with the dates that it lists, in its order. They are in New
 * York there, and keep their local times across the change of the clock.
 */
class RfcExamplesTest {

  /** Dates as year/month/days, with days such as 2-4,9; "..." where the rule goes on. */
  private static List<String> dates(String written, String time) {
    List<String> dates = new ArrayList<>();
    for (String token : written.replace(" ...", "").split(" ")) {
      String[] parts = token.split("/");
      for (String range : parts[2].split(",")) {
        String[] days = range.split("-");
        for (int day = Integer.parseInt(days[0]);
            day <= Integer.parseInt(days[days.length - 1]);
            day++) {
          dates.add("%s-%02d-%02dT%s".formatted(parts[0], Integer.parseInt(parts[1]), day, time));
        }
      }
    }
    return dates;
  }

  private static void assertDates(String rrule, String start, String written) {
    List<String> expected = dates(written, "09:00");
    boolean goesOn = written.endsWith("...");
    assertEquals(
        expected, instances(rule(rrule, start), expected.size() + (goesOn ? 0 : 1)), rrule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FREQ=DAILY;COUNT=10 | 1997/9/2-11",
        "FREQ=DAILY;UNTIL=19971224T000000Z | 1997/9/2-30 1997/10/1-31 1997/11/1-30 1997/12/1-23",
        "FREQ=DAILY;INTERVAL=2 | 1997/9/2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 1997/10/2,4 ...",
        "FREQ=DAILY;INTERVAL=10;COUNT=5 | 1997/9/2,12,22 1997/10/2,12",
        "FREQ=WEEKLY;COUNT=10 | 1997/9/2,9,16,23,30 1997/10/7,14,21,28 1997/11/4",
        "FREQ=WEEKLY;UNTIL=19971224T000000Z | 1997/9/2,9,16,23,30 1997/10/7,14,21,28"
            + " 1997/11/4,11,18,25 1997/12/2,9,16,23",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU | 1997/9/2,16,30 1997/10/14,28 1997/11/11,25"
            + " 1997/12/9,23 1998/1/6,20 1998/2/3 ...",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH |"
            + " 1997/9/2,4,9,11,16,18,23,25,30 1997/10/2",
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH | 1997/9/2,4,9,11,16,18,23,25,30 1997/10/2",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH | 1997/9/2,4,16,18,30 1997/10/2,14,16",
        "FREQ=MONTHLY;BYMONTHDAY=-3 | 1997/9/28 1997/10/29 1997/11/28 1997/12/29 1998/1/29"
            + " 1998/2/26 ...",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15 | 1997/9/2,15 1997/10/2,15 1997/11/2,15"
            + " 1997/12/2,15 1998/1/2,15",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1 | 1997/9/30 1997/10/1,31 1997/11/1,30"
            + " 1997/12/1,31 1998/1/1,31 1998/2/1",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU | 1997/9/2,9,16,23,30 1997/11/4,11,18,25"
            + " 1998/1/6,13,20,27 1998/3/3,10,17,24,31 ...",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 | 1998/2/13 1998/3/13 1998/11/13 1999/8/13"
            + " 2000/10/13 ...",
        "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1 | 1997/9/8,15,22,29 ...",
      })
  void fromTheSecondOfSeptember(String rrule, String written) {
    assertDates(rrule, "1997-09-02T09:00", written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1998-01-01 | FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA |"
            + " 1998/1/1-31 1999/1/1-31 2000/1/1-31",
        "1998-01-01 | FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1 |"
            + " 1998/1/1-31 1999/1/1-31 2000/1/1-31",
        "1997-09-01 | FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR |"
            + " 1997/9/1,3,5,15,17,19,29 1997/10/1,3,13,15,17,27,29,31"
            + " 1997/11/10,12,14,24,26,28 1997/12/8,10,12,22",
        "1997-09-05 | FREQ=MONTHLY;COUNT=10;BYDAY=1FR | 1997/9/5 1997/10/3 1997/11/7 1997/12/5"
            + " 1998/1/2 1998/2/6 1998/3/6 1998/4/3 1998/5/1 1998/6/5",
        "1997-09-05 | FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR |"
            + " 1997/9/5 1997/10/3 1997/11/7 1997/12/5",
        "1997-09-07 | FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU | 1997/9/7,28 1997/11/2,30"
            + " 1998/1/4,25 1998/3/1,29 1998/5/3,31",
        "1997-09-22 | FREQ=MONTHLY;COUNT=6;BYDAY=-2MO | 1997/9/22 1997/10/20 1997/11/17"
            + " 1997/12/22 1998/1/19 1998/2/16",
        "1997-09-28 | FREQ=MONTHLY;BYMONTHDAY=-3 | 1997/9/28 1997/10/29 1997/11/28 1997/12/29"
            + " 1998/1/29 1998/2/26 ...",
        "1997-09-30 | FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1 | 1997/9/30 1997/10/1,31"
            + " 1997/11/1,30 1997/12/1,31 1998/1/1,31 1998/2/1",
        "1997-09-10 | FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15 |"
            + " 1997/9/10-15 1999/3/10-13",
        "1997-06-10 | FREQ=YEARLY;COUNT=10;BYMONTH=6,7 | 1997/6/10 1997/7/10 1998/6/10 1998/7/10"
            + " 1999/6/10 1999/7/10 2000/6/10 2000/7/10 2001/6/10 2001/7/10",
        "1997-03-10 | FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3 | 1997/3/10 1999/1/10"
            + " 1999/2/10 1999/3/10 2001/1/10 2001/2/10 2001/3/10 2003/1/10 2003/2/10 2003/3/10",
        "1997-01-01 | FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200 | 1997/1/1 1997/4/10"
            + " 1997/7/19 2000/1/1 2000/4/9 2000/7/18 2003/1/1 2003/4/10 2003/7/19 2006/1/1",
        "1997-05-19 | FREQ=YEARLY;BYDAY=20MO | 1997/5/19 1998/5/18 1999/5/17 ...",
        "1997-05-12 | FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO | 1997/5/12 1998/5/11 1999/5/17 ...",
        "1997-03-13 | FREQ=YEARLY;BYMONTH=3;BYDAY=TH | 1997/3/13,20,27 1998/3/5,12,19,26"
            + " 1999/3/4,11,18,25 ...",
        "1997-06-05 | FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8 | 1997/6/5,12,19,26 1997/7/3,10,17,24,31"
            + " 1997/8/7,14,21,28 1998/6/4,11,18,25 1998/7/2,9,16,23,30 1998/8/6,13,20,27 ...",
        "1997-09-13 | FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13 | 1997/9/13 1997/10/11"
            + " 1997/11/8 1997/12/13 1998/1/10 1998/2/7 1998/3/7 1998/4/11 1998/5/9 1998/6/13 ...",
        "1996-11-05 | FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8 |"
            + " 1996/11/5 2000/11/7 2004/11/2 ...",
        "1997-09-04 | FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3 | 1997/9/4 1997/10/7 1997/11/6",
        "1997-09-29 | FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2 | 1997/9/29 1997/10/30"
            + " 1997/11/27 1997/12/30 1998/1/29 1998/2/26 1998/3/30 ...",
        "1997-08-05 | FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO | 1997/8/5,10,19,24",
        "1997-08-05 | FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU | 1997/8/5,17,19,31",
        "2007-01-15 | FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5 | 2007/1/15,30 2007/2/15 2007/3/15,30",
      })
  void fromOtherDays(String start, String rrule, String written) {
    assertDates(rrule, start + "T09:00", written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z | 09:00 12:00",
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000 | 09:00 12:00 15:00",
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6 | 09:00 09:15 09:30 09:45 10:00 10:15",
        "FREQ=MINUTELY;INTERVAL=90;COUNT=4 | 09:00 10:30 12:00 13:30",
      })
  void withinADay(String rrule, String times) {
    // The RFC lists 15:00 for the first as well, but its UNTIL is 13:00 in New York.
    List<String> expected = List.of(times.split(" "));
    assertEquals(
        expected.stream().map(time -> "1997-09-02T" + time).toList(),
        instances(rule(rrule, "1997-09-02T09:00"), expected.size() + 1));
  }

  @ParameterizedTest
  @CsvSource({
    "'FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40'",
    "'FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16'",
  })
  void everyTwentyMinutesFromNineToBeforeFive(String rrule) {
    Recurrence rule = rule(rrule, "1997-09-02T09:00");
    for (String day : List.of("1997-09-02", "1997-09-03", "2096-02-29")) {
      List<String> expected = new ArrayList<>();
      for (int minute = 9 * 60; minute < 17 * 60; minute += 20) {
        expected.add("%sT%02d:%02d".formatted(day, minute / 60, minute % 60));
      }
      assertEquals(expected, instances(rule, at(day + "T00:00"), expected.size()));
    }
  }
}
