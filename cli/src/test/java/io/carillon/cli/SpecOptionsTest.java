package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.CalendarPolicy;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CronRule;
import io.carillon.v1.DateRange;
import io.carillon.v1.Exclusion;
import io.carillon.v1.Rule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options of a spec become. */
@Timeout(30)
class SpecOptionsTest {

  private static final String NIGHTLY = "tenants/default/schedules/nightly";

  private FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  private Outcome run(String verb, String... options) {
    return master.run(
        Stream.concat(Stream.of("schedule", verb, "nightly"), Arrays.stream(options))
            .toArray(String[]::new));
  }

  private Schedule done(String verb, String... options) {
    Outcome outcome = run(verb, options);
    assertEquals(ExitCode.OK, outcome.exit(), outcome.err());
    return master.schedules.stored.get(NIGHTLY);
  }

  private ScheduleSpec created(String... options) {
    return done("create", options).getSpec();
  }

  @Test
  void severalRulesAreAUnion() {
    List<Rule> rules =
        created(
                "--cron",
                "0 9 * * 1-5",
                "--every",
                "1h30m",
                "--cron",
                "0 12 * * 6",
                "--rrule",
                "FREQ=DAILY",
                "--at",
                "2030-01-01T00:00Z",
                "--after",
                "5m")
            .getUnion()
            .getRulesList();
    assertEquals(
        List.of("0 9 * * 1-5", "0 12 * * 6"),
        rules.subList(0, 2).stream().map(rule -> rule.getCron().getExpression()).toList());
    assertEquals(5400, rules.get(2).getInterval().getPeriod().getSeconds());
    assertEquals("FREQ=DAILY", rules.get(3).getRecurrence().getRrule());
    assertEquals("2030-01-01T00:00:00Z", TimeText.show(rules.get(4).getOnce().getAt()));
    assertEquals(300, rules.get(5).getOnce().getAfter().getSeconds());
    assertEquals(6, rules.size());
  }

  @Test
  void theDialectIsOfEveryCronAndLeftToTheServerUnlessGiven() {
    List<Rule> rules =
        created("--cron", "0 0 9 L * ?", "--cron", "0 0 9 ? * 6#2", "--dialect", "quartz")
            .getUnion()
            .getRulesList();
    assertTrue(rules.stream().allMatch(r -> r.getCron().getDialect() == CronRule.Dialect.QUARTZ));
    master.schedules.stored.clear();
    assertEquals(
        CronRule.Dialect.DIALECT_UNSPECIFIED,
        created("--cron", "0 0 9 L * ?").getCron().getDialect());
  }

  @ParameterizedTest
  @CsvSource({"90s", "1m30s", "PT90S", "PT1M30S"})
  void periodsAreWrittenInManyWays(String text) {
    assertEquals(90, created("--every", text).getInterval().getPeriod().getSeconds());
  }

