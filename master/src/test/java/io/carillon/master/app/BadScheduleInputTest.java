package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.IntervalRule;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What bad input gets: code, reason, field, position; and nothing is stored. */
class BadScheduleInputTest {

  private static final String LONG = "x".repeat(20_000);
  private static MasterFixture fixture;
  private static long rows;
  private final Map<Callable<?>, String> table = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
    fixture.create("there");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void count() {
    rows = fixture.rows();
  }

  @AfterEach
  void tryAll() {
    assertAll(
        table.entrySet().stream()
            .map(line -> () -> assertEquals(line.getValue(), refusal(line.getKey()))));
    assertEquals(rows, fixture.rows(), "nothing may be stored");
  }

  private void line(String expected, Callable<?> call) {
    table.put(call, expected);
  }

  private void create(String expected, CreateScheduleRequest.Builder request) {
    line(expected, () -> fixture.schedules.createSchedule(request.build()));
  }

  private void schedule(String expected, Schedule.Builder schedule) {
    create(
        expected,
        CreateScheduleRequest.newBuilder().setParent(TENANT).setSchedule(schedule.build()));
  }

  private void spec(String expected, ScheduleSpec.Builder spec) {
    ScheduleSpec built = spec.build();
    schedule(expected, Schedule.newBuilder().setSpec(built));
  }

  private static Schedule.Builder good() {
    return Schedule.newBuilder().setSpec(every(60));
  }

  private static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }

  private static ScheduleSpec.Builder interval(long seconds, int nanos) {
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(Duration.newBuilder().setSeconds(seconds).setNanos(nanos)));
  }

  @Test
  void cron_expressions() {
    String field = "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @";
    spec(field + 0, cron("61 * * * *").toBuilder());
    spec(field + 2, cron("* 24 * * *").toBuilder());
    spec(field + 8, cron("0 0 * * FOO").toBuilder());
    spec(field + 0, cron("MON# * * * *").toBuilder());
    spec(
        "INVALID_ARGUMENT FIELD_REQUIRED schedule.spec.cron.expression",
        ScheduleSpec.newBuilder().setCron(CronRule.getDefaultInstance()));
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.cron.dialect",
        ScheduleSpec.newBuilder()
            .setCron(CronRule.newBuilder().setExpression("* * * * *").setDialectValue(9)));
    spec("INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec", cron("0 0 30 2 *").toBuilder());
  }

  @Test
  void an_expression_that_is_too_long() {
    for (String text : new String[] {"*,".repeat(600) + "* * * * *", LONG}) {
      CreateScheduleRequest request = request("", cron(text));
      line(
          "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @1000",
          () -> fixture.schedules.createSchedule(request));
    }
  }

  @Test
  void specs() {
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.";
    String required = "INVALID_ARGUMENT FIELD_REQUIRED schedule.spec";
    String zone = "INVALID_ARGUMENT UNKNOWN_TIME_ZONE schedule.spec.time_zone";
    spec(required, ScheduleSpec.newBuilder());
    spec(
        required + ".interval.period",
        ScheduleSpec.newBuilder().setInterval(IntervalRule.newBuilder()));
    spec(required + ".once", ScheduleSpec.newBuilder().setOnce(OnceRule.newBuilder()));
    spec(range + "interval.period", interval(-1, 0));
    spec(range + "interval.period", interval(0, 0));
    spec(range + "interval.period", interval(0, 999_000));
    spec(range + "interval.period", interval(1, 1));
    spec(range + "interval.period", interval(3660L * 86_400, 1_000));
    spec(range + "interval.period", interval(1, -1_000));
    spec(range + "interval.period", interval(Long.MAX_VALUE, 0));
    for (String name : new String[] {"EST", "+02:00", "Mars/Phobos", "GMT+3", "a\0b", LONG}) {
      spec(zone, every(60).toBuilder().setTimeZone(name));
    }
    spec(range + "max_fires", every(60).toBuilder().setMaxFires(-1));
    spec(range + "max_fires", every(60).toBuilder().setMaxFires(1_000_000_001));
    spec(
        range + "end_time",
        every(60).toBuilder()
            .setStartTime(at("2999-01-02T00:00:00Z"))
            .setEndTime(at("2999-01-01T00:00:00Z")));
    spec(
        range + "start_time",
        every(60).toBuilder().setStartTime(Timestamp.newBuilder().setNanos(1)));
    spec(
        range + "end_time",
        every(60).toBuilder().setEndTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)));
    spec(
        range + "count_from",
        every(60).toBuilder().setMaxFires(3).setCountFrom(Timestamp.newBuilder().setNanos(-1_000)));
    spec(range + "gap", every(60).toBuilder().setGapValue(7));
    spec(range + "fold", every(60).toBuilder().setFoldValue(7));
    spec(
        range + "once.after",
        ScheduleSpec.newBuilder()
            .setOnce(OnceRule.newBuilder().setAfter(Duration.newBuilder().setSeconds(-1))));
    String never = "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec";
    spec(
        never,
        ScheduleSpec.newBuilder().setOnce(OnceRule.newBuilder().setAt(at("2020-01-01T00:00:00Z"))));
    spec(never, every(60).toBuilder().setEndTime(at("2020-01-01T00:00:00Z")));
  }

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
        "NOT_FOUND TENANT_NOT_FOUND", CreateScheduleRequest.newBuilder().setParent("tenants/no"));
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
