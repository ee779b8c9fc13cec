package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.client.CarillonClient;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UpdateScheduleRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Schedules that fire every few milliseconds are changed all the time, so that mutations meet due
 * instants.
 */
@Tag("cluster")
class MutationRaceTest {

  private static final int CLIENTS = 4;
  private static final int CHANGES = 150;

  @TempDir Path folder;

  /**
   * What one schedule was from a time on (exclusive); a period of 0: it fires not at all.
   * Microseconds.
   */
  private record Era(long from, long period, long anchor) {}

  @Test
  void no_revision_fires_beyond_its_end_and_none_misses_a_time() throws Exception {
    long seed = Long.getLong("carillon.seed", System.nanoTime());
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      List<Future<List<String>>> outcomes = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        outcomes.add(
            clients.submit(
                () -> changeAndCheck(cluster, "race-" + number, new Random(seed + number))));
      }
      for (Future<List<String>> outcome : outcomes) {
        List<String> faults = outcome.get();
        assertEquals(
            List.of(),
            faults.subList(0, Math.min(10, faults.size())),
            () -> "seed " + seed + cluster.logs());
      }
      clients.shutdown();
    }
  }

  private static List<String> changeAndCheck(ProcessCluster cluster, String id, Random random)
      throws Exception {
    CarillonClient client = cluster.client();
    String name = "tenants/default/schedules/" + id;
    List<Era> eras = new ArrayList<>();
    Schedule schedule =
        client
            .schedules()
            .createSchedule(
                CreateScheduleRequest.newBuilder()
                    .setParent("tenants/default")
                    .setScheduleId(id)
                    .setSchedule(Schedule.newBuilder().setSpec(every(5, 1)))
                    .build());
    eras.add(era(schedule));
    for (int i = 0; i < CHANGES; i++) {
      if (schedule.getState() == Schedule.State.PAUSED) {
        schedule =
            client
                .schedules()
                .resumeSchedule(ResumeScheduleRequest.newBuilder().setName(name).build());
      } else if (random.nextInt(3) == 0) {
        schedule =
            client
                .schedules()
                .pauseSchedule(PauseScheduleRequest.newBuilder().setName(name).build());
      } else {
        schedule =
            client
                .schedules()
                .updateSchedule(
                    UpdateScheduleRequest.newBuilder()
                        .setSchedule(
                            Schedule.newBuilder()
                                .setName(name)
                                .setSpec(every(2 + random.nextInt(9), random.nextInt(2))))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("spec"))
                        .build());
      }
      // An update that changes nothing is none, and opens no era.
      if (Intervals.micros(schedule.getEffectiveTime()) != eras.get(eras.size() - 1).from()) {
        eras.add(era(schedule));
      }
    }
    long uid = Long.parseLong(schedule.getUid());
    client.schedules().deleteSchedule(DeleteScheduleRequest.newBuilder().setName(name).build());
    long acknowledged = Intervals.now();
    long end = endOfLife(cluster, uid, schedule);
    assertTrue(end <= acknowledged + 1_000_000, "it ends when it is deleted");
    cluster.awaitWatermark(acknowledged + 1_000_000);
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < eras.size(); i++) {
      addTimes(expected, eras.get(i), i + 1 < eras.size() ? eras.get(i + 1).from() : end);
    }
    assertTrue(expected.size() > 50, "it fired while it was changed: " + expected.size());
    try (Connection connection = cluster.connection()) {
      return Ledger.read(connection, 0, Long.MAX_VALUE).faults(uid, expected);
    }
  }

  /** Delete answers nothing, so its effective time is read from the revision that it closed. */
  private static long endOfLife(ProcessCluster cluster, long uid, Schedule last) throws Exception {
    if (last.getState() == Schedule.State.PAUSED) {
      return Intervals.micros(last.getEffectiveTime());
    }
    try (Connection connection = cluster.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "select valid_to from revision where schedule_num = ? order by version desc")) {
      query.setLong(1, uid);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static Era era(Schedule schedule) {
    IntervalRule rule = schedule.getSpec().getInterval();
    boolean fires = schedule.getState() == Schedule.State.ACTIVE;
    return new Era(
        Intervals.micros(schedule.getEffectiveTime()),
        fires ? rule.getPeriod().getNanos() / 1_000 : 0,
        Intervals.micros(rule.getAnchorTime()));
  }

  private static void addTimes(List<Long> times, Era era, long upTo) {
    if (era.period() == 0) {
      return;
    }
    long k = Math.floorDiv(era.from() - era.anchor(), era.period()) + 1;
    for (; era.anchor() + k * era.period() <= upTo; k++) {
      times.add(era.anchor() + k * era.period());
    }
  }

  private static ScheduleSpec every(int milliseconds, int anchorSeconds) {
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(Duration.newBuilder().setNanos(milliseconds * 1_000_000))
                .setAnchorTime(Timestamp.newBuilder().setSeconds(anchorSeconds).setNanos(1_000)))
        .build();
  }
}
