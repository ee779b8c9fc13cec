package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.Schedule;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Backfills over a real master and PostgreSQL: what they record is compared with all that is due.
 */
class BackfillOperationTest extends Backfills {

  @Test
  void every_time_of_the_range_is_recorded_once_and_no_other() {
    Schedule schedule = shared.schedules.createSchedule(request("exact", secondly()));
    Operation begun = shared.schedules.backfillSchedule(backfill("exact", 7_000, 20_000).build());
    assertEquals(Operation.State.RUNNING, begun.getState());
    assertEquals(7_000, begun.getTotalCount());
    Operation ended = shared.ended(begun);
    assertEquals(Operation.State.SUCCEEDED, ended.getState());
    assertEquals(Operation.Kind.BACKFILL, ended.getKind());
    assertEquals(schedule.getName(), ended.getSubject());
    assertEquals(7_000, ended.getDoneCount());
    assertEquals(at(BASE + 6_999), ended.getPositionTime());
    assertEquals(1, ended.getBackfill());
    assertTrue(ended.hasEndTime());
    assertEquals(
        "backfill of tenants/default/schedules/exact from 2026-01-05T00:00:00Z to"
            + " 2026-01-05T01:56:40Z",
        ended.getDescription());
    assertEquals(seconds(BASE, BASE + 7_000), recorded(shared, schedule, 1));
  }

