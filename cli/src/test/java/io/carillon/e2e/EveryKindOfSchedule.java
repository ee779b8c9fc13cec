package io.carillon.e2e;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Schedules of every kind, and when they fire as the clocks of their zones change: computed by
 * hand.
 */
final class EveryKindOfSchedule {

  static final String TENANT = "tenants/default";
  static final Instant BEGIN = Instant.parse("2027-03-27T23:59:00Z");

  /** A span of time that is crossed in steps of half an hour; after its begin, up to its end. */
  record Window(String begin, String end) {
    Instant from() {
      return Instant.parse(begin);
    }

    Instant to() {
      return Instant.parse(end);
    }
  }

  static final Window FORWARD = new Window("2027-03-28T00:00:00Z", "2027-03-28T03:00:00Z");
  static final Window HALF_HOUR = new Window("2027-04-03T14:00:00Z", "2027-04-03T16:00:00Z");
  static final Window BACK = new Window("2027-10-31T00:00:00Z", "2027-10-31T02:00:00Z");
  static final List<Window> WINDOWS = List.of(FORWARD, HALF_HOUR, BACK);

  /**
   * A schedule, and when (UTC) it fires in each of the windows.
   *
   * @param spec in the text format of protobuf, as is the rest of the schedule
   */
  record Row(String id, String spec, String rest, String forward, String halfHour, String back) {

    List<String> expected(Window window) {
      String times = window == FORWARD ? forward : window == HALF_HOUR ? halfHour : back;
      return times.isEmpty() ? List.of() : List.of(times.split(" "));
    }
  }

  private final List<Row> rows = new ArrayList<>();

  EveryKindOfSchedule() {
    cronRows();
    otherRuleRows();
    exclusionRows();
    boundRows();
  }

  List<Row> rows() {
    return rows;
  }

  private void row(String id, String spec, String forward, String halfHour, String back) {
    rows.add(new Row(id, spec, "", forward, halfHour, back));
  }

  private static String cron(String expression) {
    return "cron { expression: '" + expression + "' } ";
  }

  private static String berlin(String rule) {
    return rule + " time_zone: 'Europe/Berlin' ";
  }

  private static String lordHowe(String rule) {
    return rule + " time_zone: 'Australia/Lord_Howe' ";
  }

  static String at(String instant) {
    return "{ seconds: " + Instant.parse(instant).getEpochSecond() + " } ";
  }

  private void cronRows() {
    row("gap-shift", berlin(cron("30 2 * * *")), "01:00", "", "00:30");
    row("gap-skip", berlin(cron("30 2 * * *")) + "gap: GAP_SKIP", "", "", "00:30");
    row("fold-last", berlin(cron("30 2 * * *")) + "fold: FOLD_LAST", "01:00", "", "01:30");
    row("fold-both", berlin(cron("30 2 * * *")) + "fold: FOLD_BOTH", "01:00", "", "00:30 01:30");
    row(
        "runs-through",
        berlin(cron("*/15 * * * *")),
        "00:15 00:30 00:45 01:00 01:15 01:30 01:45 02:00 02:15 02:30 02:45 03:00",
        "14:15 14:30 14:45 15:00 15:15 15:30 15:45 16:00",
        "00:15 00:30 00:45 01:00 01:15 01:30 01:45 02:00");
    row(
        "seconds",
        berlin(cron("0 0/20 2-3 * * *")),
        "01:00 01:20 01:40",
        "",
        "00:20 00:40 01:00 01:20 01:40 02:00");
    row("quartz", berlin(cron("0 15 2 ? * SUNL")), "01:00", "", "00:15");
    row("quartz-year", berlin(cron("0 30 3 L-3 3 ? 2027")), "01:30", "", "");
    row("macro", berlin(cron("@hourly")), "01:00 02:00 03:00", "15:00 16:00", "01:00 02:00");
    row("lord-howe-first", lordHowe(cron("45 1 * * *")), "", "14:45", "");
    row("lord-howe-last", lordHowe(cron("45 1 * * *")) + "fold: FOLD_LAST", "", "15:15", "");
    row("lord-howe-both", lordHowe(cron("45 1 * * *")) + "fold: FOLD_BOTH", "", "14:45 15:15", "");
    row(
        "lord-howe-through",
        lordHowe(cron("*/20 * * * *")),
        "00:20 00:40 01:00 01:20 01:40 02:00 02:20 02:40 03:00",
        "14:20 14:40 15:10 15:30 15:50",
        "00:20 00:40 01:00 01:20 01:40 02:00");
  }

