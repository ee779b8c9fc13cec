package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.RecurrenceRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.UpdateScheduleRequest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Schedules that a master was given, and what it says of them. */
abstract class StoredSchedules {

  static MasterFixture fixture;
  static int calendars = 1000;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }

  static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  static Schedule create(String id, ScheduleSpec spec) {
    return fixture.schedules.createSchedule(request(id, spec));
  }

  static Schedule get(String id) {
    return fixture.schedules.getSchedule(GetScheduleRequest.newBuilder().setName(name(id)).build());
  }

  static Schedule update(Schedule.Builder schedule) {
    return fixture.schedules.updateSchedule(
        UpdateScheduleRequest.newBuilder().setSchedule(schedule).build());
  }

  /** It is answered as it is stored, and to give it back changes nothing. */
  static ScheduleSpec stored(String id, ScheduleSpec spec) {
    Schedule created = create(id, spec);
    assertEquals(created, get(id));
    assertEquals(created, update(created.toBuilder()), "what was read is no change");
    assertEquals(
        created.getVersion(),
        update(Schedule.newBuilder().setName(name(id)).setSpec(spec)).getVersion(),
        "the same request again is no change");
    return created.getSpec();
  }

  static ScheduleSpec recurrence(String rrule) {
    return ScheduleSpec.newBuilder()
        .setRecurrence(RecurrenceRule.newBuilder().setRrule(rrule))
        .build();
  }

  static String calendar(String id, int weekend, String days) {
    fixture.value(
        "insert into calendar values ("
            + ++calendars
            + ", 'default', '"
            + id
            + "', '', '"
            + days
            + "', "
            + weekend
            + ", 1, 1, 1) returning 1");
    return TENANT + "/calendars/" + id;
  }

  static List<String> preview(PreviewScheduleRequest.Builder request) {
    return fixture.schedules.previewSchedule(request.build()).getTimesList().stream()
        .map(
            time ->
                time.getLocalTime()
                    + time.getNotesList().stream().map(note -> " " + note.getKind()).toList()
                    + (time.hasDueTime() ? "" : " not due"))
        .toList();
  }

  static PreviewScheduleRequest.Builder berlin(String expression, String from) {
    return PreviewScheduleRequest.newBuilder()
        .setSpec(cron(expression).toBuilder().setTimeZone("Europe/Berlin"))
        .setAfterTime(at(from));
  }
}
