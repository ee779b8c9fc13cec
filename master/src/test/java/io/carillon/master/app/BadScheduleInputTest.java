package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.OnceRule;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.UpdateScheduleRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What bad input gets: code, reason, field, position; and nothing is stored. */
class BadScheduleInputTest extends BadScheduleInput {

  @Test
  void fields_of_a_schedule() {
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.";
    String malformed = "INVALID_ARGUMENT FIELD_MALFORMED schedule.";
    schedule("INVALID_ARGUMENT FIELD_REQUIRED schedule.spec", Schedule.newBuilder());
    schedule(range + "display_name", good().setDisplayName("x".repeat(201)));
    schedule(malformed + "display_name", good().setDisplayName("a\0b"));
    schedule(range + "payload_type", good().setPayloadType("x".repeat(101)));
    schedule(
        "INVALID_ARGUMENT PAYLOAD_TOO_LARGE schedule.payload",
        good().setPayload(ByteString.copyFrom(new byte[65_537])));
    Schedule.Builder many = good();
    for (int i = 0; i < 33; i++) {
      many.putLabels("k" + i, "");
    }
    schedule(range + "labels", many);
    schedule(malformed + "labels", good().putLabels("Upper", ""));
    schedule(malformed + "labels", good().putLabels("", ""));
    schedule(malformed + "labels", good().putLabels(LONG, ""));
    schedule(range + "labels.k", good().putLabels("k", "x".repeat(201)));
    schedule(malformed + "labels.k", good().putLabels("k", "\0"));
    schedule(
        range + "catch_up.window",
        good().setCatchUp(CatchUp.newBuilder().setWindow(Duration.newBuilder().setSeconds(9))));
    schedule(
        range + "catch_up.window",
        good()
            .setCatchUp(
                CatchUp.newBuilder().setWindow(Duration.newBuilder().setSeconds(367L * 86_400))));
    schedule(range + "catch_up.mode", good().setCatchUp(CatchUp.newBuilder().setModeValue(5)));
    schedule(malformed + "destination", good().setDestination("default"));
    schedule(range + "destination", good().setDestination("tenants/other/destinations/default"));
    schedule("NOT_FOUND DESTINATION_NOT_FOUND", good().setDestination(TENANT + "/destinations/no"));
    schedule(malformed + "destination", good().setDestination(TENANT + "/destinations/a\0b"));
  }

  @Test
  void names_and_ids() {
    String malformed = "INVALID_ARGUMENT FIELD_MALFORMED ";
    create("INVALID_ARGUMENT FIELD_REQUIRED parent", CreateScheduleRequest.newBuilder());
    create(malformed + "parent", CreateScheduleRequest.newBuilder().setParent("default"));
    create(malformed + "parent", CreateScheduleRequest.newBuilder().setParent(LONG));
    create(malformed + "parent", CreateScheduleRequest.newBuilder().setParent("tenants/a\0b"));
    create(
        "NOT_FOUND TENANT_NOT_FOUND",
        CreateScheduleRequest.newBuilder().setParent("tenants/no").setSchedule(good()));
    create(
        "INVALID_ARGUMENT FIELD_REQUIRED schedule",
        CreateScheduleRequest.newBuilder().setParent(TENANT));
    for (String id : new String[] {"Upper", "-a", "a-", "a_b", "x".repeat(64), LONG}) {
      create(malformed + "schedule_id", request(id, every(60)).toBuilder());
    }
    create(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE request_id",
        request("", every(60)).toBuilder().setRequestId("x".repeat(101)));
    create("ALREADY_EXISTS SCHEDULE_EXISTS", request("there", every(60)).toBuilder());
    for (String name : new String[] {"", "there", name("a\0b"), name(LONG), LONG}) {
      String expected =
          name.isEmpty() ? "INVALID_ARGUMENT FIELD_REQUIRED name" : malformed + "name";
      line(
          expected,
          () ->
              fixture.schedules.getSchedule(GetScheduleRequest.newBuilder().setName(name).build()));
    }
    String no = name("no");
    String gone = "NOT_FOUND SCHEDULE_NOT_FOUND";
    var api = fixture.schedules;
    line(gone, () -> api.getSchedule(GetScheduleRequest.newBuilder().setName(no).build()));
    line(gone, () -> api.pauseSchedule(PauseScheduleRequest.newBuilder().setName(no).build()));
    line(gone, () -> api.resumeSchedule(ResumeScheduleRequest.newBuilder().setName(no).build()));
    line(gone, () -> api.deleteSchedule(DeleteScheduleRequest.newBuilder().setName(no).build()));
    line(gone, () -> api.triggerSchedule(TriggerScheduleRequest.newBuilder().setName(no).build()));
    line(gone, () -> api.previewSchedule(PreviewScheduleRequest.newBuilder().setName(no).build()));
  }

