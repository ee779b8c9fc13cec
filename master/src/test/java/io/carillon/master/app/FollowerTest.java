package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowerTest {

  private final MasterFixture leader = new MasterFixture();
  private final FollowerFixture follower = new FollowerFixture(leader.database);
  private final ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules =
      ScheduleServiceGrpc.newBlockingStub(follower.channel);

  @AfterEach
  void stop() {
    follower.close();
    leader.close();
  }

  @Test
  void what_changes_schedules_is_carried_out_by_the_leader() {
    follower.follow(leader.master);
    Schedule made = schedules.createSchedule(request("report", cron("0 3 * * *")));
    GetScheduleRequest get = GetScheduleRequest.newBuilder().setName(name("report")).build();
    assertEquals(made, schedules.getSchedule(get));
    assertEquals(made, leader.schedules.getSchedule(get));
    Schedule paused =
        schedules.pauseSchedule(
            PauseScheduleRequest.newBuilder().setName(name("report")).setReason("x").build());
    assertEquals(Schedule.State.PAUSED, paused.getState());
    assertEquals(paused, leader.schedules.getSchedule(get));
    assertEquals(
        "ALREADY_EXISTS SCHEDULE_EXISTS",
        refusal(() -> schedules.createSchedule(request("report", cron("0 4 * * *")))));
  }
}