  private void otherRuleRows() {
    row(
        "interval",
        "interval { period { seconds: 3000 } anchor_time " + at("2027-03-28T00:10:00Z") + "}",
        "00:10 01:00 01:50 02:40",
        "14:30 15:20",
        "00:30 01:20");
    row("once", "once { at " + at("2027-03-28T01:00:00Z") + "}", "01:00", "", "");
    row(
        "rrule-daily",
        berlin("recurrence { rrule: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=45;BYSECOND=0' } "),
        "01:00",
        "",
        "00:45");
    row(
        "rrule-hourly",
        berlin(
            "recurrence { rrule: 'FREQ=HOURLY;INTERVAL=2' dtstart "
                + at("2027-03-27T23:00:00Z")
                + "}"),
        "01:00 03:00",
        "15:00",
        "01:00");
    row(
        "union",
        berlin(
            "union { rules { cron { expression: '0 3 * * *' } } rules { once { at "
                + at("2027-03-28T01:00:00Z")
                + "} } rules { recurrence { rrule: 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0;BYSECOND=0' } } }"),
        "01:00",
        "",
        "02:00");
  }

  private void exclusionRows() {
    row(
        "excluded",
        berlin(cron("*/30 * * * *"))
            + "exclusions { times { start_time "
            + at("2027-03-28T01:00:00Z")
            + "end_time "
            + at("2027-03-28T02:00:00Z")
            + "} } exclusions { dates { first: '2027-10-31' } }",
        "00:30 02:00 02:30 03:00",
        "14:30 15:00 15:30 16:00",
        "");
    row(
        "day-off-skip",
        berlin(cron("0 4 * * *")) + "calendars: '" + TENANT + "/calendars/sunday'",
        "",
        "",
        "");
    row(
        "day-off-previous",
        berlin(cron("0 4 * * 1"))
            + "calendars: '"
            + TENANT
            + "/calendars/monday' calendar_policy: PREVIOUS_BUSINESS_DAY",
        "02:00",
        "",
        "");
    row(
        "day-off-next",
        berlin(cron("0 4 * * 6"))
            + "calendars: '"
            + TENANT
            + "/calendars/saturday' calendar_policy: NEXT_BUSINESS_DAY",
        "02:00",
        "",
        "");
  }

  private void boundRows() {
    row(
        "bounded",
        cron("*/10 * * * *") + "start_time " + at("2027-03-28T00:30:00Z") + "max_fires: 3",
        "00:30 00:40 00:50",
        "",
        "");
    row(
        "jittered",
        cron("0 * * * *") + "jitter { seconds: 300 }",
        "01:00 02:00 03:00",
        "15:00 16:00",
        "01:00 02:00");
    rows.add(
        new Row(
            "missed-last",
            cron("*/10 * * * *"),
            "catch_up { mode: LAST grace { seconds: 300 } }",
            "00:20 00:30 00:50 01:00 01:20 01:30 01:50 02:00 02:20 02:30 02:50 03:00",
            "14:20 14:30 14:50 15:00 15:20 15:30 15:50 16:00",
            "00:20 00:30 00:50 01:00 01:20 01:30 01:50 02:00"));
    rows.add(
        new Row(
            "missed-none",
            cron("*/10 * * * *"),
            "catch_up { mode: NONE grace { seconds: 300 } }",
            "00:30 01:00 01:30 02:00 02:30 03:00",
            "14:30 15:00 15:30 16:00",
            "00:30 01:00 01:30 02:00"));
    row(
        "paused-until",
        cron("*/30 * * * *"),
        "01:30 02:00 02:30 03:00",
        "14:30 15:00 15:30 16:00",
        "00:30 01:00 01:30 02:00");
  }
}
