package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Timestamp;
import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.TimeNote;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Preview, describe and explain. */
@Timeout(30)
class PreviewTest {

  private static final String LOCAL = "2026-03-29T03:00:00+02:00[Europe/Berlin]";

  private FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
    Timestamp nominal = Timestamp.newBuilder().setSeconds(1_774_746_000).build();
    master.schedules.preview =
        PreviewScheduleResponse.newBuilder()
            .setDescription("At 02:30")
            .setTzdbVersion("2026a")
            .addTimes(
                PreviewedTime.newBuilder()
                    .setNominalTime(nominal)
                    .setDueTime(nominal.toBuilder().setNanos(500_000_000))
                    .setLocalTime(LOCAL)
                    .addNotes(
                        TimeNote.newBuilder()
                            .setKind(TimeNote.Kind.SHIFTED_OUT_OF_GAP)
                            .setText("02:30 does not exist")))
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  @Test
  void aPreviewBeginsWithTheDescription() {
    List<String> lines = master.run("schedule", "preview", "nightly", "--count", "1").outLines();
    assertEquals("At 02:30", lines.get(0));
    assertTrue(lines.get(1).matches("LOCAL TIME +UTC +DUE +NOTES"), lines.get(1));
    assertEquals(
        LOCAL + "  2026-03-29T01:00:00Z  2026-03-29T01:00:00.5Z  02:30 does not exist",
        lines.get(2));
  }

  @Test
  void columnsWithNothingInThemAreLeftOut() {
    var preview = master.schedules.preview.toBuilder();
    preview.getTimesBuilder(0).clearNotes().setDueTime(preview.getTimes(0).getNominalTime());
    master.schedules.preview = preview.build();
    assertTrue(
        master.run("schedule", "preview", "nightly").outLines().get(1).matches("LOCAL TIME +UTC"));
  }

  @Test
  void aPreviewAsksForWhatTheOptionsSay() {
    Outcome outcome =
        master.run(
            "schedule",
            "preview",
            "--cron",
            "H H * * *",
            "--id",
            "nightly",
            "--tenant",
            "acme",
            "--since",
            "2026-03-01T00:00Z",
            "--until",
            "2026-04-01T00:00Z",
            "--language",
            "de",
            "--show-excluded",
            "-o",
            "json");
    assertEquals(0, outcome.exit(), outcome.err());
    JsonObject answer = JsonParser.parseString(outcome.out()).getAsJsonObject();
    assertEquals("At 02:30", answer.get("description").getAsString());
    assertEquals(1, answer.getAsJsonArray("times").size());
    var request = master.schedules.lastPreview;
    assertEquals("nightly", request.getScheduleId());
    assertEquals("tenants/acme", request.getParent());
    assertEquals("de", request.getLanguage());
    assertEquals("2026-04-01T00:00:00Z", TimeText.show(request.getUntilTime()));
    assertTrue(request.getShowExcluded());
    assertEquals(2, master.run("schedule", "preview", "nightly", "--id", "x").exit());
  }

  @Test
  void describeIsTheSentenceAlone() {
    Outcome outcome = master.run("schedule", "describe", "nightly", "--language", "fr");
    assertEquals("At 02:30\n", outcome.out());
    assertEquals("fr", master.schedules.lastPreview.getLanguage());
    assertEquals("At 02:30\n", master.run("schedule", "describe", "--cron", "@daily").out());
    assertEquals(2, master.run("schedule", "describe").exit());
  }

  @Test
  void aDraftWithHAndNoIdIsRemarkedOn() {
    String remark = "what H stands for depends on the id of the schedule: give it by --id\n";
    assertEquals(
        remark, master.run("schedule", "preview", "--cron", "H * * * *", "-o", "json").err());
    assertEquals(remark, remarks("--cron", "H * * * *"));
    assertEquals(remark, remarks("--cron", "@daily", "--cron", "0 H * * *"));
    assertEquals("", remarks("--cron", "H * * * *", "--id", "x"));
    assertEquals("", remarks("--cron", "0 0 * * THU"));
    assertEquals("", remarks("nightly"));
  }

