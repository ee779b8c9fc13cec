package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.CalendarPolicy;
import io.carillon.v1.DateRange;
import io.carillon.v1.Exclusion;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Days off, and what a preview shows, through the API. */
class CalendarsAndPreviewsTest extends StoredSchedules {

  private static void calendarChanges(String id, String days) {
    fixture.value(
        "update calendar set version = version + 1, days = '"
            + days
            + "' where id = '"
            + id
            + "' returning 1");
  }

  @Test
  void the_days_of_calendars_move_and_leave_out_times() {
    // 2098-06-09 and 2098-06-10 are a Monday and a Tuesday.
    String weekends = calendar("weekends", 1 | 1 << 6, "");
    String holiday = calendar("holiday", 0, "46911");
    ScheduleSpec given =
        cron("0 9 * * *").toBuilder()
            .addCalendars(weekends)
            .addCalendars(holiday)
            .setCalendarPolicy(CalendarPolicy.NEXT_BUSINESS_DAY)
            .build();
    ScheduleSpec spec = stored("calendars", given);
    assertEquals(List.of(weekends, holiday), spec.getCalendarsList());
    assertEquals(CalendarPolicy.NEXT_BUSINESS_DAY, spec.getCalendarPolicy());
    assertEquals(46911, java.time.LocalDate.parse("2098-06-09").toEpochDay());
    PreviewScheduleRequest week =
        PreviewScheduleRequest.newBuilder()
            .setName(name("calendars"))
            .setAfterTime(at("2098-06-06T00:00:00Z"))
            .setUntilTime(at("2098-06-11T00:00:00Z"))
            .build();
    assertEquals(
        List.of(at("2098-06-06T09:00:00Z"), at("2098-06-10T09:00:00Z")),
        fixture.schedules.previewSchedule(week).getTimesList().stream()
            .map(PreviewedTime::getNominalTime)
            .toList());
  }

  @Test
  void a_change_takes_the_calendars_as_they_are_now() {
    String holidays = calendar("renewed", 0, "46911");
    Schedule created =
        create("renewed", cron("0 9 * * *").toBuilder().addCalendars(holidays).build());
    assertEquals(created, update(created.toBuilder()), "the same days are no change");
    calendarChanges("renewed", "46912");
    Schedule updated = update(created.toBuilder().clearSpec());
    assertTrue(updated.getVersion() > created.getVersion());
    assertFalse(firesOn("renewed", "2098-06-10"));
    assertTrue(firesOn("renewed", "2098-06-09"));
    fixture.schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder().setName(name("renewed")).build());
    calendarChanges("renewed", "46913");
    assertFalse(firesOn("renewed", "2098-06-10"), "pauses keep what they have");
    fixture.schedules.resumeSchedule(
        ResumeScheduleRequest.newBuilder().setName(name("renewed")).build());
    assertTrue(firesOn("renewed", "2098-06-10"));
    assertFalse(firesOn("renewed", "2098-06-11"));
  }

  private static boolean firesOn(String id, String day) {
    return fixture
            .schedules
            .previewSchedule(
                PreviewScheduleRequest.newBuilder()
                    .setName(name(id))
                    .setAfterTime(at(day + "T00:00:00Z"))
                    .setUntilTime(at(day + "T23:00:00Z"))
                    .build())
            .getTimesCount()
        > 0;
  }

  @Test
  void a_preview_notes_what_a_change_of_the_clock_does() {
    assertEquals(
        List.of(
            "2026-03-28T02:30:00+01:00[Europe/Berlin][]",
            "2026-03-29T03:00:00+02:00[Europe/Berlin][ SHIFTED_OUT_OF_GAP]"),
        preview(berlin("30 2 * * *", "2026-03-28T00:00:00Z").setCount(2)));
    PreviewScheduleRequest.Builder both = berlin("30 2 * * *", "2026-10-25T00:00:00Z").setCount(2);
    both.getSpecBuilder().setFold(io.carillon.v1.FoldPolicy.FOLD_BOTH);
    assertEquals(
        List.of(
            "2026-10-25T02:30:00+02:00[Europe/Berlin][ FIRST_OF_FOLD]",
            "2026-10-25T02:30:00+01:00[Europe/Berlin][ SECOND_OF_FOLD]"),
        preview(both));
  }

  @Test
  void a_preview_shows_what_is_excluded_only_if_asked_to() {
    String saturdays = calendar("preview", 1 << 6, "");
    PreviewScheduleRequest.Builder request =
        PreviewScheduleRequest.newBuilder()
            .setSpec(
                cron("0 9 * * *").toBuilder()
                    .addCalendars(saturdays)
                    .addExclusions(
                        Exclusion.newBuilder()
                            .setDates(DateRange.newBuilder().setFirst("2098-06-05")))
                    .setMaxFires(3)
                    .setCountFrom(at("2098-06-04T00:00:00Z")))
            .setAfterTime(at("2098-06-01T00:00:00Z"))
            .setUntilTime(at("2098-07-01T00:00:00Z"));
    assertEquals(
        List.of(
            "2098-06-04T09:00:00Z[UTC][]",
            "2098-06-06T09:00:00Z[UTC][]",
            "2098-06-08T09:00:00Z[UTC][]"),
        preview(request));
    assertEquals(
        List.of(
            "2098-06-04T09:00:00Z[UTC][]",
            "2098-06-05T09:00:00Z[UTC][ EXCLUDED] not due",
            "2098-06-06T09:00:00Z[UTC][]",
            "2098-06-07T09:00:00Z[UTC][ EXCLUDED] not due",
            "2098-06-08T09:00:00Z[UTC][]"),
        preview(request.setShowExcluded(true)));
  }

  @Test
  void a_preview_describes_and_says_its_time_zone_rules() {
    var preview =
        fixture.schedules.previewSchedule(
            berlin("0 9 * * MON-FRI", "2026-01-01T00:00:00Z").setLanguage("de-AT").build());
    assertEquals(10, preview.getTimesCount());
    assertEquals("de", preview.getLanguage());
    assertEquals("um 09:00 jede Tag zwischen Montag und Freitag", preview.getDescription());
    assertNotEquals("", preview.getTzdbVersion());
    var unknown =
        fixture.schedules.previewSchedule(
            berlin("0 9 * * MON-FRI", "2026-01-01T00:00:00Z")
                .setLanguage("xx")
                .setUntilTime(at("2099-01-01T00:00:00Z"))
                .build());
    assertEquals(1000, unknown.getTimesCount());
    assertEquals("en", unknown.getLanguage());
    assertEquals(
        "At 09:00 on Monday to Friday, on the time of Europe/Berlin", unknown.getDescription());
  }
}
