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

  @Test
  void whatIsMalformedIsNamedWithItsLine() {
    assertEquals("there is no BEGIN:VCALENDAR: is it an iCalendar file?", refusal(""));
    assertEquals("line 1 has no \":\", so it is no property", refusal("<html>"));
    assertEquals("line 1 is out of a VCALENDAR", refusal("<a href=\"http://x\">"));
    assertEquals("line 1 begins a VCARD out of a VCALENDAR", refusal("BEGIN:VCARD\r\n"));
    assertEquals(
        "line 5 is the last one, but END:VCALENDAR is missing: the file is cut off",
        refusal("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261224\r\nEND:VEVENT\r\n"));
    assertEquals(
        "line 3 comes before the END of VEVENT",
        refusal("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"));
    assertEquals("line 3 begins an event that has no DTSTART", refusal(file("UID:a")));
    assertEquals(
        "line 4 has DTSTART \"20260230\", which is no date, as in 20261224",
        refusal(file("DTSTART;VALUE=DATE:20260230")));
    assertEquals(
        "line 4 has DTSTART \"20260101T0900\", which is no date, as in 20261224",
        refusal(file("DTSTART:20260101T0900")));
    assertEquals(
        "line 6 has DTEND \"20261223\", which is before its DTSTART",
        refusal(file("UID:a\nDTSTART:20261224\nDTEND:20261223")));
    assertEquals(
        "line 5 has DURATION \"PT36H\", which is not of whole days, as in P2D or P1W",
        refusal(file("DTSTART:20261224\nDURATION:PT36H")));
    assertEquals(
        "line 5 is a second DTSTART of an event, which may have one",
        refusal(file("DTSTART:20261224\nDTSTART:20261225")));
    assertTrue(
        refusal(file("DTSTART:20261224\nRRULE:FREQ=SOMETIMES"))
            .startsWith("line 5 has RRULE \"FREQ=SOMETIMES\", which is no recurrence rule"));
    assertEquals(
        "line 5 has RRULE \"FREQ=HOURLY\", which recurs within a day, but the event lasts whole days",
        refusal(file("DTSTART:20261224\nRRULE:FREQ=HOURLY")));
    assertTrue(
        refusal(file("DTSTART:20261224", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261224"))
            .startsWith("line 7 has RECURRENCE-ID"));
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
