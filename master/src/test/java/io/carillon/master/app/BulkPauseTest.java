package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.Schedule.State;
import io.carillon.v1.ScheduleSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many schedules paused and resumed by one call, over a real master and PostgreSQL. */
class BulkPauseTest {

  private static final String ACME = "tenants/acme";
  private static final String OTHER = "tenants/other";
  private static final String ALL = "tenants/-";

  private MasterFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MasterFixture();
    for (String tenant : List.of("acme", "other")) {
      fixture.value(
          "insert into tenant (id, create_time) values ('" + tenant + "', 0) returning 1");
      fixture.value(
          "insert into destination (num, tenant_id, id, display_name, kind, ack_timeout,"
              + " max_attempts, version, create_time, update_time) select nextval('destination_num'),"
              + " '"
              + tenant
              + "', 'default', '', 1, 30000000, 100, 1, 0, 0 returning 1");
    }
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Schedule create(String tenant, String id, String team) {
    return create(tenant, id, team, cron("0 3 * * *"));
  }

  private Schedule create(String tenant, String id, String team, ScheduleSpec spec) {
    return fixture.schedules.createSchedule(
        CreateScheduleRequest.newBuilder()
            .setParent(tenant)
            .setScheduleId(id)
            .setSchedule(Schedule.newBuilder().setSpec(spec).putLabels("team", team))
            .build());
  }

  private void createMany(String tenant, int count) {
    for (int from = 0; from < count; from += 500) {
      BatchCreateSchedulesRequest.Builder batch =
          BatchCreateSchedulesRequest.newBuilder().setParent(tenant);
      for (int i = from; i < from + 500; i++) {
        batch.addRequests(
            CreateScheduleRequest.newBuilder()
                .setScheduleId("s" + i)
                .setSchedule(Schedule.newBuilder().setSpec(every(3_600)).putLabels("n", "" + i)));
      }
      fixture.schedules.batchCreateSchedules(batch.build());
    }
  }

  private Schedule get(Schedule schedule) {
    return fixture.schedules.getSchedule(
        GetScheduleRequest.newBuilder().setName(schedule.getName()).build());
  }

  private State state(Schedule schedule) {
    return get(schedule).getState();
  }

  private static PauseSchedulesRequest.Builder pausing(String parent) {
    return PauseSchedulesRequest.newBuilder().setParent(parent);
  }

  private Operation pause(PauseSchedulesRequest.Builder request) {
    return succeeded(fixture.schedules.pauseSchedules(request.build()));
  }

  private Operation resume(ResumeSchedulesRequest.Builder request) {
    return succeeded(fixture.schedules.resumeSchedules(request.build()));
  }

  private static ResumeSchedulesRequest.Builder resuming(String parent) {
    return ResumeSchedulesRequest.newBuilder().setParent(parent);
  }

  private Operation succeeded(Operation begun) {
    Operation ended = fixture.ended(begun);
    assertEquals(Operation.State.SUCCEEDED, ended.getState(), ended::toString);
    assertEquals(ended.getTotalCount(), ended.getDoneCount());
    return ended;
  }

  private long inState(int state) {
    return fixture.value("select count(*) from schedule where state = " + state);
  }

  @Test
  void those_with_the_labels_are_paused_and_it_says_who_why_and_by_which_operation() {
    Schedule mine = create(ACME, "mine", "db");
    Schedule theirs = create(ACME, "theirs", "web");
    Schedule elsewhere = create(OTHER, "mine", "db");
    Operation operation =
        pause(pausing(ACME).putLabels("team", "db").setReason("database maintenance").setBy("ann"));
    assertEquals(1, operation.getDoneCount());
    assertEquals(Operation.Kind.PAUSE, operation.getKind());
    assertEquals(ACME, operation.getSubject());
    assertEquals(
        "pause of tenants/acme with team=db: database maintenance", operation.getDescription());
    Schedule paused = get(mine);
    assertEquals(State.PAUSED, paused.getState());
    assertEquals("database maintenance", paused.getPauseReason());
    assertEquals("ann", paused.getPausedBy());
    assertEquals(operation.getName(), paused.getPauseOperation());
    assertFalse(paused.hasPausedUntil());
    assertEquals(State.ACTIVE, state(theirs));
    assertEquals(State.ACTIVE, state(elsewhere));
  }