  @Test
  void aLanguageThatIsNotKnownIsSaid() {
    master.schedules.preview = master.schedules.preview.toBuilder().setLanguage("en").build();
    assertEquals(
        "this cannot be described in \"xx\": it is in English\n",
        remarks("nightly", "--language", "xx"));
    assertEquals("", remarks("nightly", "--language", "en-GB"));
    assertEquals("", remarks("nightly"));
  }

  @Test
  void explainTakesATimeOrAFire() {
    Outcome outcome = master.run("fire", "explain", "nightly", "2026-03-29T03:00+02:00");
    assertEquals(0, outcome.exit(), outcome.err());
    for (String line :
        List.of(
            "Verdict: +WAS_FIRED",
            "Summary: +The second rule says so\\.",
            "Rule: +0 3 \\* \\* \\*",
            "Zone rules: +2026a")) {
      assertTrue(outcome.out().lines().anyMatch(l -> l.matches(line)), outcome.out());
    }
    var request = master.fires.explanations.get(0);
    assertEquals("tenants/default/schedules/nightly", request.getSchedule());
    assertEquals("2026-03-29T01:00:00Z", TimeText.show(request.getNominalTime()));
    String fire = "tenants/default/schedules/nightly/fires/42-1774746000000000-s";
    assertEquals(0, master.run("fire", "explain", fire).exit());
    assertEquals(fire, master.fires.explanations.get(1).getFire());
    assertEquals(0, master.run("fire", "explain", "nightly", "42-1774746000000000-s").exit());
    assertEquals(fire, master.fires.explanations.get(2).getFire());
    assertEquals(2, master.run("fire", "explain", "nightly").exit());
    assertEquals(2, master.run("fire", "explain", "nightly", "2026-03-29T99:00Z").exit());
    Outcome neither = master.run("fire", "explain", "nightly", "yesterday");
    assertEquals(2, neither.exit());
    assertTrue(neither.err().contains("or give a fire id such as 42-"), neither.err());
  }

  @Test
  void explainTakesLocalTimesOfTheSchedulesZone() {
    master.run("schedule", "create", "nightly", "--cron", "30 2 * * *", "--zone", "Europe/Berlin");
    assertEquals("2026-07-01T00:30:00Z", explained("2026-07-01T02:30").time());
    Explained gap = explained("2026-03-29T02:30");
    assertEquals("2026-03-29T01:00:00Z", gap.time());
    assertTrue(gap.err().contains("2026-03-29T02:30 does not exist in Europe/Berlin"), gap.err());
    Explained fold = explained("2026-10-25T02:30");
    assertEquals("2026-10-25T00:30:00Z", fold.time());
    assertTrue(fold.err().contains("the other is 2026-10-25T01:30:00Z"), fold.err());
  }

  private record Explained(String time, String err) {}

  private Explained explained(String time) {
    Outcome outcome = master.run("fire", "explain", "nightly", time);
    assertEquals(0, outcome.exit(), outcome.err());
    var requests = master.fires.explanations;
    return new Explained(
        TimeText.show(requests.get(requests.size() - 1).getNominalTime()), outcome.err());
  }

  @Test
  void previewSaysWhereItsYearsEnd() {
    master.schedules.preview = PreviewScheduleResponse.newBuilder().setNote("ends 2099").build();
    Outcome outcome =
        master.run("schedule", "preview", "--cron", "@daily", "--since", "2100-01-01T00:00Z");
    assertEquals(0, outcome.exit(), outcome.err());
    assertTrue(outcome.err().contains("ends 2099"), outcome.err());
  }

  private String remarks(String... subject) {
    List<String> words = new ArrayList<>(List.of("schedule", "describe"));
    words.addAll(List.of(subject));
    return master.run(words.toArray(String[]::new)).err();
  }
}
