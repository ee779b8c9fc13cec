package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.TextFormat;
import com.google.protobuf.util.Timestamps;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DateRange;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Schedules of every kind on a running cluster whose time is moved across three changes of the
 * clock: what the ledger then says is what the rules say, written down here by hand.
 *
 * <p>Berlin puts its clocks forward at 2027-03-28T01:00Z (02:00 becomes 03:00) and back at
 * 2027-10-31T01:00Z (03:00 becomes 02:00). Lord Howe puts them back by half an hour at
 * 2027-04-03T15:00Z (02:00 becomes 01:30).
 */
@Tag("cluster")
class EveryKindOfScheduleTest {

  private static final String TENANT = "tenants/default";
  private static final Instant BEGIN = Instant.parse("2027-03-27T23:59:00Z");

  /** A stretch of time that is crossed in steps of half an hour; after its begin, up to its end. */
  private record Window(String begin, String end) {
    Instant from() {
      return Instant.parse(begin);
    }

    Instant to() {
      return Instant.parse(end);
    }
  }

  private static final Window FORWARD = new Window("2027-03-28T00:00:00Z", "2027-03-28T03:00:00Z");
  private static final Window HALF_HOUR =
      new Window("2027-04-03T14:00:00Z", "2027-04-03T16:00:00Z");
  private static final Window BACK = new Window("2027-10-31T00:00:00Z", "2027-10-31T02:00:00Z");
  private static final List<Window> WINDOWS = List.of(FORWARD, HALF_HOUR, BACK);

  /**
   * A schedule, and when (UTC) it fires in each of the windows.
   *
   * @param spec in the text format of protobuf, as is the rest of the schedule
   */
  private record Row(
      String id, String spec, String rest, String forward, String halfHour, String back) {

    List<String> expected(Window window) {
      String times = window == FORWARD ? forward : window == HALF_HOUR ? halfHour : back;
      return times.isEmpty() ? List.of() : List.of(times.split(" "));
    }
  }

  private final List<Row> rows = new ArrayList<>();

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

  private static String at(String instant) {
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

  private void boundRows() {
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

  @Test
  void the_ledger_of_every_kind_is_right_across_changes_of_the_clock(@TempDir Path folder)
      throws Exception {
    cronRows();
    otherRuleRows();
    boundRows();
    try (MovedCluster cluster = new MovedCluster(folder, BEGIN)) {
      ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules =
          ScheduleServiceGrpc.newBlockingStub(cluster.channel());
      FireServiceGrpc.FireServiceBlockingStub fires =
          FireServiceGrpc.newBlockingStub(cluster.channel());
      CalendarServiceGrpc.CalendarServiceBlockingStub calendars =
          CalendarServiceGrpc.newBlockingStub(cluster.channel());
      calendars.createCalendar(calendar("saturday", "2027-03-27"));
      calendars.createCalendar(calendar("sunday", "2027-03-28"));
      calendars.createCalendar(calendar("monday", "2027-03-29"));
      for (Row row : rows) {
        schedules.createSchedule(creation(row));
      }
      schedules.pauseSchedule(
          PauseScheduleRequest.newBuilder()
              .setName(name("paused-until"))
              .setUntilTime(Timestamps.fromSeconds(second("2027-03-28T01:15:00Z")))
              .build());

      assertEquals(expected(FORWARD), previewed(schedules, FORWARD), "previews");
      for (Window window : WINDOWS) {
        for (Instant to = window.from();
            !to.isAfter(window.to());
            to = to.plus(30, ChronoUnit.MINUTES)) {
          cluster.moveTo(to);
        }
        // What the last hour's jitter holds back.
        cluster.moveTo(window.to().plus(10, ChronoUnit.MINUTES));
      }

      for (Window window : WINDOWS) {
        assertEquals(expected(window), fired(fires, window), "fired in " + window);
      }
      everyQuarterIsFiredOrSkipped(ledger(fires, "runs-through"));
      whatWasMissedIsSkippedForItsReason(fires);
    }
  }

  /** From the first, at midnight UTC of 28 March, to the last, at 02:00 UTC of 31 October. */
  private static void everyQuarterIsFiredOrSkipped(List<Fire> ledger) {
    long quarter = 900;
    long next = second("2027-03-28T00:00:00Z");
    for (Fire fire : ledger) {
      assertEquals(next, fire.getNominalTime().getSeconds(), () -> "the next after a gap: " + fire);
      if (fire.getDisposition() == Fire.Disposition.SKIPPED) {
        assertEquals(Fire.SkipReason.CATCHUP_WINDOW, fire.getSkipReason());
        long last = fire.getLastNominalTime().getSeconds();
        assertEquals((last - next) / quarter + 1, fire.getSkippedCount());
        next = last;
      }
      next += quarter;
    }
    assertEquals(second("2027-10-31T02:15:00Z"), next, "the first that is not due yet");
  }

  private static void whatWasMissedIsSkippedForItsReason(
      FireServiceGrpc.FireServiceBlockingStub fires) {
    Map<String, Fire.SkipReason> reasons = new TreeMap<>();
    reasons.put("missed-last", Fire.SkipReason.CATCHUP_LIMIT);
    reasons.put("missed-none", Fire.SkipReason.CATCHUP_NONE);
    reasons.forEach(
        (id, reason) -> {
          for (Fire fire : ledger(fires, id)) {
            Instant time = instant(fire);
            if (fire.getDisposition() == Fire.Disposition.SKIPPED
                && time.isAfter(FORWARD.from())
                && !time.isAfter(FORWARD.to())) {
              assertEquals(reason, fire.getSkipReason(), fire::toString);
            }
          }
        });
  }

  private Map<String, List<String>> expected(Window window) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    rows.forEach(row -> all.put(row.id(), row.expected(window)));
    return all;
  }

  private Map<String, List<String>> previewed(
      ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules, Window window) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (Row row : rows) {
      List<String> times = new ArrayList<>();
      for (PreviewedTime time :
          schedules
              .previewSchedule(
                  PreviewScheduleRequest.newBuilder()
                      .setName(name(row.id()))
                      .setAfterTime(Timestamps.fromSeconds(window.from().getEpochSecond()))
                      .setUntilTime(Timestamps.fromSeconds(window.to().getEpochSecond()))
                      .build())
              .getTimesList()) {
        times.add(clock(Instant.ofEpochSecond(time.getNominalTime().getSeconds())));
      }
      // A preview knows no outages and no pauses.
      boolean plain = row.rest().isEmpty() && !row.id().equals("paused-until");
      all.put(row.id(), plain ? times : row.expected(window));
    }
    return all;
  }

