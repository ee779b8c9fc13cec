package io.carillon.e2e;

import static io.carillon.e2e.EveryKindOfSchedule.BEGIN;
import static io.carillon.e2e.EveryKindOfSchedule.FORWARD;
import static io.carillon.e2e.EveryKindOfSchedule.TENANT;
import static io.carillon.e2e.EveryKindOfSchedule.WINDOWS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.TextFormat;
import com.google.protobuf.util.Timestamps;
import io.carillon.e2e.EveryKindOfSchedule.Row;
import io.carillon.e2e.EveryKindOfSchedule.Window;
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

  private final List<Row> rows = new EveryKindOfSchedule().rows();

  @Test
  void the_ledger_of_every_kind_is_right_across_changes_of_the_clock(@TempDir Path folder)
      throws Exception {
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
