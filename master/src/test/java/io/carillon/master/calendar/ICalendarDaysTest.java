package io.carillon.master.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.DayRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ICalendarDaysTest {

  private static final int MIB = 1 << 20;

  private static ICalendarDays resource(String name) {
    try (InputStream file = ICalendarDaysTest.class.getResourceAsStream(name)) {
      return ICalendarDays.read(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String file(String... events) {
    StringBuilder text = new StringBuilder("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for (String event : events) {
      text.append("BEGIN:VEVENT\r\n").append(event.replace("\n", "\r\n"));
      text.append("\r\nEND:VEVENT\r\n");
    }
    return text.append("END:VCALENDAR\r\n").toString();
  }

  private static String days(String... events) {
    return text(ICalendarDays.read(file(events)).days());
  }

  private static String text(List<DayRange> days) {
    return days.stream().map(ICalendarDaysTest::text).collect(Collectors.joining(" "));
  }

  private static String text(DayRange days) {
    LocalDate first = LocalDate.ofEpochDay(days.first());
    return days.first() == days.last()
        ? "" + first
        : first + "/" + LocalDate.ofEpochDay(days.last());
  }

  private static boolean has(ICalendarDays days, String date) {
    int day = (int) LocalDate.parse(date).toEpochDay();
    return days.days().stream().anyMatch(range -> range.first() <= day && day <= range.last());
  }

  private static String refusal(String text) {
    return assertThrows(ICalendarException.class, () -> ICalendarDays.read(text)).getMessage();
  }

  @Test
  void aFeedOfSingleDays() {
    ICalendarDays days = resource("google.ics");
    assertEquals("2026-12-25/2026-12-26 2027-01-01", text(days.days()));
    assertEquals(3, days.count());
    assertEquals(1, days.ignoredEvents(), "the cancelled one");
  }

  @Test
  void aFeedOfYearlyRules() {
    ICalendarDays days = resource("apple.ics");
    assertTrue(has(days, "2020-01-01"));
    assertTrue(has(days, "2099-01-01"), "up to the end of 2099");
    assertTrue(has(days, "2026-11-26"), "the fourth Thursday of November");
    assertTrue(has(days, "2026-11-27"), "it lasts two days");
    assertFalse(has(days, "2027-11-25"), "is an exception");
    assertFalse(has(days, "2027-11-26"), "and so is its second day");
    assertTrue(has(days, "2028-05-29"), "the last Monday of May");
    assertFalse(has(days, "2029-05-28"), "after UNTIL");
    assertEquals(80 + 2 * 79 + 9, days.count());
    assertEquals(0, days.ignoredEvents());
  }

  @Test
  void anExportWithTimeZonesMovedDaysAndTimedEvents() {
    ICalendarDays days = resource("outlook.ics");
    assertEquals("2026-08-03/2026-08-06 2026-09-30 2026-11-02 2026-11-30", text(days.days()));
    assertEquals(1, days.ignoredEvents(), "the one with a time of day");
  }

  @Test
  void howLongAnEventLasts() {
    assertEquals("2026-12-24", days("DTSTART;VALUE=DATE:20261224"));
    assertEquals("2026-12-24", days("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225"));
    assertEquals("2026-12-24", days("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224"));
    assertEquals(
        "2026-12-24/2027-01-01", days("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270102"));
    assertEquals("2026-12-24/2026-12-25", days("DTSTART;VALUE=DATE:20261224\nDURATION:P2D"));
    assertEquals("2026-12-24/2027-01-06", days("DTSTART;VALUE=DATE:20261224\nDURATION:P2W"));
    assertEquals("2024-02-28/2024-03-01", days("DTSTART:20240228\nDURATION:P3D"));
  }

  @Test
  void datesThatAreAddedAndTakenOut() {
    String weekly = "DTSTART;VALUE=DATE:20270104\nRRULE:FREQ=WEEKLY;COUNT=3";
    assertEquals("2027-01-04 2027-01-11 2027-01-18", days(weekly));
    assertEquals("2027-01-04 2027-01-18", days(weekly + "\nEXDATE;VALUE=DATE:20270111"));
    assertEquals("2027-01-18", days(weekly + "\nEXDATE:20270111T000000Z,20270104T000000Z"));
    assertEquals(
        "2027-01-04 2027-01-07 2027-01-11 2027-01-18 2028-02-29",
        days(weekly + "\nRDATE;VALUE=DATE:20270107,20280229"));
    assertEquals(
        "2027-01-11",
        days(
            "UID:a\n" + weekly,
            "UID:a\nRECURRENCE-ID;VALUE=DATE:20270104\nDTSTART;VALUE=DATE:20270104\nSTATUS:CANCELLED",
            "UID:a\nRECURRENCE-ID;VALUE=DATE:20270118\nDTSTART;VALUE=DATE:20270111"));
    assertEquals(
        "2027-01-04 2027-01-11 2027-01-18",
        days("UID:a\n" + weekly, "UID:b\nRECURRENCE-ID:20270104\nDTSTART:20270104"),
        "an event of another UID replaces nothing");
  }

  @Test
  void whatLiesBefore1970OrAfter2099IsCutOff() {
    assertEquals("1970-01-01", days("DTSTART:19691230\nDTEND:19700102"));
    assertEquals("2099-12-31", days("DTSTART:20991231\nDTEND:21000301"));
    assertEquals("", days("DTSTART:21000101\nRRULE:FREQ=YEARLY", "DTSTART:19601224"));
    assertTrue(has(ICalendarDays.read(file("DTSTART:16041224\nRRULE:FREQ=YEARLY")), "1970-12-24"));
    assertEquals(
        "1970-01-01 1976-01-01",
        days("DTSTART:19640101\nRRULE:FREQ=YEARLY;INTERVAL=6;COUNT=3"),
        "those before 1970 count");
    assertEquals(
        "1970-01-01 1970-12-31/1971-01-01",
        days("DTSTART:19671231\nDURATION:P2D\nRRULE:FREQ=YEARLY;COUNT=4"),
        "one that begins before 1970 and ends in it");
  }

  @Test
  void linesOfAnyKindOfEndAndAMarkInFront() {
    String text = file("DTSTART;VALUE=DATE:20261224\nSUMMARY:a");
    assertEquals("2026-12-24", text(ICalendarDays.read(text.replace("\r\n", "\n")).days()));
    assertEquals("2026-12-24", text(ICalendarDays.read("\uFEFF" + text + "\r\n").days()));
    assertEquals(
        "2026-12-24",
        text(ICalendarDays.read(text.replace("2026", "20\r\n 26").toLowerCase()).days()));
  }

  /** Days, a bar, and the faults. */
  private static String read(String text) {
    ICalendarDays read = ICalendarDays.read(text);
    return text(read.days())
        + " |"
        + read.faults().stream()
            .map(fault -> " " + fault.line() + " " + fault.text())
            .collect(Collectors.joining(";"));
  }

  @Test
  void whatIsNoICalendarFileIsRefused() {
    String none = "there is no BEGIN:VCALENDAR: is it an iCalendar file?";
    for (String text :
        List.of("", "<html>", "<a href=\"http://x\">", "BEGIN:VCARD\r\nEND:VCARD\r\n")) {
      assertEquals(none, refusal(text));
    }
  }

  @Test
  void linesOutOfOrderAreToldAndAllElseIsTaken() {
    String begin = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261224\n";
    assertEquals(
        "2026-12-24 | 5 is the last one, but END:VCALENDAR is missing: is the file cut off?",
        read(begin + "END:VEVENT\n"));
    assertEquals(
        " | 2 begins an event that is cut off, and left out; 4 is the last one, but"
            + " END:VCALENDAR is missing: is the file cut off?",
        read(begin));
    assertEquals("2026-12-24 | 5 comes before the END of VEVENT", read(begin + "END:VCALENDAR\n"));
    assertEquals(
        "2026-12-24 2026-12-26 | 5 begins an event before the END of the one before",
        read(begin + "BEGIN:VEVENT\nDTSTART:20261226\nEND:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"));
    assertEquals(
        "2026-12-24 | 5 has no \":\", so it is no property; 7 ends what has not begun",
        read(begin + "garbage\nEND:VEVENT\nEND:VTODO\nEND:VCALENDAR\n"));
    assertEquals(
        "2026-12-24 | 1 is out of a VCALENDAR; 2 begins a VCARD out of a VCALENDAR",
        read("A:b\nBEGIN:VCARD\nEND:VCARD\n" + begin + "END:VEVENT\nEND:VCALENDAR\n"));
  }

  @Test
  void anOddTimeZoneSaysNothingAboutDays() {
    assertEquals(
        "2026-12-24 | 4 has no \":\", so it is no property",
        read(
            "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:odd\nRRULE\nBEGIN:STANDARD\nDTSTART:x\nRRULE:\n"
                + "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART:20261224\nEND:VEVENT\n"
                + "END:VCALENDAR\n"));
  }

  @Test
  void anEventWithoutAClearDayIsLeftOut() {
    String good = "DTSTART:20261224";
    assertEquals("2026-12-24 | 3 begins an event that has no DTSTART", read(file("UID:a", good)));
    assertEquals(
        "2026-12-24 | 4 has DTSTART \"20260230\", which is no date, as in 20261224",
        read(file("DTSTART;VALUE=DATE:20260230", good)));
    assertEquals(
        "2026-12-24 | 4 has DTSTART \"20260101T0900\", which is no date, as in 20261224",
        read(file("DTSTART:20260101T0900", good)));
    assertEquals(
        "2026-12-24 | 5 is a second DTSTART of an event, which may have one",
        read(file("DTSTART:20261224\nDTSTART:20261225", good)));
    assertEquals(
        "2026-12-24 | 7 has RECURRENCE-ID \"20261224\", which changes all days from there on: that is"
            + " not supported",
        read(file(good, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261224\nDTSTART:20261230")));
  }

  @Test
  void ofAnEventThatIsNotClearTheFirstDayIsTaken() {
    assertEquals(
        "2026-12-24 | 6 has DTEND \"20261223\", which is before its DTSTART: only that day is taken",
        read(file("UID:a\nDTSTART:20261224\nDTEND:20261223")));
    assertEquals(
        "2026-12-24 | 5 has DURATION \"PT36H\", which is not of whole days, as in P2D or P1W: only"
            + " the first day is taken",
        read(file("DTSTART:20261224\nDURATION:PT36H")));
    assertTrue(
        read(file("DTSTART:20261224\nRRULE:FREQ=SOMETIMES"))
            .startsWith(
                "2026-12-24 | 5 has RRULE \"FREQ=SOMETIMES\", which is no recurrence rule"));
    assertEquals(
        "2026-12-24 | 5 has RRULE \"FREQ=HOURLY\", which recurs within a day, but the event lasts"
            + " whole days",
        read(file("DTSTART:20261224\nRRULE:FREQ=HOURLY")));
    assertEquals(
        "2026-12-24 | 5 is an empty RRULE, and passed over; 6 is an empty EXDATE, and passed over",
        read(file("DTSTART:20261224\nRRULE:\nEXDATE:")));
    assertEquals(
        "2027-05-01 2027-05-03 | 5 has RDATE \"20270601T000000Z/P1D,20270503\", which is a period,"
            + " and no day: it is passed over",
        read(file("DTSTART:20270501\nRDATE;VALUE=PERIOD:20270601T000000Z/P1D,20270503")));
  }

  @Test
  void wholeDaysHoweverTheyAreWritten() {
    assertEquals("2027-05-01 |", read(file("DTSTART:20270501\nDURATION:PT24H")));
    assertEquals("2027-05-01/2027-05-02 |", read(file("DTSTART:20270501\nDURATION:P1DT1440M")));
    assertEquals("2027-05-01 |", read(file("DTSTART:20270501\nDURATION:PT0S")));
    assertEquals("2027-05-01 |", read(file("DTSTART:20270501\nDTEND:20270502T000000")));
    assertEquals("2027-05-01/2027-05-02 |", read(file("DTSTART:20270501\nDTEND:20270502T235959")));
    assertTrue(read(file("DTSTART:20270501\nDTEND:20270501T180000")).startsWith("2027-05-01 | 5"));
  }

  @Test
  void anEventFromMidnightToMidnightLastsWholeDays() {
    String zone = ";TZID=W. Europe Standard Time:";
    assertEquals(
        "2027-12-25/2027-12-26 |",
        read(
            file(
                "DTSTART"
                    + zone
                    + "20271225T000000\nDTEND"
                    + zone
                    + "20271226T000000"
                    + "\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
                "DTSTART:20271226T000000\nDTEND:20271227T000000")));
    assertEquals("2027-12-25/2027-12-26 |", read(file("DTSTART:20271225T000000\nDURATION:P2D")));
    assertEquals(
        "2027-12-25 2028-12-25 |",
        read(
            file(
                "DTSTART:20271225T000000\nDTEND:20271226T000000\nRRULE:FREQ=YEARLY;COUNT=3\n"
                    + "EXDATE:20291225T000000")));
    assertEquals(
        "2027-12-25 |", read(file("DTSTART:20271225T000000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE")));
    assertEquals(
        " | 4 has DTSTART \"20271224T230000Z\", but lasts all day: which day is meant is not clear",
        read(file("DTSTART:20271224T230000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE")));
    for (String timed :
        List.of(
            "DTSTART:20271225T000000",
            "DTSTART:20271225T000000\nDTEND:20271225T120000",
            "DTSTART:20271225T000000Z\nDTEND:20271226T000000Z",
            "DTSTART:20271225T090000\nDTEND:20271226T090000")) {
      assertEquals(1, ICalendarDays.read(file(timed)).ignoredEvents(), timed);
      assertEquals(" |", read(file(timed)));
    }
  }

  @Test
  void anExceptionInUtcIsADayWhereTheFileSaysInWhichZone() {
    String event = "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20270301T230000Z";
    assertEquals(
        "2027-03-01/2027-03-04 | 6 has EXDATE \"20270301T230000Z\", which is in UTC: which day it is"
            + " is not clear, so it is passed over",
        read(file(event)));
    String zoned = file(event).replace("VERSION:2.0", "VERSION:2.0\r\nX-WR-TIMEZONE:Europe/Berlin");
    assertEquals("2027-03-01 2027-03-03/2027-03-04 |", read(zoned));
  }

  @Test
  void faultsAreBounded() {
    String[] events = new String[5_000];
    java.util.Arrays.fill(events, "DTSTART:20261224\nRRULE:");
    ICalendarDays days = ICalendarDays.read(file(events));
    assertEquals(1, days.count());
    assertEquals(101, days.faults().size());
    assertEquals("is the last of 4900 more lines with faults", days.faults().get(100).text());
  }

  @Test
  void moreDaysThanACalendarCanHoldAreRefused() {
    assertTrue(
        refusal(file("DTSTART:20260101\nRRULE:FREQ=DAILY")).contains("more than 20000 days"));
    assertTrue(refusal(file("DTSTART:19700101\nDURATION:P99999D")).contains("20000"));
    assertEquals(20_000, ICalendarDays.read(file("DTSTART:20260101\nDURATION:P20000D")).count());
  }

  @Test
  void theLargestFilesAreReadInBoundedTime() {
    for (String event :
        List.of(
            "DTSTART:20260101",
            "DTSTART:20260101\nRRULE:FREQ=YEARLY",
            "DTSTART:00010101\nRRULE:FREQ=DAILY;COUNT=999999;BYMONTH=2;BYMONTHDAY=29",
            "DTSTART:20260101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "DTSTART:20260101\nRRULE:FREQ=DAILY;COUNT=10000",
            "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=200",
            "DTSTART:20260101\nEXRULE:FREQ=DAILY")) {
      String[] events = new String[MIB / (event.length() + 30)];
      java.util.Arrays.fill(events, event);
      String text = file(events);
      assertTrue(text.length() <= MIB + 1_000, event);
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> outcome(text), event);
    }
    for (String line :
        List.of("BEGIN:VEVENT\r\n", "END:A\r\n", "A:\r\n", " ", "BEGIN:VCALENDAR\r\n", ";")) {
      String text = "BEGIN:VCALENDAR\r\n" + line.repeat(MIB / line.length());
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> outcome(text), line);
    }
  }

  private static String outcome(String text) {
    try {
      return ICalendarDays.read(text).count() + " days";
    } catch (ICalendarException e) {
      return e.getMessage();
    }
  }
}
