package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CronRule;
import io.carillon.v1.CronRule.Dialect;
import io.carillon.v1.DateRange;
import io.carillon.v1.Exclusion;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Rule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.TimeRange;
import io.carillon.v1.UnionRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every kind of spec, through the API and back. */
class ScheduleKindsTest extends StoredSchedules {

  @Test
  void the_dialect_of_an_expression_is_guessed() {
    assertEquals(Dialect.UNIX, stored("unix", cron("5 4 * * *")).getCron().getDialect());
    assertEquals(Dialect.UNIX, stored("macro", cron("@daily")).getCron().getDialect());
    assertEquals(Dialect.SECONDS, stored("sec", cron("0 5 4 * * *")).getCron().getDialect());
    assertEquals(Dialect.QUARTZ, stored("quartz", cron("0 0 9 LW * ?")).getCron().getDialect());
    assertEquals(Dialect.QUARTZ, stored("year", cron("0 0 9 ? * 2 2098")).getCron().getDialect());
  }

  @Test
  void every_becomes_an_interval() {
    for (String text : new String[] {"@every 90s", "@every PT90S", "@EVERY  1m30s "}) {
      ScheduleSpec spec = stored("every-" + text.hashCode() % 1000 + "x", cron(text));
      assertEquals(seconds(90), spec.getInterval().getPeriod(), text);
    }
    assertEquals(
        Duration.newBuilder().setNanos(500_000_000).build(),
        stored("half", cron("@every 500ms")).getInterval().getPeriod());
    assertEquals(seconds(2 * 86_400), stored("d", cron("@every 2d")).getInterval().getPeriod());
  }

  @Test
  void a_phase_moves_the_anchor_away_from_1970() {
    ScheduleSpec given =
        ScheduleSpec.newBuilder()
            .setInterval(IntervalRule.newBuilder().setPeriod(seconds(3600)).setPhase(seconds(300)))
            .build();
    ScheduleSpec spec = stored("phase", given);
    assertEquals(at("1970-01-01T00:05:00Z"), spec.getInterval().getAnchorTime());
    assertEquals(300, get("phase").getNextTime().getSeconds() % 3600);
  }

  @Test
  void a_recurrence_begins_with_the_call_and_keeps_its_beginning() {
    long before = System.currentTimeMillis() / 1000;
    ScheduleSpec spec = stored("recurrence", recurrence("RRULE:FREQ=MONTHLY;BYDAY=-1FR"));
    assertEquals("FREQ=MONTHLY;BYDAY=-1FR", spec.getRecurrence().getRrule());
    long begins = spec.getRecurrence().getDtstart().getSeconds();
    assertTrue(begins >= before - 1 && begins <= before + 30);
    ScheduleSpec other =
        update(
                Schedule.newBuilder()
                    .setName(name("recurrence"))
                    .setSpec(
                        ScheduleSpec.newBuilder()
                            .setRecurrence(
                                RecurrenceRule.newBuilder()
                                    .setRrule("FREQ=DAILY")
                                    .setDtstart(at("2026-01-01T09:00:00Z")))))
            .getSpec();
    assertEquals(at("2026-01-01T09:00:00Z"), other.getRecurrence().getDtstart());
    assertEquals(9, get("recurrence").getNextTime().getSeconds() / 3600 % 24);
  }

  @Test
  void a_union_has_the_times_of_all_its_rules() {
    ScheduleSpec given =
        ScheduleSpec.newBuilder()
            .setUnion(
                UnionRule.newBuilder()
                    .addRules(
                        Rule.newBuilder().setCron(CronRule.newBuilder().setExpression("0 9 * * *")))
                    .addRules(
                        Rule.newBuilder()
                            .setCron(CronRule.newBuilder().setExpression("0 0 17 ? * MON-FRI")))
                    .addRules(
                        Rule.newBuilder()
                            .setRecurrence(
                                RecurrenceRule.newBuilder()
                                    .setRrule("FREQ=DAILY")
                                    .setDtstart(at("2026-01-01T09:00:00Z"))))
                    .addRules(
                        Rule.newBuilder()
                            .setOnce(OnceRule.newBuilder().setAt(at("2098-06-02T03:04:05Z"))))
                    .addRules(
                        Rule.newBuilder()
                            .setInterval(IntervalRule.newBuilder().setPeriod(seconds(3 * 86_400)))))
            .setMaxFires(1000)
            .build();
    ScheduleSpec spec = stored("union", given);
    assertEquals(Dialect.QUARTZ, spec.getUnion().getRules(1).getCron().getDialect());
    assertTrue(spec.getUnion().getRules(4).getInterval().hasAnchorTime());
    List<PreviewedTime> times =
        fixture
            .schedules
            .previewSchedule(
                PreviewScheduleRequest.newBuilder()
                    .setSpec(
                        given.toBuilder()
                            .clearMaxFires()
                            .setUnion(given.getUnion().toBuilder().removeRules(4)))
                    .setAfterTime(at("2098-06-02T00:00:00Z"))
                    .setUntilTime(at("2098-06-03T00:00:00Z"))
                    .build())
            .getTimesList();
    assertEquals(
        List.of(at("2098-06-02T03:04:05Z"), at("2098-06-02T09:00:00Z"), at("2098-06-02T17:00:00Z")),
        times.stream().map(PreviewedTime::getNominalTime).toList());
  }

