package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CalendarServiceGrpc.CalendarServiceBlockingStub;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.DateRange;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UpdateCalendarRequest;
import io.carillon.v1.UpdateScheduleRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of a calendar means for the schedules that name it. */
class CalendarFollowerTest {

  private static final String NAME = MasterFixture.TENANT + "/calendars/c";
  private static final int MANY = 250;

  /** A day that stays behind us, however long the test takes. */
  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

  private MasterFixture fixture;
  private CalendarServiceBlockingStub calendars;

  @BeforeEach
  void start() {
    use(new MasterFixture());
    var unused =
        calendars.createCalendar(
            CreateCalendarRequest.newBuilder()
                .setParent(MasterFixture.TENANT)
                .setCalendarId("c")
                .setCalendar(Calendar.getDefaultInstance())
                .build());
  }

  private void use(MasterFixture next) {
    fixture = next;
    calendars = CalendarServiceGrpc.newBlockingStub(next.channel);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static ScheduleSpec noon() {
    return MasterFixture.cron("0 12 * * *").toBuilder().addCalendars(NAME).build();
  }

  private Schedule create(String id) {
    return fixture.schedules.createSchedule(MasterFixture.request(id, noon()));
  }

  private Schedule get(String id) {
    return fixture.schedules.getSchedule(
        GetScheduleRequest.newBuilder().setName(MasterFixture.name(id)).build());
  }

  private Calendar calendar() {
    return calendars.getCalendar(GetCalendarRequest.newBuilder().setName(NAME).build());
  }

  /** Makes the days from today on days off, so many that midnight does not matter. */
  private Calendar close(int days) {
    DateRange range =
        DateRange.newBuilder()
            .setFirst(today.minusDays(1).toString())
            .setLast(today.plusDays(days - 1L).toString())
            .build();
    return calendars.updateCalendar(
        UpdateCalendarRequest.newBuilder()
            .setUpdateMask(FieldMask.newBuilder().addPaths("*"))
            .setCalendar(Calendar.newBuilder().setName(NAME).addDays(range))
            .build());
  }

  private Timestamp noonAfter(int days) {
    Instant noon = today.plusDays(days).atTime(12, 0).toInstant(ZoneOffset.UTC);
    return Timestamp.newBuilder().setSeconds(noon.getEpochSecond()).build();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 20 s: " + what);
      Thread.onSpinWait();
    }
  }

  @Test
  void aScheduleGoesByTheDaysOfItsCalendarAndFollowsThem() {
    close(10);
    Schedule made = create("s");
    assertEquals(noonAfter(10), made.getNextTime());
    long started = System.nanoTime();
    close(20);
    await("it follows", () -> get("s").getNextTime().equals(noonAfter(20)));
    assertTrue(System.nanoTime() - started < 8_000_000_000L, "it was woken");
    assertTrue(get("s").getVersion() > made.getVersion());
    assertEquals(0, calendar().getPendingSchedules());
    assertEquals(
        calendar().getVersion(), fixture.value("select calendar_version from schedule_calendar"));
    assertEquals(
        1, fixture.value("select count(*) from revision where valid_to is null"), "open revisions");
  }

  @Test
  void othersAreLeftAlone() {
    Schedule plain =
        fixture.schedules.createSchedule(
            MasterFixture.request("plain", MasterFixture.cron("0 12 * * *")));
    Schedule left = create("left");
    var unused =
        fixture.schedules.updateSchedule(
            UpdateScheduleRequest.newBuilder()
                .setSchedule(
                    Schedule.newBuilder()
                        .setName(left.getName())
                        .setSpec(MasterFixture.cron("0 12 * * *")))
                .build());
    long version = get("left").getVersion();
    create("s");
    close(10);
    await("it follows", () -> get("s").getNextTime().equals(noonAfter(10)));
    assertEquals(version, get("left").getVersion());
    assertEquals(plain.getVersion(), get("plain").getVersion());
  }