  private Map<String, List<String>> fired(
      FireServiceGrpc.FireServiceBlockingStub fires, Window window) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (Row row : rows) {
      List<String> times = new ArrayList<>();
      for (Fire fire : ledger(fires, row.id())) {
        Instant time = instant(fire);
        boolean within = time.isAfter(window.from()) && !time.isAfter(window.to());
        if (within && fire.getDisposition() == Fire.Disposition.FIRED) {
          times.add(clock(time));
          assertTrue(
              Timestamps.compare(fire.getNominalTime(), fire.getRecordTime()) <= 0,
              () -> "never early: " + fire);
        }
      }
      all.put(row.id(), times);
    }
    return all;
  }

  private static List<Fire> ledger(FireServiceGrpc.FireServiceBlockingStub fires, String id) {
    List<Fire> all = new ArrayList<>();
    String token = "";
    do {
      var page =
          fires.listFires(
              ListFiresRequest.newBuilder()
                  .setParent(name(id))
                  .setPageSize(1000)
                  .setPageToken(token)
                  .build());
      all.addAll(page.getFiresList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private static CreateScheduleRequest creation(Row row) throws TextFormat.ParseException {
    Schedule.Builder schedule = Schedule.newBuilder();
    TextFormat.merge("spec { " + row.spec() + " } " + row.rest(), schedule);
    return CreateScheduleRequest.newBuilder()
        .setParent(TENANT)
        .setScheduleId(row.id())
        .setSchedule(schedule)
        .build();
  }

  private static CreateCalendarRequest calendar(String id, String day) {
    return CreateCalendarRequest.newBuilder()
        .setParent(TENANT)
        .setCalendarId(id)
        .setCalendar(Calendar.newBuilder().addDays(DateRange.newBuilder().setFirst(day)))
        .build();
  }

  private static String name(String id) {
    return TENANT + "/schedules/" + id;
  }

  private static long second(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }

  private static Instant instant(Fire fire) {
    return Instant.ofEpochSecond(
        fire.getNominalTime().getSeconds(), fire.getNominalTime().getNanos());
  }

  private static String clock(Instant time) {
    return time.toString().substring(11, 16);
  }
}
