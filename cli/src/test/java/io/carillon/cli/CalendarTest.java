package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.v1.Calendar;
import io.carillon.v1.DateRange;
import io.carillon.v1.ICalendarFault;
import io.carillon.v1.Weekday;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class CalendarTest {

  private static final String OFFICE = "tenants/default/calendars/office";

  private FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  private Calendar office(String... arguments) {
    Outcome outcome = master.run(arguments);
    assertEquals(ExitCode.OK, outcome.exit(), outcome.err());
    return master.calendars.stored.get(OFFICE);
  }

  private static List<String> days(Calendar calendar) {
    return calendar.getDaysList().stream().map(DayText::show).toList();
  }

  @Test
  void calendarsHaveDaysAndAWeekend() {
    Calendar created =
        office(
            "calendar",
            "create",
            "office",
            "--display-name",
            "Our office",
            "--weekend",
            "Sat,sunday",
            "--day",
            "2026-12-25",
            "--day",
            "2026-12-28..2026-12-31");
    assertEquals(List.of(Weekday.SATURDAY, Weekday.SUNDAY), created.getWeekendList());
    assertEquals(List.of("2026-12-25", "2026-12-28..2026-12-31"), days(created));
    assertEquals("Our office", created.getDisplayName());
    assertTrue(master.run("calendar", "get", OFFICE).out().contains("2026-12-28..2026-12-31"));
    assertTrue(
        master
            .run("calendar", "list")
            .outLines()
            .get(1)
            .matches("office +2 +sat,sun .*Our office"));
  }

  @Test
  void updatesAddAndTakeAway() {
    office(
        "calendar", "create", "office", "--weekend", "fri,sat", "--day", "2026-12-20..2026-12-31");
    Calendar changed =
        office(
            "calendar",
            "update",
            "office",
            "--remove-day",
            "2026-12-22..2026-12-23",
            "--remove-day",
            "2026-12-31",
            "--day",
            "2027-01-01");
    assertEquals(
        List.of("2026-12-20..2026-12-21", "2026-12-24..2026-12-30", "2027-01-01"), days(changed));
    assertEquals(2, changed.getWeekendCount());
    assertEquals(0, office("calendar", "update", "office", "--weekend", "none").getWeekendCount());
    assertEquals(
        4,
        master.run("calendar", "update", "office", "--day", "2027-01-02", "--etag", "e1").exit());
    assertEquals(2, master.run("calendar", "update", "office").exit());
    assertEquals(0, master.run("calendar", "delete", "office").exit());
    assertEquals(3, master.run("calendar", "get", "office").exit());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-20..2026-12-22, 2026-12-19, 2026-12-20..2026-12-22",
    "2026-12-20..2026-12-22, 2026-12-20, 2026-12-21..2026-12-22",
    "2026-12-20..2026-12-22, 2026-12-21, 2026-12-20 2026-12-22",
    "2026-12-20..2026-12-22, 2026-12-22..2027-12-22, 2026-12-20..2026-12-21",
    "2026-12-20..2026-12-22, 2026-12-01..2026-12-31, ''",
    "2026-12-20, 2026-12-20, ''",
  })
  void aRangeWithoutAnother(String range, String removed, String left) {
    List<DateRange> rest = DayText.without(List.of(DayText.parse(range)), DayText.parse(removed));
    assertEquals(left, String.join(" ", rest.stream().map(DayText::show).toList()));
  }

  @Test
  void importsReadAFileOrStandardInput(@TempDir Path folder) throws Exception {
    String ics = "BEGIN:VCALENDAR\nEND:VCALENDAR\n";
    Path file = Files.writeString(folder.resolve("holidays.ics"), ics);
    Outcome outcome = master.run("calendar", "import", file.toString(), "--id", "us-holidays");
    assertEquals(0, outcome.exit(), outcome.err());
    assertEquals("tenants/default/calendars/us-holidays", master.calendars.lastImport.getName());
    assertEquals(ics, master.calendars.lastImport.getIcalendar());
    assertFalse(master.calendars.lastImport.getReplace());
    assertTrue(outcome.out().lines().anyMatch(l -> l.matches("Imported days: +11")), outcome.out());
    Outcome piped =
        master.run(ics, Map.of(), "calendar", "import", "-", "--id", "us-holidays", "--replace");
    assertEquals(0, piped.exit(), piped.err());
    assertTrue(master.calendars.lastImport.getReplace());
  }

  @Test
  void faultyLinesAreToldAndTheExitCodeIs7() {
    master.calendars.faults =
        List.of(ICalendarFault.newBuilder().setLine(12).setText("is an empty RRULE").build());
    Outcome outcome =
        master.run("BEGIN:VCALENDAR", Map.of(), "calendar", "import", "-", "--id", "holidays");
    assertEquals(7, outcome.exit());
    assertTrue(outcome.err().contains("-:12: is an empty RRULE"), outcome.err());
    assertTrue(outcome.out().contains("11"), outcome.out());
  }

  @Test
  void aFoldWithinACharacterIsMovedBehindIt(@TempDir Path folder) throws Exception {
    byte[] folded = "SUMMARY:Caf\u00e9 \u20ac x\r\n y\n".getBytes(StandardCharsets.UTF_8);
    for (String fold : List.of("\r\n ", "\n\t")) {
      for (int at = 8; at < 18; at++) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(folded, 0, at);
        bytes.writeBytes(fold.getBytes(StandardCharsets.UTF_8));
        bytes.write(folded, at, folded.length - at);
        Path file = Files.write(folder.resolve("f.ics"), bytes.toByteArray());
        assertEquals(0, master.run("calendar", "import", file.toString(), "--id", "x").exit());
        String sent = master.calendars.lastImport.getIcalendar();
        assertEquals("SUMMARY:Caf\u00e9 \u20ac xy", sent.replaceAll("\r?\n[ \t]", "").strip());
        assertEquals(3, sent.lines().count(), "lines keep their numbers");
      }
    }
  }

  @Test
  void wrongUsageIsExitCode2(@TempDir Path folder) throws Exception {
    Path latin1 =
        Files.write(
            folder.resolve("l.ics"),
            "SUMMARY:Mari\u00e4 Himmelfahrt".getBytes(StandardCharsets.ISO_8859_1));
    for (String[] wrong :
        List.of(
            new String[] {"calendar", "create", "office", "--weekend", "sat,caturday"},
            new String[] {"calendar", "create", "office", "--day", "2026-02-30"},
            new String[] {"calendar", "create", "tenants/other/calendars/office"},
            new String[] {"calendar", "import", latin1.toString()},
            new String[] {"calendar", "import", latin1.toString(), "--id", "x"})) {
      Outcome outcome = master.run(wrong);
      assertEquals(ExitCode.USAGE, outcome.exit(), Arrays.toString(wrong) + outcome.err());
    }
    assertTrue(master.calendars.stored.isEmpty());
    assertEquals(1, master.run("calendar", "import", "/no/such", "--id", "x").exit());
  }
}