  @Test
  void aPausedScheduleTakesTheDaysAsItIsResumed() {
    create("s");
    create("t");
    Schedule paused =
        fixture.schedules.pauseSchedule(
            PauseScheduleRequest.newBuilder().setName(MasterFixture.name("s")).build());
    close(10);
    await("the other follows", () -> get("t").getNextTime().equals(noonAfter(10)));
    assertEquals(0, calendar().getPendingSchedules());
    assertEquals(paused.getVersion(), get("s").getVersion());
    Schedule resumed =
        fixture.schedules.resumeSchedule(
            ResumeScheduleRequest.newBuilder().setName(MasterFixture.name("s")).build());
    assertEquals(noonAfter(10), resumed.getNextTime());
  }

  @Test
  void aScheduleThatIsPausedUntilATimeFollowsAndStaysPaused() {
    create("s");
    Schedule paused =
        fixture.schedules.pauseSchedule(
            PauseScheduleRequest.newBuilder()
                .setName(MasterFixture.name("s"))
                .setReason("repair")
                .setUntilTime(noonAfter(3))
                .build());
    close(10);
    await("it follows", () -> get("s").getVersion() > paused.getVersion());
    Schedule followed = get("s");
    assertEquals(Schedule.State.PAUSED, followed.getState());
    assertEquals(noonAfter(3), followed.getPausedUntil());
    assertEquals("repair", followed.getPauseReason());
    assertEquals(noonAfter(10), followed.getNextTime());
    await("none waits", () -> calendar().getPendingSchedules() == 0);
  }

  @Test
  void aScheduleThatHasNoDayLeftIsCompletedAndComesBack() {
    create("s");
    DateRange all = DateRange.newBuilder().setFirst("1970-01-01").setLast("2099-12-31").build();
    var unused =
        calendars.updateCalendar(
            UpdateCalendarRequest.newBuilder()
                .setUpdateMask(FieldMask.newBuilder().addPaths("*"))
                .setCalendar(Calendar.newBuilder().setName(NAME).addDays(all))
                .build());
    await("no time is left", () -> get("s").getState() == Schedule.State.COMPLETED);
    close(10);
    await("there are times again", () -> get("s").getNextTime().equals(noonAfter(10)));
  }

  @Test
  void theNextLeaderGoesOnWhereTheLastOneWasStopped() {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(MasterFixture.TENANT);
    for (int i = 0; i < MANY; i++) {
      batch.addRequests(MasterFixture.request("s" + i, noon()));
    }
    var unused = fixture.schedules.batchCreateSchedules(batch.build());
    fixture.close();
    // As if the leader had died between the change of the calendar and what follows from it, and
    // half way through that.
    long changed =
        fixture.value(
            "update calendar set version = nextval('calendar_num'), days = '"
                + today.minusDays(1).toEpochDay()
                + "-"
                + today.plusDays(9).toEpochDay()
                + "' returning version");
    long half =
        fixture.value(
            "with done as (update schedule_calendar set calendar_version = "
                + changed
                + " where schedule_num % 2 = 0 returning 1) select count(*) from done");
    use(new MasterFixture(fixture.database));
    await("none waits", () -> calendar().getPendingSchedules() == 0);
    assertEquals(
        MANY + MANY - half,
        fixture.value("select count(*) from revision"),
        "one more for each that was left");
    int next = 0;
    for (int i = 0; i < MANY; i++) {
      next += get("s" + i).getNextTime().equals(noonAfter(10)) ? 1 : 0;
    }
    assertEquals(MANY - half, next);
  }

  @Test
  void clientsThatChangeSchedulesMeanwhileLoseNothing() {
    for (int i = 0; i < 20; i++) {
      create("s" + i);
    }
    for (int round = 1; round <= 5; round++) {
      close(10 + round);
      for (int i = 0; i < 20; i++) {
        Schedule renamed =
            Schedule.newBuilder()
                .setName(MasterFixture.name("s" + i))
                .setDisplayName("round " + round)
                .build();
        var unused =
            fixture.schedules.updateSchedule(
                UpdateScheduleRequest.newBuilder().setSchedule(renamed).build());
      }
    }
    await("none waits", () -> calendar().getPendingSchedules() == 0);
    for (int i = 0; i < 20; i++) {
      assertEquals(noonAfter(15), get("s" + i).getNextTime());
      assertEquals("round 5", get("s" + i).getDisplayName());
    }
  }
}
