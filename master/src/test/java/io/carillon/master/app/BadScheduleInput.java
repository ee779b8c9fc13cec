package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.DateRange;
import io.carillon.v1.Exclusion;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Rule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UnionRule;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A master that is sent bad input, one row of a table after another; and nothing is stored. */
abstract class BadScheduleInput {

  static final String LONG = "x".repeat(20_000);
  static MasterFixture fixture;
  static long rows;
  final Map<Callable<?>, String> table = new LinkedHashMap<>();

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

  void line(String expected, Callable<?> call) {
    table.put(call, expected);
  }

  void create(String expected, CreateScheduleRequest.Builder request) {
    line(expected, () -> fixture.schedules.createSchedule(request.build()));
  }

  void schedule(String expected, Schedule.Builder schedule) {
    create(
        expected,
        CreateScheduleRequest.newBuilder().setParent(TENANT).setSchedule(schedule.build()));
  }

  void spec(String expected, ScheduleSpec.Builder spec) {
    ScheduleSpec built = spec.build();
    schedule(expected, Schedule.newBuilder().setSpec(built));
  }

  static Schedule.Builder good() {
    return Schedule.newBuilder().setSpec(every(60));
  }

  static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }

  static ScheduleSpec.Builder interval(long seconds, int nanos) {
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(Duration.newBuilder().setSeconds(seconds).setNanos(nanos)));
  }

  static ScheduleSpec.Builder recurrence(String rrule) {
    return ScheduleSpec.newBuilder().setRecurrence(RecurrenceRule.newBuilder().setRrule(rrule));
  }

  static Rule.Builder member(String expression) {
    return Rule.newBuilder().setCron(CronRule.newBuilder().setExpression(expression));
  }

  static ScheduleSpec.Builder union(Rule.Builder... members) {
    UnionRule.Builder union = UnionRule.newBuilder();
    for (Rule.Builder member : members) {
      union.addRules(member);
    }
    return ScheduleSpec.newBuilder().setUnion(union);
  }

  static ScheduleSpec.Builder without(Exclusion.Builder exclusion) {
    return cron("0 0 * * *").toBuilder().addExclusions(exclusion);
  }

  static Exclusion.Builder dates(String first, String last) {
    return Exclusion.newBuilder().setDates(DateRange.newBuilder().setFirst(first).setLast(last));
  }
}
