package io.carillon.master.api.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.delivery.DeliveryRig;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.ExplainFireResponse.Verdict;
import io.carillon.v1.TimeNote;
import io.grpc.StatusRuntimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Why a schedule fired at a time, or did not: over a ledger and revisions made by hand. */
class ExplainFireTest {

  private static final long SECOND = 1_000_000;
  private static final long HOUR = 3_600 * SECOND;
  private static final long DAY = 24 * HOUR;

  /** A Sunday, on which clocks in Berlin are put forward from 02:00 to 03:00. */
  private static final long MARCH_29 = Micros.parse("2026-03-29T00:00:00Z");

  private static final long DAILY = 7001;
  private static final long JITTERED = 7002;
  private static final long OLD = 7003;
  private static final long NEW = 7004;
  private static final long BOTH = 7005;
  private static final String PARENT = "tenants/default/schedules/";

  private static DeliveryRig rig;
  private static long seq;

  private static ScheduleSpec spec(Rule rule, long jitter) {
    return new ScheduleSpec(
        rule,
        ZoneId.of("Europe/Berlin"),
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        0,
        0,
        GapPolicy.SHIFT,
        FoldPolicy.FIRST,
        List.of(
            new DateExclusion(
                DayRange.of(LocalDate.parse("2026-04-03"), LocalDate.parse("2026-04-04")))),
        BusinessDays.ALL,
        jitter);
  }

  private static Rule cron(String expression) {
    return new CronRule(Dialect.UNIX, expression);
  }

  @BeforeAll
  static void record() {
    rig = new DeliveryRig();
    for (int day = -5; day < 12; day++) {
      io.carillon.master.TestDatabase.makeDay(rig.database.core(), MARCH_29 + day * DAY);
    }
    String daily = spec(cron("30 2 * * *"), 0).canonical();
    // In force from the 27th to noon of the 30th, and again from noon of the 31st.
    rig.addSchedule(DAILY, "daily", 1, daily, 1, MARCH_29 - 2 * DAY, "");
    created(DAILY, MARCH_29 - 2 * DAY);
    revisionEnds(DAILY, MARCH_29 + DAY + 12 * HOUR);
    revision(DAILY, 2, MARCH_29 + 2 * DAY + 12 * HOUR, daily);
    fire(DAILY, MARCH_29 - DAY + HOUR + HOUR / 2, 0, 0, 2 * SECOND);
    fire(DAILY, MARCH_29 + HOUR, 0, 0, 3_000);
    fire(DAILY, MARCH_29 - DAY + 17, 1, 0, 0);
    fire(DAILY, MARCH_29 - DAY + HOUR + HOUR / 2, FireKind.BACKFILL.code(3), 0, 50 * HOUR);
    String jittered = spec(cron("0 12 * * *"), HOUR).canonical();
    rig.addSchedule(JITTERED, "jittered", 1, jittered, 1, MARCH_29 - 2 * DAY, "");
    created(JITTERED, MARCH_29 - 2 * DAY);
    run(JITTERED, MARCH_29 + 10 * HOUR, MARCH_29 + 2 * DAY + 10 * HOUR, 3, 1);
    String hourly = ScheduleSpec.of(new IntervalRule(HOUR, 0), ZoneId.of("UTC")).canonical();
    rig.addSchedule(OLD, "named", 4, hourly, 1, MARCH_29, "");
    created(OLD, MARCH_29);
    revisionEnds(OLD, MARCH_29 + DAY);
    set(OLD, "effective_time = " + (MARCH_29 + DAY));
    rig.addSchedule(NEW, "named", 2, hourly, 1, MARCH_29 + 2 * DAY, "");
    created(NEW, MARCH_29 + 2 * DAY);
    revisionEnds(NEW, MARCH_29 + 3 * DAY);
    set(NEW, "pause_since = " + (MARCH_29 + 3 * DAY) + ", pause_by = 'ada', pause_reason = 'move'");
    String both =
        ScheduleSpec.of(
                new UnionRule(List.of(cron("0 9 * * *"), cron("0 17 * * *"))), ZoneId.of("UTC"))
            .canonical();
    rig.addSchedule(BOTH, "both", 1, both, 1, MARCH_29, "");
    created(BOTH, MARCH_29);
  }

  private static void set(long schedule, String assignments) {
    rig.database.core().execute("update schedule set " + assignments + " where num = ?", schedule);
  }

  private static void created(long schedule, long at) {
    set(schedule, "create_time = " + at + ", effective_time = " + at);
  }

  private static void revisionEnds(long schedule, long at) {
    rig.database
        .core()
        .execute("update revision set valid_to = ? where schedule_num = ?", at, schedule);
  }