  private void update(String expected, Schedule.Builder schedule, String... mask) {
    UpdateScheduleRequest request =
        UpdateScheduleRequest.newBuilder()
            .setSchedule(schedule)
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(java.util.List.of(mask)))
            .build();
    line(expected, () -> fixture.schedules.updateSchedule(request));
  }

  @Test
  void updates_and_their_masks() {
    Schedule.Builder there = Schedule.newBuilder().setName(name("there"));
    String unknown = "INVALID_ARGUMENT UNKNOWN_FIELD update_mask";
    for (String path : new String[] {"name", "state", "nonsense", "spec.cron", "", LONG}) {
      update(unknown, there.clone(), path);
    }
    update("INVALID_ARGUMENT FIELD_REQUIRED schedule.spec", there.clone(), "spec");
    update("INVALID_ARGUMENT FIELD_REQUIRED schedule.name", Schedule.newBuilder(), "labels");
    update("NOT_FOUND SCHEDULE_NOT_FOUND", Schedule.newBuilder().setName(name("no")), "labels");
    update("ABORTED ETAG_MISMATCH", there.clone().setEtag("12345"), "labels");
    update(
        "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec",
        there
            .clone()
            .setSpec(
                ScheduleSpec.newBuilder()
                    .setOnce(
                        OnceRule.newBuilder()
                            .setAt(
                                Timestamp.newBuilder()
                                    .setSeconds(Instant.now().getEpochSecond() - 5)))));
    line(
        "INVALID_ARGUMENT FIELD_REQUIRED schedule",
        () -> fixture.schedules.updateSchedule(UpdateScheduleRequest.getDefaultInstance()));
    line(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE reason",
        () ->
            fixture.schedules.pauseSchedule(
                PauseScheduleRequest.newBuilder()
                    .setName(name("there"))
                    .setReason("x".repeat(501))
                    .build()));
  }

  private void list(String expected, ListSchedulesRequest.Builder request) {
    line(expected, () -> fixture.schedules.listSchedules(request.build()));
  }

  @Test
  void lists_and_previews() {
    ListSchedulesRequest.Builder all = ListSchedulesRequest.newBuilder().setParent(TENANT);
    list("INVALID_ARGUMENT FIELD_REQUIRED parent", ListSchedulesRequest.newBuilder());
    list("INVALID_ARGUMENT FIELD_OUT_OF_RANGE page_size", all.clone().setPageSize(-1));
    for (String token : new String[] {"nonsense", "!!", "AAAAAAAAAAAAAAAA", LONG}) {
      list("INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token", all.clone().setPageToken(token));
    }
    list("INVALID_ARGUMENT FIELD_OUT_OF_RANGE states", all.clone().addStatesValue(9));
    list("INVALID_ARGUMENT FIELD_MALFORMED labels", all.clone().putLabels("Upper", ""));
    PreviewScheduleRequest.Builder preview = PreviewScheduleRequest.newBuilder().setSpec(every(60));
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE ";
    var api = fixture.schedules;
    line(range + "count", () -> api.previewSchedule(preview.clone().setCount(1001).build()));
    line(range + "count", () -> api.previewSchedule(preview.clone().setCount(-1).build()));
    line(
        range + "after_time",
        () ->
            api.previewSchedule(
                preview.clone().setAfterTime(Timestamp.newBuilder().setNanos(1)).build()));
    line(
        range + "until_time",
        () ->
            api.previewSchedule(
                preview
                    .clone()
                    .setAfterTime(at("2026-01-02T00:00:00Z"))
                    .setUntilTime(at("2026-01-01T00:00:00Z"))
                    .build()));
    line(
        "NOT_FOUND TENANT_NOT_FOUND",
        () -> api.previewSchedule(preview.clone().setParent("tenants/no").build()));
    line(
        "INVALID_ARGUMENT FIELD_MALFORMED schedule_id",
        () -> api.previewSchedule(preview.clone().setScheduleId(LONG).build()));
    line(
        "INVALID_ARGUMENT FIELD_REQUIRED subject",
        () -> api.previewSchedule(PreviewScheduleRequest.getDefaultInstance()));
    line(
        "INVALID_ARGUMENT CRON_SYNTAX spec.cron.expression @0",
        () -> api.previewSchedule(preview.clone().setSpec(cron("x * * * *")).build()));
  }

  private void batch(String expected, CreateScheduleRequest... requests) {
    BatchCreateSchedulesRequest batch =
        BatchCreateSchedulesRequest.newBuilder()
            .setParent(TENANT)
            .addAllRequests(java.util.List.of(requests))
            .build();
    line(expected, () -> fixture.schedules.batchCreateSchedules(batch));
  }

  @Test
  void batches() {
    CreateScheduleRequest good = request("", every(60));
    batch("INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests");
    batch(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests",
        java.util.Collections.nCopies(1001, good).toArray(CreateScheduleRequest[]::new));
    CreateScheduleRequest[] oneBad =
        java.util.Collections.nCopies(1000, good).toArray(CreateScheduleRequest[]::new);
    oneBad[998] = request("", cron("0 0 0 * *"));
    batch("INVALID_ARGUMENT CRON_SYNTAX requests[998].schedule.spec.cron.expression @4", oneBad);
    CreateScheduleRequest[] oneTaken = oneBad.clone();
    oneTaken[998] = request("there", every(60));
    batch("ALREADY_EXISTS SCHEDULE_EXISTS requests[998]", oneTaken);
    batch(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests[1].schedule_id",
        request("twice", every(60)),
        request("twice", every(60)));
    batch(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests[0].parent",
        good.toBuilder().setParent("tenants/other").build());
    batch(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests[0].validate_only",
        good.toBuilder().setValidateOnly(true).build());
    batch(
        "ALREADY_EXISTS REQUEST_ID_REUSED",
        good.toBuilder().setRequestId("same").build(),
        good.toBuilder().setRequestId("same").build());
  }
}
