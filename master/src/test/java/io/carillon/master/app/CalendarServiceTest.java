package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CalendarServiceGrpc.CalendarServiceBlockingStub;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.DateRange;
import io.carillon.v1.DeleteCalendarRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.ImportCalendarRequest;
import io.carillon.v1.ImportCalendarResponse;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListCalendarsResponse;
import io.carillon.v1.UpdateCalendarRequest;
import io.carillon.v1.Weekday;
import io.grpc.StatusRuntimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CalendarServiceTest {

  private static final String BAD = "INVALID_ARGUMENT ";
  private static final String NAME = MasterFixture.TENANT + "/calendars/de";

  private MasterFixture fixture;
  private CalendarServiceBlockingStub calendars;

  @BeforeEach
  void start() {
    fixture = new MasterFixture();
    calendars = CalendarServiceGrpc.newBlockingStub(fixture.channel);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static DateRange days(String first, String last) {
    return DateRange.newBuilder().setFirst(first).setLast(last).build();
  }

  private static CreateCalendarRequest.Builder create(String id, DateRange... days) {
    return CreateCalendarRequest.newBuilder()
        .setParent(MasterFixture.TENANT)
        .setCalendarId(id)
        .setCalendar(Calendar.newBuilder().addAllDays(List.of(days)));
  }

  private Calendar make(String id, DateRange... days) {
    return calendars.createCalendar(create(id, days).build());
  }

  private Calendar get(String name) {
    return calendars.getCalendar(GetCalendarRequest.newBuilder().setName(name).build());
  }

  private Calendar update(Calendar.Builder calendar) {
    return calendars.updateCalendar(
        UpdateCalendarRequest.newBuilder()
            .setUpdateMask(FieldMask.newBuilder().addPaths("*"))
            .setCalendar(calendar)
            .build());
  }

  private String delete(String name, String etag) {
    try {
      var unused =
          calendars.deleteCalendar(
              DeleteCalendarRequest.newBuilder().setName(name).setEtag(etag).build());
      return "";
    } catch (StatusRuntimeException e) {
      return MasterFixture.text(e);
    }
  }

  private ImportCalendarResponse take(String name, String icalendar, boolean replace) {
    return calendars.importCalendar(
        ImportCalendarRequest.newBuilder()
            .setName(name)
            .setIcalendar(icalendar)
            .setReplace(replace)
            .build());
  }

  private static String file(String... dates) {
    StringBuilder text = new StringBuilder("BEGIN:VCALENDAR\r\n");
    for (String date : dates) {
      text.append("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:").append(date).append("\r\nEND:VEVENT\r\n");
    }
    return text.append("END:VCALENDAR\r\n").toString();
  }

  @Test
  void daysAreSortedAndJoinedAndReadBackAsTheyWereAnswered() {
    Calendar made =
        calendars.createCalendar(
            create("de")
                .setCalendar(
                    Calendar.newBuilder()
                        .setDisplayName("Deutschland")
                        .addDays(days("2027-01-01", ""))
                        .addDays(days("2026-12-25", "2026-12-26"))
                        .addDays(days("2026-12-24", "2026-12-25"))
                        .addWeekend(Weekday.SUNDAY)
                        .addWeekend(Weekday.SATURDAY)
                        .addWeekend(Weekday.SUNDAY))
                .build());
    assertEquals(NAME, made.getName());
    assertEquals(
        List.of(days("2026-12-24", "2026-12-26"), days("2027-01-01", "2027-01-01")),
        made.getDaysList());
    assertEquals(List.of(Weekday.SATURDAY, Weekday.SUNDAY), made.getWeekendList());
    assertEquals("Deutschland", made.getDisplayName());
    assertEquals(0, made.getPendingSchedules());
    assertEquals(made, get(NAME));
  }

  @Test
  void anUpdateReplacesEverythingAndTheEtagWithIt() {
    Calendar made = make("de", days("2026-12-25", ""));
    Calendar changed = update(made.toBuilder().clearDays().addWeekend(Weekday.MONDAY));
    assertTrue(changed.getVersion() > made.getVersion());
    assertNotEquals(made.getEtag(), changed.getEtag());
    assertEquals(0, changed.getDaysCount());
    assertEquals(made.getCreateTime(), changed.getCreateTime());
    assertEquals(changed, get(NAME));
    assertEquals("ABORTED ETAG_MISMATCH", MasterFixture.refusal(() -> update(made.toBuilder())));
    assertEquals(changed, update(changed.toBuilder().clearEtag()), "nothing is changed");
  }

  @Test
  void listsGoByIdAndPageByPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      ids.add(String.format("c%03d", i));
      make(ids.get(i));
    }
    for (int size : new int[] {0, 7, 60, 120, 1000}) {
      List<String> listed = new ArrayList<>();
      ListCalendarsRequest.Builder request =
          ListCalendarsRequest.newBuilder().setParent(MasterFixture.TENANT).setPageSize(size);
      do {
        ListCalendarsResponse page = calendars.listCalendars(request.build());
        assertTrue(page.getCalendarsCount() <= (size == 0 ? 50 : size));
        page.getCalendarsList().forEach(each -> listed.add(each.getName().replaceAll(".*/", "")));
        request.setPageToken(page.getNextPageToken());
      } while (!request.getPageToken().isEmpty());
      assertEquals(ids, listed, "pages of " + size);
    }
  }

  @Test
  void aPageOfLargeCalendarsStaysBelowWhatClientsTake() {
    Calendar.Builder large = Calendar.newBuilder();
    LocalDate day = LocalDate.of(1970, 1, 1);
    for (int i = 0; i < 5_000; i++) {
      large.addDays(days(day.plusDays(9L * i).toString(), ""));
    }
    for (int i = 0; i < 40; i++) {
      var unused = calendars.createCalendar(create("c" + i).setCalendar(large).build());
    }
    ListCalendarsRequest request =
        ListCalendarsRequest.newBuilder().setParent(MasterFixture.TENANT).setPageSize(1000).build();
    ListCalendarsResponse first = calendars.listCalendars(request);
    assertTrue(first.getSerializedSize() < 4 << 20);
    assertEquals(
        40,
        first.getCalendarsCount()
            + calendars
                .listCalendars(request.toBuilder().setPageToken(first.getNextPageToken()).build())
                .getCalendarsCount());
  }

  @Test
  void oneThatASchedulesNamesIsNotDeleted() {
    Calendar made = make("de");
    var unused =
        fixture.schedules.createSchedule(
            MasterFixture.request(
                "nightly", MasterFixture.cron("0 3 * * *").toBuilder().addCalendars(NAME).build()));
    assertEquals("FAILED_PRECONDITION CALENDAR_IN_USE", delete(NAME, ""));
    var unusedToo =
        fixture.schedules.deleteSchedule(
            DeleteScheduleRequest.newBuilder().setName(MasterFixture.name("nightly")).build());
    assertEquals("ABORTED ETAG_MISMATCH", delete(NAME, "77"));
    assertEquals("", delete(NAME, made.getEtag()));
    assertEquals("NOT_FOUND CALENDAR_NOT_FOUND", delete(NAME, ""));
    assertEquals("NOT_FOUND CALENDAR_NOT_FOUND", MasterFixture.refusal(() -> get(NAME)));
    assertNotEquals(made.getEtag(), make("de").getEtag());
  }

  private String createRefusal(CreateCalendarRequest.Builder request) {
    return MasterFixture.refusal(() -> calendars.createCalendar(request.build()));
  }

  private String daysRefusal(DateRange... days) {
    return createRefusal(create("de", days));
  }

  @Test
  void whatIsWrongWithACalendarIsNamedAndNothingIsStored() {
    assertEquals(BAD + "FIELD_REQUIRED parent", createRefusal(create("de").clearParent()));
    assertEquals(BAD + "FIELD_MALFORMED parent", createRefusal(create("de").setParent("x")));
    assertEquals("NOT_FOUND TENANT_NOT_FOUND", createRefusal(create("de").setParent("tenants/x")));
    assertEquals(BAD + "FIELD_REQUIRED calendar_id", createRefusal(create("")));
    assertEquals(BAD + "FIELD_MALFORMED calendar_id", createRefusal(create("A_b")));
    assertEquals(BAD + "FIELD_REQUIRED calendar", createRefusal(create("de").clearCalendar()));
    assertEquals(
        BAD + "FIELD_OUT_OF_PLACE calendar.name",
        createRefusal(create("de").setCalendar(Calendar.newBuilder().setName(NAME))));
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE calendar.display_name",
        createRefusal(
            create("de").setCalendar(Calendar.newBuilder().setDisplayName("x".repeat(201)))));
    assertEquals(BAD + "FIELD_REQUIRED calendar.days[0].first", daysRefusal(days("", "")));
    for (String date :
        List.of("2026-2-3", "20261224", "2026-02-30", "x", "+2026-02-03", "２026-02-03")) {
      assertEquals(
          BAD + "FIELD_MALFORMED calendar.days[1].last",
          daysRefusal(days("2026-01-01", ""), days("2026-01-01", date)),
          date);
    }
    for (String date : List.of("1969-12-31", "2100-01-01")) {
      assertEquals(
          BAD + "FIELD_OUT_OF_RANGE calendar.days[0].first", daysRefusal(days(date, "")), date);
    }
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE calendar.days[0].last",
        daysRefusal(days("2026-01-02", "2026-01-01")));
    List<Weekday> week = List.of(Weekday.values()).subList(1, 8);
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE calendar.weekend",
        createRefusal(create("de").setCalendar(Calendar.newBuilder().addAllWeekend(week))));
    for (int day : new int[] {0, 8, -1}) {
      assertEquals(
          BAD + "FIELD_OUT_OF_RANGE calendar.weekend[0]",
          createRefusal(create("de").setCalendar(Calendar.newBuilder().addWeekendValue(day))));
    }
    assertEquals(0, fixture.value("select count(*) from calendar"));
    make("de");
    assertEquals("ALREADY_EXISTS CALENDAR_EXISTS", createRefusal(create("de")));
  }

  @Test
  void thousandsOfDaysCountAfterTheyAreJoined() {
    Calendar.Builder calendar = Calendar.newBuilder();
    LocalDate day = LocalDate.of(1970, 1, 1);
    for (int i = 0; i < 5_000; i++) {
      calendar.addDays(days(day.plusDays(2L * i).toString(), ""));
    }
    var unused = calendars.createCalendar(create("most").setCalendar(calendar).build());
    calendar.addDays(days("2090-01-01", ""));
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE calendar.days",
        createRefusal(create("more").setCalendar(calendar)));
    calendar.addDays(days("1970-01-01", "1979-12-31"));
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE icalendar",
        MasterFixture.refusal(
            () -> take(MasterFixture.TENANT + "/calendars/most", file("20900101"), false)));
    assertTrue(
        calendars.createCalendar(create("fewer").setCalendar(calendar).build()).getDaysCount()
            < 5_000);
  }

  @Test
  void whatIsWrongWithOtherCallsIsNamed() {
    assertEquals(BAD + "FIELD_REQUIRED name", MasterFixture.refusal(() -> get("")));
    assertEquals(BAD + "FIELD_MALFORMED name", MasterFixture.refusal(() -> get("calendars/de")));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND", MasterFixture.refusal(() -> get("tenants/x/calendars/de")));
    assertEquals(
        BAD + "FIELD_REQUIRED calendar.name",
        MasterFixture.refusal(() -> update(Calendar.newBuilder())));
    assertEquals(
        "NOT_FOUND CALENDAR_NOT_FOUND",
        MasterFixture.refusal(() -> update(Calendar.newBuilder().setName(NAME))));
    ListCalendarsRequest list =
        ListCalendarsRequest.newBuilder().setParent(MasterFixture.TENANT).build();
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE page_size",
        MasterFixture.refusal(
            () -> calendars.listCalendars(list.toBuilder().setPageSize(-1).build())));
    assertEquals(
        BAD + "PAGE_TOKEN_INVALID page_token",
        MasterFixture.refusal(
            () -> calendars.listCalendars(list.toBuilder().setPageToken("abc").build())));
  }

  @Test
  void anImportMakesTheCalendarAndAddsToItOrReplacesItsDays() {
    ImportCalendarResponse made = take(NAME, file("20261225", "20261226"), false);
    assertEquals(List.of(days("2026-12-25", "2026-12-26")), made.getCalendar().getDaysList());
    assertEquals(2, made.getImportedDays());
    var unused = update(made.getCalendar().toBuilder().addWeekend(Weekday.SUNDAY));
    ImportCalendarResponse added = take(NAME, file("20261226", "20270101"), false);
    assertEquals(2, added.getImportedDays(), "those of the file");
    assertEquals(
        List.of(days("2026-12-25", "2026-12-26"), days("2027-01-01", "2027-01-01")),
        added.getCalendar().getDaysList());
    Calendar replaced = take(NAME, file("20280101"), true).getCalendar();
    assertEquals(List.of(days("2028-01-01", "2028-01-01")), replaced.getDaysList());
    assertEquals(List.of(Weekday.SUNDAY), replaced.getWeekendList(), "a file says nothing of it");
    assertEquals(replaced, get(NAME));
  }

  @Test
  void whatIsWrongWithAnImportIsNamedAndNothingIsMade() {
    assertEquals(
        BAD + "FIELD_REQUIRED icalendar", MasterFixture.refusal(() -> take(NAME, "", false)));
    assertEquals(
        BAD + "FIELD_MALFORMED name",
        MasterFixture.refusal(
            () -> take(MasterFixture.TENANT + "/calendars/A_b", file("20261225"), false)));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND",
        MasterFixture.refusal(() -> take("tenants/x/calendars/de", file("20261225"), false)));
    assertEquals(
        BAD + "ICALENDAR_MALFORMED icalendar",
        MasterFixture.refusal(() -> take(NAME, "no calendar", false)));
    assertEquals(
        BAD + "FIELD_OUT_OF_RANGE icalendar",
        MasterFixture.refusal(() -> take(NAME, file("20261225") + " ".repeat(1 << 20), false)));
    assertEquals(0, fixture.value("select count(*) from calendar"));
  }

  @Test
  void anEventWithoutADayIsToldAndTheOthersAreTaken() {
    ImportCalendarResponse taken = take(NAME, file("20260230", "20261225"), false);
    assertEquals(1, taken.getFaultsCount(), taken::toString);
    assertEquals(1, taken.getCalendar().getDaysCount(), taken::toString);
  }
}