  @Test
  void exclusions_and_jitter_are_kept_as_they_were_given() {
    ScheduleSpec given =
        cron("0 9 * * *").toBuilder()
            .addExclusions(
                Exclusion.newBuilder().setDates(DateRange.newBuilder().setFirst("2098-12-24")))
            .addExclusions(
                Exclusion.newBuilder()
                    .setTimes(
                        TimeRange.newBuilder()
                            .setStartTime(at("2098-01-01T00:00:00Z"))
                            .setEndTime(at("2098-02-01T00:00:00Z"))))
            .setJitter(seconds(600))
            .build();
    ScheduleSpec spec = stored("excluded", given);
    assertEquals("2098-12-24", spec.getExclusions(0).getDates().getLast());
    assertEquals(given.getExclusions(1), spec.getExclusions(1));
    assertEquals(seconds(600), spec.getJitter());
  }

  @Test
  void due_times_of_a_stored_schedule_are_jittered_and_always_the_same() {
    create("jittered", cron("0 * * * *").toBuilder().setJitter(seconds(600)).build());
    PreviewScheduleRequest request =
        PreviewScheduleRequest.newBuilder().setName(name("jittered")).setCount(50).build();
    List<PreviewedTime> times = fixture.schedules.previewSchedule(request).getTimesList();
    Set<Long> delays = new HashSet<>();
    for (PreviewedTime time : times) {
      long delay = time.getDueTime().getSeconds() - time.getNominalTime().getSeconds();
      assertTrue(delay >= 0 && delay <= 600);
      delays.add(delay);
    }
    assertTrue(delays.size() > 20, "spread: " + delays);
    Timestamp first = times.get(0).getNominalTime();
    PreviewScheduleRequest later = request.toBuilder().setAfterTime(first).build();
    List<PreviewedTime> again = fixture.schedules.previewSchedule(later).getTimesList();
    assertEquals(times.get(1), again.get(0));
  }

  @Test
  void a_hash_slot_depends_on_the_name_alone_and_spreads() {
    Set<Long> minutes = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      String id = "slot-" + i;
      Schedule created = create(id, cron("H H * * *"));
      assertEquals("H H * * *", created.getSpec().getCron().getExpression());
      minutes.add(created.getNextTime().getSeconds() % 86_400 / 60);
      PreviewScheduleRequest draft =
          PreviewScheduleRequest.newBuilder()
              .setSpec(cron("H H * * *"))
              .setParent(TENANT)
              .setScheduleId(id)
              .build();
      assertEquals(
          created.getNextTime().getSeconds() % 86_400,
          fixture.schedules.previewSchedule(draft).getTimes(0).getNominalTime().getSeconds()
              % 86_400);
    }
    assertTrue(minutes.size() > 30, "spread: " + minutes);
    Schedule unnamed = fixture.schedules.createSchedule(request("", cron("H H * * *")));
    String id = unnamed.getName().substring(name("").length());
    assertEquals(unnamed.getNextTime().getSeconds() % 86_400, nextOfDraft(id));
  }

  private static long nextOfDraft(String id) {
    return fixture
            .schedules
            .previewSchedule(
                PreviewScheduleRequest.newBuilder()
                    .setSpec(cron("H H * * *"))
                    .setScheduleId(id)
                    .build())
            .getTimes(0)
            .getNominalTime()
            .getSeconds()
        % 86_400;
  }

  @Test
  void what_to_catch_up_is_kept() {
    CatchUp[] given = {
      CatchUp.getDefaultInstance(),
      CatchUp.newBuilder().setMode(CatchUp.Mode.ALL).setMaxCount(7).setGrace(seconds(20)).build(),
      CatchUp.newBuilder().setMode(CatchUp.Mode.LAST).setWindow(seconds(86_400)).build(),
      CatchUp.newBuilder().setMode(CatchUp.Mode.NONE).setGrace(seconds(1)).build()
    };
    CatchUp[] shown = {
      catchUp(CatchUp.Mode.ALL, 3600, 0, 10),
      catchUp(CatchUp.Mode.ALL, 3600, 7, 20),
      catchUp(CatchUp.Mode.LAST, 86_400, 0, 10),
      catchUp(CatchUp.Mode.NONE, 3600, 0, 1)
    };
    for (int i = 0; i < given.length; i++) {
      Schedule schedule = Schedule.newBuilder().setSpec(every(60)).setCatchUp(given[i]).build();
      String id = "catch-up-" + i;
      fixture.schedules.createSchedule(
          request(id, every(60)).toBuilder().setSchedule(schedule).build());
      Schedule read = get(id);
      assertEquals(shown[i], read.getCatchUp());
      assertEquals(read, update(read.toBuilder()));
    }
  }

  private static CatchUp catchUp(CatchUp.Mode mode, long window, int max, long grace) {
    return CatchUp.newBuilder()
        .setMode(mode)
        .setWindow(seconds(window))
        .setMaxCount(max)
        .setGrace(seconds(grace))
        .build();
  }

  @Test
  void a_revision_tells_its_time_zone_rules() {
    Schedule created = create("zone-rules", cron("0 9 * * *"));
    assertNotEquals("", created.getTzdbVersion());
    assertEquals(
        1,
        fixture.value(
            "select count(*) from revision where tzdb_version = '"
                + created.getTzdbVersion()
                + "' and schedule_num = "
                + created.getUid()));
  }
}