  private static void revision(long schedule, long version, long from, String spec) {
    rig.database
        .core()
        .execute(
            "insert into revision values (?, ?, 0, ?, null, null, ?, 0, 1, '', 'text/plain')",
            schedule,
            version,
            from,
            spec);
  }

  private static void fire(long schedule, long nominal, int kind, int reason, long late) {
    rig.database
        .core()
        .execute(
            "insert into fire values (?, ?, ?, ?, 1, 1, ?, 0, 1, 0, ?, ?)",
            nominal,
            schedule,
            ++seq,
            nominal + late,
            nominal,
            kind,
            reason);
  }

  private static void run(long schedule, long first, long last, int reason, int count) {
    rig.database
        .core()
        .execute(
            "insert into fire values (?, ?, ?, ?, 1, 1, ?, ?, 1, 0, 0, ?)",
            first,
            schedule,
            ++seq,
            last + HOUR,
            last,
            count,
            reason);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static ExplainFireResponse explain(String id, long nominal) {
    return rig.fires()
        .explainFire(
            ExplainFireRequest.newBuilder()
                .setSchedule(PARENT + id)
                .setNominalTime(Timestamps.of(nominal))
                .build());
  }

  private static ExplainFireResponse explainFire(String id, String fire) {
    return rig.fires()
        .explainFire(
            ExplainFireRequest.newBuilder().setFire(PARENT + id + "/fires/" + fire).build());
  }

  private static void assertSays(String expected, ExplainFireResponse answer) {
    assertTrue(answer.getSummary().contains(expected), answer.getSummary());
  }

  @Test
  void aFireIsExplainedByItsRule() {
    long nominal = MARCH_29 - DAY + HOUR + HOUR / 2;
    ExplainFireResponse fired = explain("daily", nominal);
    assertEquals(Verdict.WAS_FIRED, fired.getVerdict());
    assertSays("recorded 2 seconds after it was due", fired);
    assertSays("'30 2 * * *' in Europe/Berlin", fired);
    assertEquals("2026-03-28T02:30:00+01:00[Europe/Berlin]", fired.getLocalTime());
    assertEquals(1, fired.getVersion());
    assertEquals(fired.getFire().getNominalTime(), fired.getDueTime());
    assertEquals(Timestamps.of(MARCH_29 + HOUR), fired.getNextTime());
    assertEquals(Timestamps.of(nominal - DAY), fired.getPreviousTime());
    assertEquals(fired, explainFire("daily", DAILY + "-" + nominal + "-s"));
  }

  @Test
  void aTimeThatWasShiftedOutOfAGapSaysSo() {
    ExplainFireResponse shifted = explain("daily", MARCH_29 + HOUR);
    assertEquals(Verdict.WAS_FIRED, shifted.getVerdict());
    assertEquals(TimeNote.Kind.SHIFTED_OUT_OF_GAP, shifted.getNotes(0).getKind());
    assertEquals("2026-03-29T03:00:00+02:00[Europe/Berlin]", shifted.getLocalTime());
    assertSays("does not exist", shifted);
  }

  @Test
  void otherKindsOfFiresAreExplainedToo() {
    ExplainFireResponse manual = explainFire("daily", DAILY + "-" + (MARCH_29 - DAY + 17) + "-m");
    assertEquals(Verdict.WAS_FIRED, manual.getVerdict());
    assertSays("TriggerSchedule", manual);
    ExplainFireResponse backfill =
        explainFire("daily", DAILY + "-" + (MARCH_29 - DAY + HOUR + HOUR / 2) + "-b3");
    assertEquals(Verdict.WAS_FIRED, backfill.getVerdict());
    assertSays("by backfill 3", backfill);
    assertEquals(3, backfill.getFire().getBackfill());
  }

  @Test
  void aTimeWithinASkippedRunWasSkipped() {
    long nominal = MARCH_29 + DAY + 10 * HOUR;
    ExplainFireResponse skipped = explain("jittered", nominal);
    assertEquals(Verdict.WAS_SKIPPED, skipped.getVerdict());
    assertEquals(Timestamps.of(MARCH_29 + 10 * HOUR), skipped.getFire().getNominalTime());
    assertSays("the catch-up mode is NONE", skipped);
    assertFalse(
        skipped.getDueTime().getSeconds() == skipped.getFire().getNominalTime().getSeconds());
    assertEquals(Verdict.NOT_A_TIME, explain("jittered", nominal + 1).getVerdict());
  }

  @Test
  void aTimeThatIsNotRecordedIsPendingWithItsJitter() {
    long later = MARCH_29 + 9 * DAY + 10 * HOUR;
    ExplainFireResponse pending = explain("jittered", later);
    assertEquals(Verdict.PENDING, pending.getVerdict());
    long due = pending.getDueTime().getSeconds() * SECOND + pending.getDueTime().getNanos() / 1_000;
    assertTrue(due > later && due <= later + HOUR);
    assertEquals(TimeNote.Kind.JITTERED, pending.getNotes(0).getKind());
    assertEquals(
        Verdict.PENDING, explain("jittered", Micros.parse("2098-06-02T10:00:00Z")).getVerdict());
  }

  @Test
  void otherTimesAreNoneOrLeftOut() {
    ExplainFireResponse none = explain("daily", MARCH_29 - DAY);
    assertEquals(Verdict.NOT_A_TIME, none.getVerdict());
    assertFalse(none.hasDueTime());
    assertEquals(Timestamps.of(MARCH_29 - DAY + HOUR + HOUR / 2), none.getNextTime());
    ExplainFireResponse excluded = explain("daily", Micros.parse("2026-04-03T00:30:00Z"));
    assertEquals(Verdict.EXCLUDED, excluded.getVerdict());
    assertSays("2026-04-03 to 2026-04-04", excluded);
    assertEquals(2, excluded.getVersion());
  }

  @Test
  void theRuleOfAUnionIsNamed() {
    assertEquals(0, explain("both", MARCH_29 + 9 * HOUR).getRuleIndex());
    ExplainFireResponse second = explain("both", MARCH_29 + 17 * HOUR);
    assertEquals(1, second.getRuleIndex());
    assertSays("'0 17 * * *'", second);
  }

  @Test
  void aTimeOutsideOfAllRevisionsWasNotInForce() {
    ExplainFireResponse paused = explain("daily", MARCH_29 + 2 * DAY + HOUR / 2);
    assertEquals(Verdict.NOT_IN_FORCE, paused.getVerdict());
    assertEquals(0, paused.getVersion());
    assertSays("was paused from 2026-03-30T12:00:00Z to 2026-03-31T12:00:00Z", paused);
    assertSays(
        "was not there yet: it was created at 2026-03-27", explain("daily", MARCH_29 - 9 * DAY));
    assertSays("deleted at 2026-03-30T00:00:00Z", explain("named", MARCH_29 + DAY + HOUR));
    ExplainFireResponse present = explain("named", MARCH_29 + 4 * DAY);
    assertSays("paused from 2026-04-01T00:00:00Z until it is resumed, by ada: move", present);
    assertSays("created at 2026-03-29T00:00:00Z", explain("named", MARCH_29 - HOUR));
  }

  @Test
  void aDeletedScheduleIsFoundByNameAndByUid() {
    long nominal = MARCH_29 + 5 * HOUR;
    ExplainFireResponse byName = explain("named", nominal);
    assertEquals(Verdict.PENDING, byName.getVerdict());
    assertEquals(byName, explainFire("named", OLD + "-" + nominal + "-s"));
    assertEquals(
        Verdict.NOT_IN_FORCE, explainFire("named", NEW + "-" + nominal + "-s").getVerdict());
  }

  private static String refusal(ExplainFireRequest.Builder request) {
    return Refusals.of(
        assertThrows(StatusRuntimeException.class, () -> rig.fires().explainFire(request.build())));
  }

  @Test
  void whatIsWrongWithARequestIsNamed() {
    String bad = "INVALID_ARGUMENT ";
    ExplainFireRequest.Builder none = ExplainFireRequest.newBuilder();
    assertEquals(bad + "FIELD_REQUIRED schedule", refusal(none));
    assertEquals(
        bad + "FIELD_REQUIRED nominal_time", refusal(none.clone().setSchedule(PARENT + "daily")));
    assertEquals(bad + "FIELD_MALFORMED fire", refusal(none.clone().setFire("x")));
    assertEquals(
        bad + "FIELD_MALFORMED fire", refusal(none.clone().setFire(PARENT + "daily/fires/12")));
    assertEquals(
        bad + "FIELD_OUT_OF_RANGE fire",
        refusal(none.clone().setFire(PARENT + "daily/fires/1-2-s").setSchedule(PARENT + "daily")));
    assertEquals(
        "NOT_FOUND FIRE_NOT_FOUND", refusal(none.clone().setFire(PARENT + "daily/fires/1-2-s")));
    assertEquals(
        "NOT_FOUND FIRE_NOT_FOUND",
        refusal(none.clone().setFire(PARENT + "daily/fires/" + DAILY + "-2-m")));
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND",
        refusal(none.clone().setSchedule(PARENT + "no").setNominalTime(Timestamps.of(1))));
    assertEquals(
        "NOT_FOUND TENANT_NOT_FOUND",
        refusal(
            none.clone().setSchedule("tenants/x/schedules/no").setNominalTime(Timestamps.of(1))));
  }
}
