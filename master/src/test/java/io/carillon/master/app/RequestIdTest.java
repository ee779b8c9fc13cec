package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DateRange;
import io.carillon.v1.DeleteCalendarRequest;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.DeleteScheduleResponse;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateCalendarRequest;
import io.carillon.v1.UpdateDestinationRequest;
import io.carillon.v1.UpdateScheduleRequest;
import io.carillon.v1.Weekday;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A change that is sent again under its id is made once, and answered as the first time. */
@Timeout(180)
class RequestIdTest {

  private static final String REUSED = "ALREADY_EXISTS REQUEST_ID_REUSED";
  private static MasterFixture fixture;
  private static DestinationServiceGrpc.DestinationServiceBlockingStub destinations;
  private static CalendarServiceGrpc.CalendarServiceBlockingStub calendars;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
    destinations = DestinationServiceGrpc.newBlockingStub(fixture.channel);
    calendars = CalendarServiceGrpc.newBlockingStub(fixture.channel);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void a_schedule_is_updated_paused_and_resumed_once() {
    String etag = fixture.create("once").getEtag();
    UpdateScheduleRequest update =
        UpdateScheduleRequest.newBuilder()
            .setSchedule(
                Schedule.newBuilder().setName(name("once")).setDisplayName("x").setEtag(etag))
            .setRequestId("update")
            .build();
    Schedule updated = fixture.schedules.updateSchedule(update);
    assertEquals(updated, fixture.schedules.updateSchedule(update));
    PauseScheduleRequest pause =
        PauseScheduleRequest.newBuilder().setName(name("once")).setRequestId("pause").build();
    Schedule paused = fixture.schedules.pauseSchedule(pause);
    assertEquals(paused, fixture.schedules.pauseSchedule(pause));
    assertEquals(
        REUSED,
        refusal(() -> fixture.schedules.pauseSchedule(pause.toBuilder().setReason("y").build())));
    // The same bytes are not the same request.
    assertEquals(
        REUSED,
        refusal(
            () ->
                fixture.schedules.resumeSchedule(
                    ResumeScheduleRequest.newBuilder()
                        .setName(name("once"))
                        .setRequestId("update")
                        .build())));
    ResumeScheduleRequest resume =
        ResumeScheduleRequest.newBuilder().setName(name("once")).setRequestId("resume").build();
    Schedule resumed = fixture.schedules.resumeSchedule(resume);
    assertEquals(resumed, fixture.schedules.resumeSchedule(resume));
    assertEquals(resumed, fixture.schedules.pauseSchedule(pause), "as it is now");
  }

