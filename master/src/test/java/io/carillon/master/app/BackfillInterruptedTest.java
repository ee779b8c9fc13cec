package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import io.carillon.master.TestDatabase;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.Schedule;
import io.carillon.v1.UpdateScheduleRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Backfills that are cancelled, cut short, or go on under another leader. */
class BackfillInterruptedTest extends Backfills {

  @Test
  void a_cancelled_backfill_stops_and_what_it_recorded_is_what_it_says() {
    Schedule schedule = shared.schedules.createSchedule(request("cancelled", secondly()));
    Operation begun =
        shared.schedules.backfillSchedule(backfill("cancelled", 1_000_000, 1_000).build());
    await("progress", () -> get(shared, begun).getDoneCount() > 0);
    Operation running = get(shared, begun);
    assertTrue(running.getUpdateTime().getSeconds() >= running.getCreateTime().getSeconds());
    long before = System.nanoTime();
    cancel(begun);
    Operation ended = shared.ended(begun);
    assertEquals(Operation.State.CANCELLED, ended.getState());
    assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(5));
    assertTrue(ended.getDoneCount() < 1_000_000);
    assertEquals(seconds(BASE, BASE + ended.getDoneCount()), recorded(shared, schedule, 1));
    // It has no effect any more.
    assertEquals(ended, cancel(begun));
  }

  @Test
  void a_slow_backfill_hears_of_its_cancellation_between_two_fires() {
    shared.schedules.createSchedule(request("slow", secondly()));
    Operation begun = shared.schedules.backfillSchedule(backfill("slow", 1_000, 1).build());
    await("the first fire", () -> get(shared, begun).getDoneCount() > 0);
    cancel(begun);
    assertEquals(Operation.State.CANCELLED, shared.ended(begun).getState());
  }

  @Test
  void an_update_meanwhile_does_not_change_what_is_fired() {
    Schedule schedule = shared.schedules.createSchedule(request("updated", secondly()));
    Operation begun = shared.schedules.backfillSchedule(backfill("updated", 1_000, 500).build());
    shared.schedules.updateSchedule(
        UpdateScheduleRequest.newBuilder()
            .setSchedule(schedule.toBuilder().setSpec(cron("0 3 * * *")))
            .setUpdateMask(FieldMask.newBuilder().addPaths("spec"))
            .build());
    assertEquals(1_000, shared.ended(begun).getDoneCount());
    assertEquals(seconds(BASE, BASE + 1_000), recorded(shared, schedule, 1));
    assertEquals(
        List.of(schedule.getVersion()),
        shared.values(
            "select distinct version from fire where schedule_num = " + schedule.getUid()));
  }

  @Test
  void a_schedule_that_is_deleted_meanwhile_ends_it_and_it_says_so() {
    shared.schedules.createSchedule(request("deleted", secondly()));
    Operation begun = shared.schedules.backfillSchedule(backfill("deleted", 100_000, 50).build());
    await("progress", () -> get(shared, begun).getDoneCount() > 0);
    shared.schedules.deleteSchedule(
        DeleteScheduleRequest.newBuilder().setName(name("deleted")).build());
    Operation ended = shared.ended(begun);
    assertEquals(Operation.State.FAILED, ended.getState());
    assertEquals("the schedule was deleted; what was recorded stays", ended.getError());
  }

  @Test
  void a_restart_in_the_middle_neither_loses_nor_doubles_a_fire() {
    Schedule schedule;
    Operation begun;
    MasterFixture first = new MasterFixture();
    try (first) {
      schedule = first.schedules.createSchedule(request("restarted", secondly()));
      begun = first.schedules.backfillSchedule(backfill("restarted", 6_000, 2_000).build());
      await("some fires", () -> recorded(first, schedule, 1).size() > 1_000);
    }
    assertTrue(recorded(first, schedule, 1).size() < 6_000);
    // The most that a leader can fail to store: it is the log that knows.
    first.value("update operation set position = 0, done = 0 returning num");
    try (MasterFixture second = new MasterFixture(first.database)) {
      Operation ended = second.ended(begun);
      assertEquals(Operation.State.SUCCEEDED, ended.getState());
      assertEquals(6_000, ended.getDoneCount());
      assertEquals(seconds(BASE, BASE + 6_000), recorded(second, schedule, 1));
    }
  }

  @Test
  void commits_of_unknown_outcome_and_another_leader_neither_lose_nor_double_a_fire()
      throws Exception {
    var direct = TestDatabase.config();
    int port = Integer.parseInt(direct.url().replaceFirst("^.*:(\\d+)/.*$", "$1"));
    try (TcpProxy proxy = new TcpProxy(port);
        MasterFixture first = new MasterFixture(MasterServerTest.at(direct, proxy.port()))) {
      Schedule schedule = first.schedules.createSchedule(request("cut", secondly()));
      Operation begun = first.schedules.backfillSchedule(backfill("cut", 20_000, 5_000).build());
      for (int i = 1; i <= 3; i++) {
        int some = 2_000 * i;
        await("some fires", () -> recorded(first, schedule, 1).size() > some);
        proxy.cut();
        proxy.heal();
      }
      await("more fires", () -> recorded(first, schedule, 1).size() > 8_000);
      proxy.cut();
      // The first does not know that it has been deposed.
      try (MasterFixture second = started(direct)) {
        proxy.heal();
        Operation ended = second.ended(begun);
        assertEquals(Operation.State.SUCCEEDED, ended.getState());
        assertEquals(20_000, ended.getDoneCount());
        assertEquals(seconds(BASE, BASE + 20_000), recorded(second, schedule, 1));
      }
    }
  }
}
