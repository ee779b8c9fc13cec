package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.Schedule.State;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UpdateScheduleRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pauses: by whom, why, until when; and which revisions they leave. */
class PauseScheduleTest {

  private static final long FAR = 4_000_000_000L;

  private static MasterFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static Timestamp at(long seconds) {
    return Timestamp.newBuilder().setSeconds(seconds).build();
  }

  private static Schedule create(String id) {
    return fixture.schedules.createSchedule(
        request(id, every(3600)).toBuilder()
            .setSchedule(Schedule.newBuilder().setSpec(every(3600)).putLabels("case", id))
            .build());
  }

  private static Schedule get(String id) {
    return fixture.schedules.getSchedule(GetScheduleRequest.newBuilder().setName(name(id)).build());
  }

  private static PauseScheduleRequest.Builder pause(String id) {
    return PauseScheduleRequest.newBuilder().setName(name(id));
  }

  private static Schedule pauseUntil(String id, long seconds) {
    return fixture.schedules.pauseSchedule(pause(id).setUntilTime(at(seconds)).build());
  }

  private static Schedule resume(String id, boolean catchUp) {
    return fixture.schedules.resumeSchedule(
        ResumeScheduleRequest.newBuilder().setName(name(id)).setCatchUp(catchUp).build());
  }

  private static List<String> listed(String id, State state) {
    return fixture
        .schedules
        .listSchedules(
            ListSchedulesRequest.newBuilder()
                .setParent(TENANT)
                .putLabels("case", id)
                .addStates(state)
                .build())
        .getSchedulesList()
        .stream()
        .map(Schedule::getName)
        .toList();
  }

  /** Begin of the revision that is open, in microseconds; 0 if none is. */
  private static long openFrom(Schedule schedule) {
    return fixture.value(
        "select coalesce(max(valid_from), 0) from revision where valid_to is null and"
            + " schedule_num = "
            + schedule.getUid());
  }

  private static long micros(Timestamp time) {
    return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
  }

  @Test
  void a_pause_says_who_and_why_until_it_is_resumed() {
    create("who");
    Schedule paused =
        fixture.schedules.pauseSchedule(pause("who").setReason("works").setBy("ada").build());
    assertEquals(State.PAUSED, paused.getState());
    assertEquals("works by ada", paused.getPauseReason() + " by " + paused.getPausedBy());
    assertEquals("", paused.getPauseOperation());
    assertFalse(paused.hasPausedUntil() || paused.hasNextTime());
    assertEquals(paused, get("who"));
    assertEquals(0, openFrom(paused));
    Schedule resumed = resume("who", false);
    assertEquals("", resumed.getPauseReason() + resumed.getPausedBy());
    assertEquals(micros(resumed.getEffectiveTime()), openFrom(resumed));
  }

  @Test
  void a_pause_with_an_end_opens_the_next_revision_there_at_once() {
    create("ends");
    Schedule paused = pauseUntil("ends", FAR);
    assertEquals(State.PAUSED, paused.getState());
    assertEquals(at(FAR), paused.getPausedUntil());
    assertTrue(paused.getNextTime().getSeconds() > FAR);
    assertTrue(paused.getNextTime().getSeconds() <= FAR + 3600);
    assertEquals(FAR * 1_000_000, openFrom(paused));
    assertEquals(paused, get("ends"));
    assertEquals("FAILED_PRECONDITION ALREADY_PAUSED", refusal(() -> pauseUntil("ends", FAR + 1)));
  }

  @Test
  void a_pause_with_an_end_can_be_resumed_before() {
    create("early");
    pauseUntil("early", FAR);
    Schedule resumed = resume("early", false);
    assertEquals(State.ACTIVE, resumed.getState());
    assertEquals(micros(resumed.getEffectiveTime()), openFrom(resumed));
    assertTrue(resumed.getNextTime().getSeconds() < FAR);
  }

  @Test
  void a_resume_with_catch_up_holds_from_where_the_pause_began() {
    create("catch-up");
    Schedule paused = fixture.schedules.pauseSchedule(pause("catch-up").build());
    fixture.schedules.updateSchedule(
        UpdateScheduleRequest.newBuilder()
            .setSchedule(Schedule.newBuilder().setName(name("catch-up")).setDisplayName("new"))
            .build());
    Schedule resumed = resume("catch-up", true);
    assertEquals(micros(paused.getEffectiveTime()), openFrom(resumed));
    assertEquals("new", resumed.getDisplayName());
  }