  @Test
  void intervalsHaveAnAnchorAndAPhase() {
    var interval =
        created("--every", "1h", "--anchor", "2026-01-01T00:00Z", "--phase", "5m").getInterval();
    assertEquals("2026-01-01T00:00:00Z", TimeText.show(interval.getAnchorTime()));
    assertEquals(300, interval.getPhase().getSeconds());
    var phased = done("update", "--phase", "7m").getSpec().getInterval();
    assertFalse(phased.hasAnchorTime());
    assertEquals(420, phased.getPhase().getSeconds());
    assertEquals(3600, phased.getPeriod().getSeconds());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-27T15:00, 2026-03-27T14:00:00Z",
    "2026-07-31T15:00:30, 2026-07-31T13:00:30Z",
    "2026-03-27T15:00Z, 2026-03-27T15:00:00Z",
    "2026-03-27T15:00-05:00, 2026-03-27T20:00:00Z",
    "2026-10-25T02:30, 2026-10-25T00:30:00Z"
  })
  void timesWithoutAnOffsetAreLocal(String given, String instant) {
    ScheduleSpec spec =
        created("--rrule", "FREQ=DAILY", "--dtstart", given, "--zone", "Europe/Berlin");
    assertEquals(instant, TimeText.show(spec.getRecurrence().getDtstart()));
    ScheduleSpec updated = done("update", "--start", given).getSpec();
    assertEquals(instant, TimeText.show(updated.getStartTime()));
  }

  @Test
  void exclusionsAreDaysOrTimes() {
    List<Exclusion> excluded =
        created(
                "--every",
                "1h",
                "--zone",
                "Europe/Berlin",
                "--exclude",
                "2026-12-24",
                "--exclude",
                "2026-12-28..2026-12-31",
                "--exclude",
                "2026-12-01T10:00:00Z..2026-12-01T12:00:00Z",
                "--exclude",
                "2026-12-02T10:00..2026-12-02T12:00")
            .getExclusionsList();
    assertEquals(DateRange.newBuilder().setFirst("2026-12-24").build(), excluded.get(0).getDates());
    assertEquals(
        DateRange.newBuilder().setFirst("2026-12-28").setLast("2026-12-31").build(),
        excluded.get(1).getDates());
    assertEquals("2026-12-01T12:00:00Z", TimeText.show(excluded.get(2).getTimes().getEndTime()));
    assertEquals("2026-12-02T09:00:00Z", TimeText.show(excluded.get(3).getTimes().getStartTime()));
  }

  @Test
  void updatesAddExclusionsAndCalendarsAndTakeThemAwayAsAWhole() {
    created("--cron", "@daily", "--exclude", "2026-12-24", "--calendar", "a");
    ScheduleSpec more =
        done(
                "update",
                "--exclude",
                "2026-12-25",
                "--exclude",
                "2026-12-24",
                "--calendar",
                "b",
                "--on-day-off",
                "previous")
            .getSpec();
    assertEquals(2, more.getExclusionsCount());
    assertEquals(
        List.of("tenants/default/calendars/a", "tenants/default/calendars/b"),
        more.getCalendarsList());
    assertEquals(CalendarPolicy.PREVIOUS_BUSINESS_DAY, more.getCalendarPolicy());
    ScheduleSpec less =
        done("update", "--no-exclude", "--exclude", "2027-01-01", "--no-calendar").getSpec();
    assertEquals("2027-01-01", less.getExclusions(0).getDates().getFirst());
    assertEquals(1, less.getExclusionsCount());
    assertEquals(0, less.getCalendarsCount());
    assertEquals(CalendarPolicy.CALENDAR_POLICY_UNSPECIFIED, less.getCalendarPolicy());
    assertEquals("@daily", less.getCron().getExpression());
  }

  @Test
  void boundsAndJitterAreKeptUntilTheyAreChanged() {
    created(
        "--cron",
        "@hourly",
        "--max-fires",
        "9",
        "--count-from",
        "2026-01-01T00:00Z",
        "--jitter",
        "30s");
    ScheduleSpec changed = done("update", "--cron", "@daily").getSpec();
    assertEquals(9, changed.getMaxFires());
    assertEquals("2026-01-01T00:00:00Z", TimeText.show(changed.getCountFrom()));
    assertEquals(30, changed.getJitter().getSeconds());
    assertEquals(0, done("update", "--jitter", "0s").getSpec().getJitter().getSeconds());
  }

  @Test
  void catchUpIsChangedPartByPart() {
    CatchUp created =
        done(
                "create",
                "--every",
                "10m",
                "--catch-up",
                "all",
                "--catch-up-window",
                "3h",
                "--catch-up-max",
                "3",
                "--catch-up-grace",
                "30s")
            .getCatchUp();
    assertEquals(CatchUp.Mode.ALL, created.getMode());
    assertEquals(10800, created.getWindow().getSeconds());
    assertEquals(3, created.getMaxCount());
    assertEquals(30, created.getGrace().getSeconds());
    assertEquals(
        created.toBuilder().setMode(CatchUp.Mode.LAST).clearMaxCount().build(),
        done("update", "--catch-up", "last").getCatchUp());
    assertEquals(List.of("catch_up"), master.schedules.lastUpdate.getUpdateMask().getPathsList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--every 1s --dialect unix | --dialect goes with --cron only",
        "--cron @daily --phase 5m | --phase goes with --every only",
        "--cron @daily --dtstart 2026-01-01T00:00 | --dtstart goes with --rrule only",
        "--cron @daily --on-day-off next | --on-day-off goes with --calendar only",
        "--cron @daily --exclude 2026-13-01 | --exclude: \"2026-13-01\" is no day",
        "--cron @daily --exclude 2026-12-26..2026-12-24 | --exclude: \"2026-12-26..2026-12-24\" ends before",
        "--cron @daily --exclude 2026-12-26T10:00Z..2026-12-26T10:00Z | ends before it begins",
        "--cron @daily --exclude 2026-12-26..2026-12-27T10:00Z | --exclude: \"2026-12-26\" is not a time",
        "--at 2026-12-01T25:00 | or 2026-03-29T03:00 for local time of --zone",
        "--cron @daily --dialect vixie | --dialect",
        "--cron @daily --jitter soon | --jitter",
        "--cron @daily --catch-up some | --catch-up",
        "--rrule FREQ=DAILY --dtstart 2026-03-29T02:30 --zone Europe/Berlin | --dtstart: the clocks of Europe/Berlin",
        "--cron @daily --start 2026-03-29T02:30 --zone Europe/Atlantis | --zone: there is no time zone",
        "--dialect unix | say when",
      })
  void whatMakesNoSenseIsRefusedAndTheOptionNamed(String options, String reason) {
    Outcome outcome = run("create", options.split(" "));
    assertEquals(ExitCode.USAGE, outcome.exit(), outcome.err());
    assertTrue(outcome.err().contains(reason), outcome.err());
    assertFalse(master.schedules.stored.containsKey(NIGHTLY));
  }

  @Test
  void detailsOfAUnionCannotBeChangedAlone() {
    created("--cron", "@daily", "--cron", "@hourly");
    Outcome outcome = run("update", "--dialect", "unix");
    assertEquals(ExitCode.USAGE, outcome.exit());
    assertTrue(outcome.err().contains("give all of them again"), outcome.err());
  }

  @Test
  void getShowsAllOfIt() {
    String shown =
        run(
                "create",
                "--cron",
                "0 9 * * *",
                "--dialect",
                "unix",
                "--every",
                "1h",
                "--zone",
                "Europe/Berlin",
                "--exclude",
                "2026-12-24..2026-12-26",
                "--calendar",
                "office",
                "--on-day-off",
                "next",
                "--jitter",
                "30s",
                "--catch-up",
                "last",
                "--catch-up-window",
                "2h")
            .out();
    for (String line :
        List.of(
            "When: +0 9 \\* \\* \\* \\| every 1h",
            "Kind: +2 rules: cron \\(UNIX\\), interval",
            "Zone: +Europe/Berlin",
            "Calendars: +office \\(on a day off: the next business day\\)",
            "Excluded: +2026-12-24\\.\\.2026-12-26",
            "Jitter: +up to 30s",
            "Catch-up: +LAST, within 2h")) {
      assertTrue(shown.lines().anyMatch(l -> l.matches(line)), line + " in:\n" + shown);
    }
  }
}
