package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.CalendarPolicy;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.Exclusion;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Rule;
import io.carillon.v1.ScheduleSpec;
import org.junit.jupiter.api.Test;

/** What a bad spec gets: code, reason, field, position; and nothing is stored. */
class BadSpecInputTest extends BadScheduleInput {

  @Test
  void cron_expressions() {
    String field = "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @";
    spec(field + 0, cron("61 * * * *").toBuilder());
    spec(field + 2, cron("* 24 * * *").toBuilder());
    spec(field + 8, cron("0 0 * * FOO").toBuilder());
    spec(field + 0, cron("MON# * * * *").toBuilder());
    spec(
        "INVALID_ARGUMENT FIELD_REQUIRED schedule.spec.cron.expression",
        ScheduleSpec.newBuilder().setCron(CronRule.getDefaultInstance()));
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.cron.dialect",
        ScheduleSpec.newBuilder()
            .setCron(CronRule.newBuilder().setExpression("* * * * *").setDialectValue(9)));
    spec("INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec", cron("0 0 30 2 *").toBuilder());
  }

  @Test
  void an_expression_that_is_too_long() {
    for (String text : new String[] {"*,".repeat(600) + "* * * * *", LONG}) {
      CreateScheduleRequest request = request("", cron(text));
      line(
          "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @1000",
          () -> fixture.schedules.createSchedule(request));
    }
  }

  @Test
  void specs() {
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.";
    String required = "INVALID_ARGUMENT FIELD_REQUIRED schedule.spec";
    String zone = "INVALID_ARGUMENT UNKNOWN_TIME_ZONE schedule.spec.time_zone";
    spec(required, ScheduleSpec.newBuilder());
    spec(
        required + ".interval.period",
        ScheduleSpec.newBuilder().setInterval(IntervalRule.newBuilder()));
    spec(required + ".once", ScheduleSpec.newBuilder().setOnce(OnceRule.newBuilder()));
    spec(range + "interval.period", interval(-1, 0));
    spec(range + "interval.period", interval(0, 0));
    spec(range + "interval.period", interval(0, 999_000));
    spec(range + "interval.period", interval(1, 1));
    spec(range + "interval.period", interval(3660L * 86_400, 1_000));
    spec(range + "interval.period", interval(1, -1_000));
    spec(range + "interval.period", interval(Long.MAX_VALUE, 0));
    for (String name : new String[] {"CEST", "+02:00", "Mars/Phobos", "GMT+3", "a\0b", LONG}) {
      spec(zone, every(60).toBuilder().setTimeZone(name));
    }
    spec(range + "max_fires", every(60).toBuilder().setMaxFires(-1));
    spec(range + "max_fires", every(60).toBuilder().setMaxFires(1_000_000_001));
    spec(
        range + "end_time",
        every(60).toBuilder()
            .setStartTime(at("2999-01-02T00:00:00Z"))
            .setEndTime(at("2999-01-01T00:00:00Z")));
    spec(
        range + "start_time",
        every(60).toBuilder().setStartTime(Timestamp.newBuilder().setNanos(1)));
    spec(
        range + "end_time",
        every(60).toBuilder().setEndTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)));
    spec(
        range + "count_from",
        every(60).toBuilder().setMaxFires(3).setCountFrom(Timestamp.newBuilder().setNanos(-1_000)));
    spec(range + "gap", every(60).toBuilder().setGapValue(7));
    spec(range + "fold", every(60).toBuilder().setFoldValue(7));
    spec(
        range + "once.after",
        ScheduleSpec.newBuilder()
            .setOnce(OnceRule.newBuilder().setAfter(Duration.newBuilder().setSeconds(-1))));
    String never = "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec";
    spec(
        never,
        ScheduleSpec.newBuilder().setOnce(OnceRule.newBuilder().setAt(at("2020-01-01T00:00:00Z"))));
    spec(never, every(60).toBuilder().setEndTime(at("2020-01-01T00:00:00Z")));
  }

  @Test
  void dialects_and_every() {
    String syntax = "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @";
    spec(syntax + 6, cron("0 0 0 32 * ?").toBuilder());
    spec(syntax + 14, cron("0 0 0 ? * MON#6").toBuilder());
    spec(syntax + 10, cron("0 0 0 1 * 1#1").toBuilder());
    spec(syntax + 6, cron("@every").toBuilder());
    spec(syntax + 7, cron("@every x").toBuilder());
    spec(syntax + 7, cron("@every -5s").toBuilder());
    spec(syntax + 7, cron("@every " + LONG).toBuilder());
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.cron.expression";
    spec(range, cron("@every 0s").toBuilder());
    spec(range, cron("@every 999us").toBuilder());
    spec(range, cron("@every P4000D").toBuilder());
    spec(syntax + 0, cron("@reboot").toBuilder());
    String never = "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec";
    spec(never, cron("0 0 0 31W 2 ?").toBuilder());
    spec(never, cron("0 0 0 1 1 ? 2001").toBuilder());
  }

  @Test
  void recurrences_and_unions() {
    String at = "schedule.spec.recurrence.";
    spec("INVALID_ARGUMENT FIELD_REQUIRED " + at + "rrule", recurrence(""));
    spec("INVALID_ARGUMENT FIELD_REQUIRED " + at + "rrule", recurrence("RRULE:"));
    spec("INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + at + "rrule", recurrence(LONG));
    spec("INVALID_ARGUMENT RRULE_SYNTAX " + at + "rrule @5", recurrence("FREQ=NEVER"));
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + at + "dtstart",
        ScheduleSpec.newBuilder()
            .setRecurrence(
                RecurrenceRule.newBuilder()
                    .setRrule("FREQ=DAILY")
                    .setDtstart(Timestamp.newBuilder().setSeconds(1).setNanos(1_000))));
    spec(
        "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec",
        recurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"));
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.max_fires",
        recurrence("FREQ=DAILY").setMaxFires(100_001));
    String rules = "schedule.spec.union.rules";
    spec("INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + rules, union());
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE " + rules,
        union(java.util.Collections.nCopies(21, member("0 0 * * *")).toArray(Rule.Builder[]::new)));
    spec(
        "INVALID_ARGUMENT FIELD_REQUIRED " + rules + "[1]",
        union(member("0 0 * * *"), Rule.newBuilder()));
    spec(
        "INVALID_ARGUMENT CRON_SYNTAX " + rules + "[2].cron.expression @2",
        union(member("0 0 * * *"), member("@every 5s"), member("0 99 * * *")));
    spec(
        "INVALID_ARGUMENT CRON_SYNTAX " + rules + "[0].cron.expression @7",
        union(member("@every abc")));
    spec(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.max_fires",
        union(member("0 0 * * *")).setMaxFires(100_001));
    spec(
        "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec",
        union(member("0 0 30 2 *"), member("0 0 31 4 *")));
  }

  @Test
  void exclusions_calendars_and_jitter() {
    String exclusion = "schedule.spec.exclusions[0]";
    spec("INVALID_ARGUMENT FIELD_REQUIRED " + exclusion, without(Exclusion.newBuilder()));
    String malformed = "INVALID_ARGUMENT FIELD_MALFORMED " + exclusion;
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE ";
    spec("INVALID_ARGUMENT FIELD_REQUIRED " + exclusion + ".dates.first", without(dates("", "")));
    for (String text : new String[] {"2026-02-30", "2026-1-1", "tomorrow", LONG}) {
      spec(malformed + ".dates.first", without(dates(text, "")));
      spec(malformed + ".dates.last", without(dates("2026-01-01", text)));
    }
    spec(range + exclusion + ".dates.first", without(dates("1969-12-31", "")));
    spec(range + exclusion + ".dates.last", without(dates("2026-01-01", "2100-01-01")));
    spec(range + exclusion + ".dates.last", without(dates("2026-01-02", "2026-01-01")));
    Exclusion.Builder times = Exclusion.newBuilder();
    times.getTimesBuilder().setStartTime(at("2026-01-01T00:00:00Z"));
    spec(
        "INVALID_ARGUMENT FIELD_REQUIRED " + exclusion + ".times.end_time", without(times.clone()));
    times.getTimesBuilder().setEndTime(at("2026-01-01T00:00:00Z"));
    spec(range + exclusion + ".times.end_time", without(times));
    ScheduleSpec.Builder many = cron("0 0 * * *").toBuilder();
    for (int i = 0; i <= 100; i++) {
      many.addExclusions(dates("2026-01-01", ""));
    }
    spec(range + "schedule.spec.exclusions", many);
    spec(
        "INVALID_ARGUMENT SCHEDULE_NEVER_FIRES schedule.spec",
        without(dates("1970-01-01", "2099-12-31")));
    ScheduleSpec.Builder daily = cron("0 0 * * *").toBuilder();
    spec("NOT_FOUND CALENDAR_NOT_FOUND", daily.clone().addCalendars(TENANT + "/calendars/no"));
    spec(
        "INVALID_ARGUMENT FIELD_MALFORMED schedule.spec.calendars[0]",
        daily.clone().addCalendars("no"));
    spec(
        range + "schedule.spec.calendars[0]",
        daily.clone().addCalendars("tenants/other/calendars/c"));
    spec(
        range + "schedule.spec.calendars[1]",
        daily.clone().addCalendars(TENANT + "/calendars/c").addCalendars(TENANT + "/calendars/c"));
    spec(
        range + "schedule.spec.calendars",
        daily.clone().addAllCalendars(java.util.Collections.nCopies(11, "c")));
    spec(range + "schedule.spec.calendar_policy", daily.clone().setCalendarPolicyValue(9));
    spec(
        range + "schedule.spec.calendar_policy",
        every(60).toBuilder().setCalendarPolicy(CalendarPolicy.NEXT_BUSINESS_DAY));
    for (long seconds : new long[] {-1, 86_401}) {
      spec(
          range + "schedule.spec.jitter",
          daily.clone().setJitter(Duration.newBuilder().setSeconds(seconds)));
    }
    for (long seconds : new long[] {-1, 60, Long.MAX_VALUE}) {
      spec(
          range + "schedule.spec.interval.phase",
          ScheduleSpec.newBuilder()
              .setInterval(
                  IntervalRule.newBuilder()
                      .setPeriod(Duration.newBuilder().setSeconds(60))
                      .setPhase(Duration.newBuilder().setSeconds(seconds))));
    }
  }

  @Test
  void catch_ups() {
    String range = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.catch_up.";
    CatchUp.Builder all = CatchUp.newBuilder();
    schedule(range + "max_count", good().setCatchUp(all.clone().setMaxCount(-1)));
    schedule(range + "max_count", good().setCatchUp(all.clone().setMaxCount(1_000_001)));
    schedule(
        range + "max_count",
        good().setCatchUp(all.clone().setMode(CatchUp.Mode.LAST).setMaxCount(2)));
    schedule(
        range + "max_count",
        good().setCatchUp(all.clone().setMode(CatchUp.Mode.NONE).setMaxCount(1)));
    for (Duration grace :
        new Duration[] {
          Duration.newBuilder().setNanos(999_999_000).build(),
          Duration.newBuilder().setSeconds(3_601).build(),
          Duration.newBuilder().setSeconds(-1).build()
        }) {
      schedule(range + "grace", good().setCatchUp(all.clone().setGrace(grace)));
    }
    schedule(range + "mode", good().setCatchUp(all.clone().setModeValue(4)));
  }

  /** What is larger than any schedule is not even read. */
  @Test
  void megabytes_of_text_are_refused_as_they_come() {
    create(
        "RESOURCE_EXHAUSTED REQUEST_TOO_LARGE",
        request("", cron("1,".repeat(500_000))).toBuilder());
  }

  /** Long texts are refused by their length; a second for each is generous. */
  @Test
  void huge_texts_are_refused_at_once() {
    String huge = "1,".repeat(60_000);
    ScheduleSpec.Builder[] specs = {
      cron(huge).toBuilder(),
      cron("@every " + huge).toBuilder(),
      cron("H".repeat(120_000)).toBuilder(),
      cron("? ".repeat(60_000)).toBuilder(),
      recurrence(huge),
      recurrence("RRULE:" + huge),
      union(member("0 0 * * *"), member(huge)),
      every(60).toBuilder().setTimeZone(huge),
      without(dates(huge, huge)),
      cron("0 0 * * *").toBuilder().addCalendars(huge),
      cron("0 0 * * *").toBuilder().addCalendars("tenants/" + huge + "/calendars/x")
    };
    for (ScheduleSpec.Builder spec : specs) {
      long began = System.nanoTime();
      String refused = refusal(() -> fixture.schedules.createSchedule(request("", spec.build())));
      long took = System.nanoTime() - began;
      assertEquals("INVALID_ARGUMENT", refused.split(" ")[0], refused);
      assertTrue(took < 1_000_000_000L, refused + " took " + took / 1_000_000 + " ms");
    }
  }
}