  /** Up to which nominal time the revision that is open leaves them to those before. */
  private static long opensAfter(Schedule schedule) {
    return fixture.value(
        "select nominal_after from revision where valid_to is null and schedule_num = "
            + schedule.getUid());
  }

  @Test
  void with_jitter_a_resume_goes_on_after_the_last_time_that_was_before_the_pause() {
    // Its next time is years away, so that none is due while this runs.
    ScheduleSpec spec =
        every(3600L * 86_400).toBuilder().setJitter(Duration.newBuilder().setSeconds(3600)).build();
    for (boolean catchUp : new boolean[] {true, false}) {
      String id = "jitter-" + catchUp;
      Schedule created = fixture.schedules.createSchedule(request(id, spec));
      long opened = opensAfter(created);
      assertEquals(micros(created.getEffectiveTime()), opened);
      fixture.schedules.pauseSchedule(pause(id).build());
      fixture.schedules.updateSchedule(
          UpdateScheduleRequest.newBuilder()
              .setSchedule(Schedule.newBuilder().setName(name(id)).setDisplayName("new"))
              .build());
      Schedule resumed = resume(id, catchUp);
      assertEquals(opened, opensAfter(resumed));
      assertTrue(openFrom(resumed) > opened);
    }
  }

  @Test
  void an_update_leaves_a_pause_as_it_is() {
    create("kept");
    pauseUntil("kept", FAR);
    Schedule updated =
        fixture.schedules.updateSchedule(
            UpdateScheduleRequest.newBuilder()
                .setSchedule(Schedule.newBuilder().setName(name("kept")).setSpec(every(60)))
                .build());
    assertEquals(State.PAUSED, updated.getState());
    assertEquals(at(FAR), updated.getPausedUntil());
    assertEquals(FAR * 1_000_000, openFrom(updated));
    assertTrue(updated.getNextTime().getSeconds() <= FAR + 60);
  }

  @Test
  void a_pause_that_has_ended_by_itself_is_none() {
    create("over");
    long soon = System.currentTimeMillis() / 1_000 + 2;
    assertEquals(State.PAUSED, pauseUntil("over", soon).getState());
    assertEquals(List.of(name("over")), listed("over", State.PAUSED));
    assertEquals(List.of(), listed("over", State.ACTIVE));
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (get("over").getState() == State.PAUSED && System.nanoTime() < limit) {
      LockSupport.parkNanos(20_000_000);
    }
    Schedule over = get("over");
    assertEquals(State.ACTIVE, over.getState());
    assertTrue(over.hasNextTime());
    assertFalse(over.hasPausedUntil());
    assertEquals(List.of(name("over")), listed("over", State.ACTIVE));
    assertEquals(List.of(), listed("over", State.PAUSED));
    assertEquals("FAILED_PRECONDITION NOT_PAUSED", refusal(() -> resume("over", false)));
    Schedule updated =
        fixture.schedules.updateSchedule(
            UpdateScheduleRequest.newBuilder()
                .setSchedule(Schedule.newBuilder().setName(name("over")).setDisplayName("x"))
                .build());
    assertEquals(micros(updated.getEffectiveTime()), openFrom(updated));
    Schedule again = pauseUntil("over", FAR);
    assertEquals(at(FAR), again.getPausedUntil());
  }

  @Test
  void a_schedule_that_is_paused_until_a_time_can_be_deleted() {
    Schedule created = create("deleted");
    pauseUntil("deleted", FAR);
    fixture.schedules.deleteSchedule(
        DeleteScheduleRequest.newBuilder().setName(name("deleted")).build());
    assertEquals(0, openFrom(created));
  }

  @Test
  void an_end_must_lie_in_the_future() {
    create("past");
    String bad = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE until_time";
    assertEquals(bad, refusal(() -> pauseUntil("past", 1)));
    assertEquals(bad, refusal(() -> pauseUntil("past", System.currentTimeMillis() / 1_000 - 1)));
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE by",
        refusal(
            () -> fixture.schedules.pauseSchedule(pause("past").setBy("x".repeat(201)).build())));
    assertEquals(State.ACTIVE, get("past").getState());
  }
}
