package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.Schedule.State;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateScheduleRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What calls that are right do. */
class ScheduleServiceTest {

  private static MasterFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static Schedule get(String id) {
    return fixture.schedules.getSchedule(GetScheduleRequest.newBuilder().setName(name(id)).build());
  }

  private static Schedule update(Schedule schedule, String... mask) {
    return fixture.schedules.updateSchedule(
        UpdateScheduleRequest.newBuilder()
            .setSchedule(schedule)
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(mask)))
            .build());
  }

  @Test
  void what_was_created_is_read_back() {
    Schedule created = fixture.create("read-back");
    assertEquals(created, get("read-back"));
    assertEquals(State.ACTIVE, created.getState());
    assertEquals(TENANT + "/destinations/default", created.getDestination());
    assertEquals("UTC", created.getSpec().getTimeZone());
    assertTrue(created.getNextTime().getSeconds() > created.getEffectiveTime().getSeconds());
  }

  @Test
  void validate_only_stores_nothing() {
    long rows = fixture.rows();
    Schedule draft =
        fixture.schedules.createSchedule(
            request("draft", every(60)).toBuilder().setValidateOnly(true).build());
    assertEquals("", draft.getUid() + draft.getEtag());
    assertEquals(rows, fixture.rows());
  }

  @Test
  void a_request_id_makes_a_retry_safe() {
    CreateScheduleRequest request =
        request("", cron("0 3 * * *")).toBuilder().setRequestId("retry").build();
    Schedule first = fixture.schedules.createSchedule(request);
    long rows = fixture.rows();
    assertEquals(first, fixture.schedules.createSchedule(request));
    assertEquals(
        "ALREADY_EXISTS REQUEST_ID_REUSED",
        refusal(
            () ->
                fixture.schedules.createSchedule(
                    request.toBuilder().setScheduleId("other").build())));
    assertEquals(rows, fixture.rows());
  }

  @Test
  void concurrent_retries_create_one_schedule() {
    for (String id : new String[] {"", "named"}) {
      CreateScheduleRequest request =
          request(id, cron("0 3 * * *")).toBuilder().setRequestId("at-once-" + id).build();
      List<CompletableFuture<String>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(
            CompletableFuture.supplyAsync(
                () -> fixture.schedules.createSchedule(request).getUid()));
      }
      Set<String> uids = new HashSet<>();
      calls.forEach(call -> uids.add(call.join()));
      assertEquals(1, uids.size());
    }
  }

  @Test
  void a_batch_of_1000_is_created_in_order() {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(TENANT);
    for (int i = 0; i < 1000; i++) {
      batch.addRequests(request("batch-" + i, every(3600)));
    }
    List<Schedule> created =
        fixture.schedules.batchCreateSchedules(batch.build()).getSchedulesList();
    assertEquals(1000, created.size());
    assertEquals(name("batch-999"), created.get(999).getName());
    assertEquals(1000, fixture.value("select count(*) from schedule where id like 'batch-%'"));
  }

  @Test
  void an_update_changes_what_the_mask_names_and_nothing_else() {
    Schedule before = fixture.create("masked");
    Schedule given =
        before.toBuilder().setDisplayName("new").putLabels("a", "b").clearSpec().build();
    Schedule after = update(given, "display_name");
    assertEquals("new", after.getDisplayName());
    assertEquals(0, after.getLabelsCount());
    assertEquals(before.getSpec(), after.getSpec());
    assertTrue(after.getVersion() > before.getVersion());
    assertEquals(after, get("masked"));
    assertEquals("ABORTED ETAG_MISMATCH", refusal(() -> update(given, "labels")));
    assertEquals("", update(after.toBuilder().clearDisplayName().build(), "*").getDisplayName());
  }

  @Test
  void an_update_that_changes_nothing_keeps_the_version() {
    Schedule before = fixture.schedules.createSchedule(request("no-op", every(60)));
    long rows = fixture.rows();
    assertEquals(before, update(before, "*"));
    Schedule again = Schedule.newBuilder().setName(before.getName()).setSpec(every(60)).build();
    assertEquals(before.getVersion(), update(again).getVersion(), "the anchor stays");
    assertEquals(rows, fixture.rows());
  }

  @Test
  void pause_and_resume_open_and_close_revisions() {
    fixture.create("paused");
    PauseScheduleRequest pause =
        PauseScheduleRequest.newBuilder().setName(name("paused")).setReason("why").build();
    Schedule paused = fixture.schedules.pauseSchedule(pause);
    assertEquals(State.PAUSED, paused.getState());
    assertEquals("why", paused.getPauseReason());
    assertFalse(paused.hasNextTime());
    assertEquals(
        "FAILED_PRECONDITION ALREADY_PAUSED",
        refusal(() -> fixture.schedules.pauseSchedule(pause)));
    Schedule changed = update(paused.toBuilder().setSpec(every(60)).build(), "spec");
    assertEquals(State.PAUSED, changed.getState());
    ResumeScheduleRequest resume =
        ResumeScheduleRequest.newBuilder().setName(name("paused")).build();
    Schedule resumed = fixture.schedules.resumeSchedule(resume);
    assertEquals(State.ACTIVE, resumed.getState());
    assertEquals(changed.getSpec(), resumed.getSpec());
    assertEquals("", resumed.getPauseReason());
    assertEquals(
        "FAILED_PRECONDITION NOT_PAUSED", refusal(() -> fixture.schedules.resumeSchedule(resume)));
    assertEquals(
        1,
        fixture.value(
            "select count(*) from revision where valid_to is null and schedule_num = "
                + paused.getUid()));
  }

  @Test
  void a_name_is_free_again_after_a_delete_and_gets_a_new_uid() {
    String uid = fixture.create("reborn").getUid();
    DeleteScheduleRequest delete =
        DeleteScheduleRequest.newBuilder().setName(name("reborn")).build();
    fixture.schedules.deleteSchedule(delete);
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND", refusal(() -> fixture.schedules.deleteSchedule(delete)));
    assertNotEquals(uid, fixture.create("reborn").getUid());
  }

  @Test
  void a_trigger_records_a_fire_beside_the_spec() {
    Schedule schedule = fixture.create("triggered");
    TriggerScheduleResponse fire =
        fixture.schedules.triggerSchedule(
            TriggerScheduleRequest.newBuilder().setName(name("triggered")).build());
    assertTrue(fire.getFire().startsWith(name("triggered") + "/fires/" + schedule.getUid() + "-"));
    assertTrue(fire.getFire().endsWith("-m"));
    assertEquals(
        1,
        fixture.value(
            "select count(*) from fire where kind = 1 and schedule_num = " + schedule.getUid()));
  }

  @Test
  void a_preview_answers_the_next_times_on_the_zone_and_stores_nothing() {
    long rows = fixture.rows();
    PreviewScheduleResponse preview =
        fixture.schedules.previewSchedule(
            PreviewScheduleRequest.newBuilder()
                .setSpec(cron("30 2 * * *").toBuilder().setTimeZone("Europe/Berlin"))
                .setAfterTime(com.google.protobuf.Timestamp.newBuilder().setSeconds(1774656000))
                .setCount(3)
                .build());
    assertEquals("2026-03-28T02:30:00+01:00[Europe/Berlin]", preview.getTimes(0).getLocalTime());
    assertEquals(3, preview.getTimesCount());
    assertEquals(rows, fixture.rows());
  }

  @Test
  void lists_go_page_by_page_through_what_matches() {
    for (int i = 0; i < 5; i++) {
      fixture.schedules.createSchedule(
          request("page-" + i, every(60)).toBuilder()
              .setSchedule(Schedule.newBuilder().setSpec(every(60)).putLabels("team", "pages"))
              .build());
    }
    fixture.schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder().setName(name("page-2")).build());
    ListSchedulesRequest.Builder request =
        ListSchedulesRequest.newBuilder()
            .setParent(TENANT)
            .putLabels("team", "pages")
            .addStates(State.ACTIVE)
            .setPageSize(3);
    ListSchedulesResponse first = fixture.schedules.listSchedules(request.build());
    assertEquals(3, first.getSchedulesCount());
    request.setPageToken(first.getNextPageToken());
    ListSchedulesResponse second = fixture.schedules.listSchedules(request.build());
    assertEquals(name("page-4"), second.getSchedules(0).getName());
    assertEquals("", second.getNextPageToken());
    assertEquals(
        "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token",
        refusal(() -> fixture.schedules.listSchedules(request.clone().clearLabels().build())));
  }

  @Test
  void a_schedule_is_listed_as_completed_from_its_last_time_on_and_not_from_its_bound() {
    long soon = System.currentTimeMillis() / 1_000 + 1;
    fixture.schedules.createSchedule(
        CreateScheduleRequest.newBuilder()
            .setParent("tenants/default")
            .setScheduleId("ends-soon")
            .setSchedule(
                Schedule.newBuilder()
                    .putLabels("case", "ends-soon")
                    .setSpec(
                        ScheduleSpec.newBuilder()
                            .setInterval(
                                IntervalRule.newBuilder()
                                    .setPeriod(Duration.newBuilder().setSeconds(3600))
                                    .setAnchorTime(Timestamp.newBuilder().setSeconds(soon)))
                            .setEndTime(Timestamp.newBuilder().setSeconds(soon + 3599))))
            .build());
    ListSchedulesRequest completed =
        ListSchedulesRequest.newBuilder()
            .setParent("tenants/default")
            .putLabels("case", "ends-soon")
            .addStates(State.COMPLETED)
            .build();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (fixture.schedules.listSchedules(completed).getSchedulesCount() == 0
        && System.nanoTime() < limit) {
      LockSupport.parkNanos(20_000_000);
    }
    assertEquals(
        State.COMPLETED, fixture.schedules.listSchedules(completed).getSchedules(0).getState());
    update(Schedule.newBuilder().setName(name("ends-soon")).setDisplayName("over").build());
    assertEquals(1, fixture.schedules.listSchedules(completed).getSchedulesCount());
  }
}