  @Test
  void times_are_those_of_the_zone_and_the_bounds_hold_also_while_the_schedule_is_paused() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    LocalDate first = LocalDate.of(2026, 3, 20);
    Schedule schedule =
        shared.schedules.createSchedule(
            request(
                "zoned",
                cron("30 2 * * *").toBuilder()
                    .setTimeZone("Europe/Berlin")
                    .setStartTime(at(first.atStartOfDay(berlin).toEpochSecond()))
                    .setMaxFires(30_000)
                    .build()));
    shared.schedules.pauseSchedule(
        PauseScheduleRequest.newBuilder().setName(schedule.getName()).build());
    long end = LocalDate.of(2026, 4, 20).atTime(2, 30).atZone(berlin).toEpochSecond();
    Operation ended =
        shared.ended(
            shared.schedules.backfillSchedule(
                backfill("zoned", 0, 0).setStartTime(at(0)).setEndTime(at(end)).build()));
    List<Long> expected = new ArrayList<>();
    for (LocalDate day = first; day.isBefore(LocalDate.of(2026, 4, 20)); day = day.plusDays(1)) {
      // On 29 March the clocks go from 2:00 to 3:00: the first valid instant after the gap.
      long second =
          day.equals(LocalDate.of(2026, 3, 29))
              ? day.atTime(3, 0).atZone(berlin).toEpochSecond()
              : day.atTime(2, 30).atZone(berlin).toEpochSecond();
      expected.add(second * SECOND);
    }
    assertEquals(31, expected.size());
    assertEquals(Operation.State.SUCCEEDED, ended.getState(), ended::toString);
    assertEquals(expected, recorded(shared, schedule, 1));
    assertEquals(31, ended.getDoneCount());
  }

  @Test
  void two_backfills_of_one_range_are_both_recorded_under_numbers_of_their_own() {
    Schedule schedule = shared.schedules.createSchedule(request("twice", secondly()));
    Operation first = shared.schedules.backfillSchedule(backfill("twice", 600, 2_000).build());
    Operation second = shared.schedules.backfillSchedule(backfill("twice", 600, 2_000).build());
    assertEquals(1, first.getBackfill());
    assertEquals(2, second.getBackfill());
    assertEquals(600, shared.ended(first).getDoneCount());
    assertEquals(600, shared.ended(second).getDoneCount());
    assertEquals(seconds(BASE, BASE + 600), recorded(shared, schedule, 1));
    assertEquals(seconds(BASE, BASE + 600), recorded(shared, schedule, 2));
  }

  @Test
  void many_backfills_of_days_that_the_log_does_not_have_yet_do_not_hinder_one_another() {
    List<Operation> begun = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      shared.schedules.createSchedule(request("days-" + i, cron("0 12 * * *")));
      begun.add(
          shared.schedules.backfillSchedule(
              backfill("days-" + i, 0, 0)
                  .setStartTime(at(1_500_000_000))
                  .setEndTime(at(1_500_000_000 + 60 * 86_400))
                  .build()));
    }
    for (Operation each : begun) {
      Operation ended = shared.ended(each);
      assertEquals(Operation.State.SUCCEEDED, ended.getState(), ended::toString);
      assertEquals(60, ended.getDoneCount());
    }
  }

  @Test
  void a_request_id_begins_one_backfill_however_often_and_from_wherever_it_comes() {
    Schedule schedule = shared.schedules.createSchedule(request("once", secondly()));
    BackfillScheduleRequest request = backfill("once", 100, 0).setRequestId("6f3c").build();
    List<CompletableFuture<Operation>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      calls.add(CompletableFuture.supplyAsync(() -> shared.schedules.backfillSchedule(request)));
    }
    Set<String> names = new HashSet<>();
    calls.forEach(call -> names.add(call.join().getName()));
    assertEquals(1, names.size());
    Operation ended = shared.ended(calls.get(0).join());
    // Also when it has ended; and what is asked for must be the same.
    assertEquals(ended, shared.schedules.backfillSchedule(request));
    assertEquals(
        "ALREADY_EXISTS REQUEST_ID_REUSED",
        refusal(
            () ->
                shared.schedules.backfillSchedule(
                    backfill("once", 50, 7).setRequestId("6f3c").build())));
    assertEquals(
        100, shared.value("select count(*) from fire where schedule_num = " + schedule.getUid()));
    // An id of one schedule says nothing to another.
    shared.schedules.createSchedule(request("once-more", secondly()));
    assertNotEquals(
        ended.getName(),
        shared
            .schedules
            .backfillSchedule(backfill("once-more", 1, 0).setRequestId("6f3c").build())
            .getName());
  }

  @Test
  void no_more_fire_in_a_second_than_the_rate_allows() {
    Schedule schedule = shared.schedules.createSchedule(request("paced", secondly()));
    Operation ended =
        shared.ended(shared.schedules.backfillSchedule(backfill("paced", 1_500, 500).build()));
    assertEquals(1_500, ended.getDoneCount());
    String recorded =
        "(select recorded_at from fire where schedule_num = " + schedule.getUid() + ") as r";
    long most =
        shared.value(
            "select max(n) from (select count(*) as n from "
                + recorded
                + " group by recorded_at / 1000000) as seconds");
    assertTrue(most <= 500 * 3 / 2, "in one second: " + most);
    long span = shared.value("select max(recorded_at) - min(recorded_at) from " + recorded);
    assertTrue(span >= 2 * SECOND && span <= 20 * SECOND, "in microseconds: " + span);
  }

  private static String refused(BackfillScheduleRequest.Builder request) {
    return refusal(() -> shared.schedules.backfillSchedule(request.build()));
  }

  @Test
  void what_cannot_be_is_refused_by_name_and_stored_nowhere() {
    shared.schedules.createSchedule(request("refused", secondly()));
    shared.schedules.createSchedule(request("yearly", cron("0 0 29 2 *")));
    final long before = shared.value("select count(*) from operation");
    long now = System.currentTimeMillis() / 1_000;
    String invalid = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE ";
    assertEquals("NOT_FOUND SCHEDULE_NOT_FOUND", refused(backfill("nobody", 1, 0)));
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND",
        refused(backfill("x", 1, 0).setName(TENANT + "x/schedules/x")));
    assertEquals(
        "INVALID_ARGUMENT FIELD_REQUIRED start_time",
        refused(backfill("refused", 1, 0).clearStartTime()));
    assertEquals(
        "INVALID_ARGUMENT FIELD_REQUIRED end_time",
        refused(backfill("refused", 1, 0).clearEndTime()));
    assertEquals(invalid + "start_time", refused(backfill("refused", 1, 0).setStartTime(at(-1))));
    assertEquals(invalid + "end_time", refused(backfill("refused", 0, 0)));
    assertEquals(
        invalid + "end_time", refused(backfill("refused", 1, 0).setEndTime(at(now + 3_600))));
    assertEquals(invalid + "fires_per_second", refused(backfill("refused", 1, -1)));
    assertEquals(invalid + "fires_per_second", refused(backfill("refused", 1, 20_001)));
    assertEquals(
        invalid + "request_id", refused(backfill("refused", 1, 0).setRequestId("x".repeat(101))));
    assertEquals(
        "INVALID_ARGUMENT TOO_MANY_TIMES end_time",
        refused(backfill("refused", 1, 0).setStartTime(at(BASE - 10_000_000))));
    assertEquals("INVALID_ARGUMENT NO_TIMES start_time", refused(backfill("yearly", 1, 0)));
    assertEquals(before, shared.value("select count(*) from operation"));
  }
}