  @Test
  void a_whole_tenant_and_everything() {
    Schedule mine = create(ACME, "mine", "db");
    Schedule theirs = create(ACME, "theirs", "web");
    Schedule elsewhere = create(OTHER, "elsewhere", "db");
    assertEquals(2, pause(pausing(ACME)).getDoneCount());
    assertEquals(State.ACTIVE, state(elsewhere));
    // The two are paused already.
    assertEquals(1, pause(pausing(ALL)).getDoneCount());
    assertEquals(0, pause(pausing(ALL)).getDoneCount());
    assertEquals(2, resume(resuming(ACME)).getDoneCount());
    assertEquals(State.ACTIVE, state(mine));
    assertEquals(State.ACTIVE, state(theirs));
    assertEquals(State.PAUSED, state(elsewhere));
    assertEquals(1, resume(resuming(ALL)).getDoneCount());
    assertEquals(State.ACTIVE, state(elsewhere));
  }

  @Test
  void one_that_is_paused_stays_paused_by_its_own_pause() {
    Schedule before = create(ACME, "before", "db");
    Schedule after = create(ACME, "after", "db");
    fixture.schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder()
            .setName(before.getName())
            .setReason("broken")
            .setBy("bob")
            .build());
    Operation operation = pause(pausing(ACME).setReason("maintenance").setBy("ann"));
    assertEquals(1, operation.getDoneCount());
    assertEquals("broken", get(before).getPauseReason());
    assertEquals("", get(before).getPauseOperation());
    assertEquals("maintenance", get(after).getPauseReason());
    // What the operation paused goes on, and nothing else.
    assertEquals(1, resume(resuming(ACME).setPauseOperation(operation.getName())).getDoneCount());
    assertEquals(State.PAUSED, state(before));
    assertEquals("bob", get(before).getPausedBy());
    assertEquals(State.ACTIVE, state(after));
  }

  @Test
  void one_that_was_resumed_and_paused_again_is_no_longer_the_operations() {
    Schedule schedule = create(ACME, "again", "db");
    Operation first = pause(pausing(ACME));
    fixture.schedules.resumeSchedule(
        ResumeScheduleRequest.newBuilder().setName(schedule.getName()).build());
    fixture.schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder().setName(schedule.getName()).build());
    assertEquals(0, resume(resuming(ALL).setPauseOperation(first.getName())).getDoneCount());
    assertEquals(State.PAUSED, state(schedule));
  }

  @Test
  void those_that_are_paused_until_a_time_say_so_and_go_on_by_themselves() {
    Schedule schedule = create(ACME, "until", "db");
    long end = System.currentTimeMillis() / 1_000 + 3_600;
    pause(pausing(ACME).setUntilTime(Timestamp.newBuilder().setSeconds(end)));
    assertEquals(State.PAUSED, state(schedule));
    assertEquals(end, get(schedule).getPausedUntil().getSeconds());
    assertTrue(get(schedule).getNextTime().getSeconds() > end);
    resume(resuming(ACME));
    long soon = System.currentTimeMillis() / 1_000 + 2;
    pause(pausing(ACME).setUntilTime(Timestamp.newBuilder().setSeconds(soon)));
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (state(schedule) != State.ACTIVE) {
      assertTrue(System.nanoTime() < limit, "goes on by itself");
      LockSupport.parkNanos(20_000_000);
    }
    // A pause that is over can be followed by another one, and by no resume.
    assertEquals(0, resume(resuming(ACME)).getDoneCount());
    assertEquals(1, pause(pausing(ACME)).getDoneCount());
    assertEquals(State.PAUSED, state(schedule));
  }

  @Test
  void one_whose_times_are_over_is_left_alone() {
    long soon = System.currentTimeMillis() / 1_000 + 2;
    Schedule once =
        create(
            ACME,
            "over",
            "db",
            every(1).toBuilder().setEndTime(Timestamp.newBuilder().setSeconds(soon)).build());
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (state(once) != State.COMPLETED) {
      assertTrue(System.nanoTime() < limit, "completes");
      LockSupport.parkNanos(20_000_000);
    }
    assertEquals(0, pause(pausing(ACME)).getTotalCount());
    assertEquals(State.COMPLETED, state(once));
  }

  @Test
  void two_thousand_are_paused_and_resumed() {
    createMany(ACME, 2_000);
    Operation paused = pause(pausing(ACME));
    assertEquals(2_000, paused.getDoneCount());
    assertEquals(2_000, inState(2));
    // None of them fires: no revision is open.
    assertEquals(0, fixture.value("select count(*) from revision where valid_to is null"));
    Operation resumed = resume(resuming(ACME));
    assertEquals(2_000, resumed.getDoneCount());
    assertEquals(2_000, inState(1));
    assertEquals(2_000, fixture.value("select count(*) from revision where valid_to is null"));
  }

  @Test
  void changes_and_deletions_meanwhile_hold_up_nothing() {
    createMany(ACME, 2_000);
    AtomicBoolean over = new AtomicBoolean();
    // Every second one is deleted, and others paused and resumed by hand, as it goes.
    CompletableFuture<Integer> deleting =
        CompletableFuture.supplyAsync(
            () -> {
              int deleted = 0;
              for (int i = 1_999; i >= 0 && !over.get(); i -= 2, deleted++) {
                fixture.schedules.deleteSchedule(
                    DeleteScheduleRequest.newBuilder().setName(ACME + "/schedules/s" + i).build());
              }
              return deleted;
            });
    Operation ended = fixture.ended(fixture.schedules.pauseSchedules(pausing(ACME).build()));
    over.set(true);
    int deleted = deleting.join();
    assertEquals(Operation.State.SUCCEEDED, ended.getState(), ended::toString);
    assertEquals(deleted, inState(4));
    assertEquals(2_000 - deleted, inState(2));
    assertTrue(ended.getDoneCount() >= 2_000 - deleted && ended.getDoneCount() <= 2_000);
  }

  @Test
  void a_restart_in_the_middle_leaves_none_out_and_counts_each_once() {
    createMany(ACME, 2_000);
    Operation begun = fixture.schedules.pauseSchedules(pausing(ACME).build());
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (inState(2) == 0) {
      assertTrue(System.nanoTime() < limit, "begins");
      LockSupport.parkNanos(1_000_000);
    }
    fixture.close();
    // Also if nothing of what it did had been noted.
    fixture.value(
        "update operation set state = 1, end_time = null, done = 0, position = 0 returning 1");
    fixture = new MasterFixture(fixture.database);
    Operation ended = succeeded(begun);
    assertEquals(2_000, ended.getDoneCount());
    assertEquals(2_000, inState(2));
    assertEquals(
        2_000,
        fixture.value(
            "select count(*) from schedule where pause_operation = "
                + ended.getName().replace("operations/", "")));
  }

  @Test
  void a_cancelled_one_leaves_what_it_did_and_does_no_more() {
    createMany(ACME, 2_000);
    Operation begun = fixture.schedules.pauseSchedules(pausing(ACME).build());
    fixture.operations.cancelOperation(
        CancelOperationRequest.newBuilder().setName(begun.getName()).build());
    Operation ended = fixture.ended(begun);
    assertEquals(ended.getDoneCount(), inState(2));
    assertTrue(
        ended.getState() == Operation.State.CANCELLED || ended.getDoneCount() == 2_000,
        ended::toString);
  }

  @Test
  void what_is_wrong_with_a_request_is_named() {
    String invalid = "INVALID_ARGUMENT ";
    assertEquals(
        invalid + "FIELD_REQUIRED parent",
        refusal(() -> fixture.schedules.pauseSchedules(pausing("").build())));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND",
        refusal(() -> fixture.schedules.pauseSchedules(pausing("tenants/nobody").build())));
    assertEquals(
        invalid + "FIELD_MALFORMED labels",
        refusal(
            () -> fixture.schedules.pauseSchedules(pausing(ACME).putLabels("A B", "").build())));
    assertEquals(
        invalid + "FIELD_OUT_OF_RANGE until_time",
        refusal(
            () ->
                fixture.schedules.pauseSchedules(
                    pausing(ACME).setUntilTime(Timestamp.newBuilder().setSeconds(1)).build())));
    assertEquals(
        invalid + "FIELD_OUT_OF_RANGE reason",
        refusal(
            () ->
                fixture.schedules.pauseSchedules(
                    pausing(ACME).setReason("x".repeat(501)).build())));
    for (String operation : new String[] {"operations/x", "7", "operations/07"}) {
      assertEquals(
          invalid + "FIELD_MALFORMED pause_operation",
          refusal(
              () ->
                  fixture.schedules.resumeSchedules(
                      resuming(ACME).setPauseOperation(operation).build())));
    }
    assertEquals(
        "INVALID_ARGUMENT OPERATION_NOT_FOUND pause_operation",
        refusal(
            () ->
                fixture.schedules.resumeSchedules(
                    resuming(ACME).setPauseOperation("operations/999").build())));
  }
}