  @Test
  void a_deletion_answers_from_when_on_nothing_fires_and_answers_it_again() {
    fixture.create("gone");
    DeleteScheduleRequest delete =
        DeleteScheduleRequest.newBuilder().setName(name("gone")).setRequestId("delete").build();
    DeleteScheduleResponse deleted = fixture.schedules.deleteSchedule(delete);
    assertEquals(
        fixture.value("select effective_time from schedule where id = 'gone'"),
        deleted.getEffectiveTime().getSeconds() * 1_000_000
            + deleted.getEffectiveTime().getNanos() / 1_000);
    assertEquals(deleted, fixture.schedules.deleteSchedule(delete));
    fixture.create("gone");
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND",
        refusal(
            () ->
                fixture.schedules.deleteSchedule(
                    DeleteScheduleRequest.newBuilder()
                        .setName(name("never"))
                        .setRequestId("other")
                        .build())));
  }

  @Test
  void a_trigger_fires_once_however_often_and_by_how_many_it_is_sent() {
    fixture.create("manual");
    TriggerScheduleRequest trigger =
        TriggerScheduleRequest.newBuilder().setName(name("manual")).setRequestId("t").build();
    List<CompletableFuture<TriggerScheduleResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      calls.add(CompletableFuture.supplyAsync(() -> fixture.schedules.triggerSchedule(trigger)));
    }
    Set<TriggerScheduleResponse> answers = new HashSet<>();
    calls.forEach(call -> answers.add(call.join()));
    assertEquals(1, answers.size());
    assertEquals(1, fixture.value("select count(*) from fire where kind = 1"));
    assertNotEquals(
        answers.iterator().next(),
        fixture.schedules.triggerSchedule(trigger.toBuilder().setRequestId("u").build()));
    fixture.create("other");
    assertEquals(
        REUSED,
        refusal(
            () ->
                fixture.schedules.triggerSchedule(
                    trigger.toBuilder().setName(name("other")).build())));
    fixture.schedules.deleteSchedule(
        DeleteScheduleRequest.newBuilder().setName(name("manual")).build());
    assertEquals(
        answers.iterator().next(),
        fixture.schedules.triggerSchedule(trigger),
        "also when its schedule is gone");
  }

  @Test
  void a_trigger_that_was_noted_and_not_recorded_fires_when_it_comes_again() {
    fixture.create("noted");
    TriggerScheduleRequest trigger =
        TriggerScheduleRequest.newBuilder().setName(name("noted")).setRequestId("n").build();
    TriggerScheduleResponse first = fixture.schedules.triggerSchedule(trigger);
    // As if the leader had died between the two.
    fixture.execute(
        "delete from fire where kind = 1 and schedule_num ="
            + " (select num from schedule where id = 'noted')");
    TriggerScheduleResponse again = fixture.schedules.triggerSchedule(trigger);
    assertNotEquals(first, again);
    assertEquals(again, fixture.schedules.triggerSchedule(trigger));
  }

  @Test
  void a_destination_is_made_changed_and_deleted_once() {
    CreateDestinationRequest create =
        CreateDestinationRequest.newBuilder()
            .setParent(TENANT)
            .setDestinationId("d")
            .setDestination(Destination.newBuilder().setKind(Destination.Kind.STREAM))
            .setRequestId("create-d")
            .build();
    Destination made = destinations.createDestination(create);
    assertEquals(made.getUid(), destinations.createDestination(create).getUid());
    assertEquals(
        "ALREADY_EXISTS DESTINATION_EXISTS",
        refusal(() -> destinations.createDestination(create.toBuilder().clearRequestId().build())));
    assertEquals(
        REUSED,
        refusal(
            () ->
                destinations.createDestination(create.toBuilder().setDestinationId("e").build())));
    UpdateDestinationRequest update =
        UpdateDestinationRequest.newBuilder()
            .setDestination(
                Destination.newBuilder()
                    .setName(made.getName())
                    .setEtag(made.getEtag())
                    .setAckTimeout(Duration.newBuilder().setSeconds(7)))
            .setRequestId("update-d")
            .build();
    String etag = destinations.updateDestination(update).getEtag();
    assertEquals(etag, destinations.updateDestination(update).getEtag());
    DeleteDestinationRequest delete =
        DeleteDestinationRequest.newBuilder()
            .setName(made.getName())
            .setRequestId("delete-d")
            .build();
    destinations.deleteDestination(delete);
    destinations.deleteDestination(delete);
    assertEquals(
        "NOT_FOUND DESTINATION_NOT_FOUND", refusal(() -> destinations.createDestination(create)));
    assertEquals(
        0,
        fixture.value("select count(*) from destination where id = 'd' and delete_time is null"));
  }

  @Test
  void a_calendar_is_made_changed_by_its_mask_and_deleted_once() {
    CreateCalendarRequest create =
        CreateCalendarRequest.newBuilder()
            .setParent(TENANT)
            .setCalendarId("c")
            .setCalendar(
                Calendar.newBuilder()
                    .setDisplayName("holidays")
                    .addDays(DateRange.newBuilder().setFirst("2026-12-24"))
                    .addWeekend(Weekday.SUNDAY))
            .setRequestId("create-c")
            .build();
    Calendar made = calendars.createCalendar(create);
    assertEquals(made, calendars.createCalendar(create));
    UpdateCalendarRequest update =
        UpdateCalendarRequest.newBuilder()
            .setCalendar(
                Calendar.newBuilder()
                    .setName(made.getName())
                    .setEtag(made.getEtag())
                    .setDisplayName("days off"))
            .setUpdateMask(FieldMask.newBuilder().addPaths("display_name").addPaths("weekend"))
            .setRequestId("update-c")
            .build();
    Calendar updated = calendars.updateCalendar(update);
    assertEquals("days off", updated.getDisplayName());
    assertEquals(made.getDaysList(), updated.getDaysList());
    assertTrue(updated.getWeekendList().isEmpty());
    assertEquals(updated, calendars.updateCalendar(update));
    assertEquals(
        "INVALID_ARGUMENT UNKNOWN_FIELD update_mask",
        refusal(
            () ->
                calendars.updateCalendar(
                    update.toBuilder()
                        .setUpdateMask(FieldMask.newBuilder().addPaths("version"))
                        .build())));
    DeleteCalendarRequest delete =
        DeleteCalendarRequest.newBuilder().setName(made.getName()).setRequestId("delete-c").build();
    calendars.deleteCalendar(delete);
    calendars.deleteCalendar(delete);
  }

  @Test
  void operations_of_many_schedules_are_begun_once() {
    PauseSchedulesRequest pause =
        PauseSchedulesRequest.newBuilder()
            .setParent(TENANT)
            .putLabels("of", "nobody")
            .setRequestId("bulk")
            .build();
    Operation begun = fixture.schedules.pauseSchedules(pause);
    assertEquals(begun.getName(), fixture.schedules.pauseSchedules(pause).getName());
    assertEquals(
        REUSED,
        refusal(() -> fixture.schedules.pauseSchedules(pause.toBuilder().setReason("x").build())));
    ResumeSchedulesRequest resume =
        ResumeSchedulesRequest.newBuilder().setParent(TENANT).setRequestId("bulk-2").build();
    assertEquals(
        fixture.schedules.resumeSchedules(resume).getName(),
        fixture.schedules.resumeSchedules(resume).getName());
  }
}
