package io.carillon.master.store.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.calendars.CalendarStore;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.calendars.StoredCalendar;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.sql.StoreFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which calendars the store knows schedules to name, mutation by mutation. */
class ScheduleCalendarsTest {

  private static final long NUM = 7;

  private StoreFixture fixture;
  private CalendarStore calendars;
  private ScheduleStore schedules;
  private StoredCalendar a;
  private StoredCalendar b;

  @BeforeEach
  void start() {
    fixture = new StoreFixture();
    calendars = new CalendarStore(fixture.database, fixture.epoch);
    schedules = new ScheduleStore(fixture.database, fixture.epoch);
    a = calendar("a");
    b = calendar("b");
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private StoredCalendar calendar(String id) {
    List<DayRange> days = List.of(new DayRange(20_446, 20_447), new DayRange(20_459, 20_459));
    return calendars
        .create(
            new StoredCalendar(0, "default", id, "", days, 65, 0, 0, 0), Requests.Request.NONE, 1)
        .orElseThrow();
  }

  private static StoredSchedule naming(StoredCalendar... named) {
    ScheduleSpec spec =
        new ScheduleSpec(
            StoreFixture.SPEC.rule(),
            ZoneId.of("UTC"),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0,
            0,
            GapPolicy.SHIFT,
            FoldPolicy.FIRST,
            List.of(),
            StoredCalendar.businessDays(Policy.SKIP_DAY, List.of(named)),
            0);
    StoredSchedule plain = StoreFixture.schedule(NUM, "s");
    StoredSchedule.Content content = plain.content();
    return plain.withContent(
        new StoredSchedule.Content(
            content.displayName(),
            content.labels(),
            spec.canonical(),
            content.endsAt(),
            content.catchUp(),
            content.destination(),
            content.destinationId(),
            content.payload(),
            content.payloadType()));
  }

  private void write(StoredSchedule after, long expected, boolean newContent) {
    Mutation mutation = new Mutation(after.at(expected, 0, 0), null, newContent);
    Planned planned = new Planned(mutation, expected + 1, 1_000 + expected, null, null);
    Mutation.Group group = new Mutation.Group(List.of(mutation), result -> {});
    schedules.write(List.of(new PlannedGroup(group, List.of(planned))));
  }

  private String rows() {
    return fixture
        .database
        .api()
        .fetch(
            "select calendar_num, calendar_version from schedule_calendar where schedule_num = "
                + NUM
                + " order by calendar_num")
        .map(row -> row.get(0) + "@" + row.get(1))
        .toString();
  }

  private static String row(StoredCalendar calendar) {
    return calendar.num() + "@" + calendar.version();
  }

  @Test
  void rowsAreThoseOfTheLatestContent() {
    write(naming(a, b), 0, true);
    assertEquals(List.of(row(a), row(b)).toString(), rows());
    StoredCalendar changed =
        calendars
            .update(
                "default", "b", Requests.Request.NONE, 2, before -> before.with("", List.of(), 0))
            .orElseThrow();
    assertTrue(changed.version() > b.version());
    write(naming(changed), 1, true);
    assertEquals(List.of(row(changed)).toString(), rows());
    write(naming(), 2, true);
    assertEquals("[]", rows());
  }

  @Test
  void aMutationWithoutContentLeavesThemAndADeletionTakesThemAway() {
    write(naming(a), 0, true);
    write(naming(a).paused(StoredSchedule.Pause.NONE), 1, false);
    assertEquals(List.of(row(a)).toString(), rows());
    write(naming(a).withState(ScheduleState.DELETED), 2, false);
    assertEquals("[]", rows());
  }

  @Test
  void schedulesBehindArePagedByNumberUntilTheyFollow() {
    Calendars reads = new Calendars(fixture.database.api());
    write(naming(a, b), 0, true);
    assertEquals(List.of(), reads.behind(0, 10));
    for (String id : List.of("a", "b")) {
      calendars.update(
          "default", id, Requests.Request.NONE, 2, before -> before.with("x", before.days(), 0));
    }
    assertEquals(List.of(NUM), reads.behind(0, 10), "once, though two calendars are newer");
    assertEquals(List.of(), reads.behind(NUM, 10));
    assertEquals(1, reads.pending(List.of(a.num(), b.num())).get(a.num()));
    write(naming(a, b).paused(StoredSchedule.Pause.NONE), 1, false);
    assertEquals(List.of(), reads.behind(0, 10), "it waits to be resumed");
    assertEquals(null, reads.pending(List.of(a.num())).get(a.num()));
  }

  @Test
  void anUpdateThatChangesNothingKeepsTheVersion() {
    assertEquals(
        a,
        calendars
            .update(
                "default", "a", Requests.Request.NONE, 5, before -> before.with("", a.days(), 65))
            .get());
  }

  @Test
  void aCalendarOfADeletedOnesNameIsNewer() {
    assertTrue(calendars.delete("default", "a", Requests.Request.NONE, 9, calendar -> {}).found());
    assertTrue(calendar("a").version() > a.version());
  }

  @Test
  void aCalendarThatIsDeletedAsAScheduleIsWrittenIsMissed() throws SQLException {
    CompletableFuture<Void> write;
    try (Connection other = fixture.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("delete from calendar where id = 'a'");
      write = CompletableFuture.runAsync(() -> write(naming(a, b), 0, true));
      StoreFixture.await(
          "the write waits",
          () ->
              fixture.value(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and"
                          + " query like '%from calendar%'")
                  > 0);
      other.commit();
    }
    RuntimeException failure =
        assertThrows(java.util.concurrent.CompletionException.class, write::join);
    assertEquals(
        "CALENDAR_NOT_FOUND", ScheduleStore.rejection((RuntimeException) failure.getCause()));
    assertEquals(0, fixture.value("select count(*) from schedule"));
  }

  @Test
  void aMasterThatDoesNotLeadWritesNoCalendar() {
    CalendarStore deposed = new CalendarStore(fixture.database, fixture.epoch - 1);
    assertThrows(
        DeposedException.class,
        () ->
            deposed.update(
                "default",
                "a",
                Requests.Request.NONE,
                5,
                before -> before.with("x", List.of(), 0)));
    assertThrows(
        DeposedException.class,
        () -> deposed.delete("default", "a", Requests.Request.NONE, 9, calendar -> {}));
    assertThrows(
        DeposedException.class,
        () ->
            deposed.create(
                new StoredCalendar(0, "default", "c", "", List.of(), 0, 0, 0, 0),
                Requests.Request.NONE,
                1));
    assertEquals(2, fixture.value("select count(*) from calendar"));
  }
}
