package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.v1.Schedule;
import io.grpc.Status;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ImportTest {

  private static final String GOOD =
      "MAILTO=ops@example.com\nCRON_TZ=Europe/Berlin\n0 3 * * * /usr/bin/report --daily%hello%\n@hourly sync\n";
  private static final String MIXED = GOOD + "99 * * * * broken\n@reboot nope\n5 5 * * * last\n";

  private FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  private Outcome load(String crontab, String... options) {
    String[] fixed = {"schedule", "import", "--format", "crontab", "-"};
    String[] all = java.util.Arrays.copyOf(fixed, fixed.length + options.length);
    System.arraycopy(options, 0, all, fixed.length, options.length);
    return master.run(crontab, Map.of(), all);
  }

  @Test
  void linesBecomeSchedulesThatSayWhatToRun() {
    Outcome outcome = load(GOOD, "--prefix", "Alice's", "--label", "host=web1");
    assertEquals(
        "created 2, updated 0, unchanged 0, different 0, refused 0", outcome.out().strip());
    assertEquals(0, outcome.exit());
    Schedule report =
        master.schedules.stored.values().stream()
            .filter(s -> s.getDisplayName().contains("report"))
            .findFirst()
            .orElseThrow();
    assertTrue(
        report.getName().matches("tenants/default/schedules/alice-s-report-[0-9a-f]{10}"),
        report.getName());
    assertEquals("Europe/Berlin", report.getSpec().getTimeZone());
    assertEquals(Map.of("import", "alice-s", "host", "web1"), report.getLabelsMap());
    JsonObject payload =
        JsonParser.parseString(report.getPayload().toStringUtf8()).getAsJsonObject();
    assertEquals("/usr/bin/report --daily", payload.get("command").getAsString());
    assertEquals("hello\n", payload.get("stdin").getAsString());
    assertEquals(
        "ops@example.com", payload.getAsJsonObject("environment").get("MAILTO").getAsString());
  }

  @Test
  void aSecondRunChangesNothing() {
    load(GOOD);
    var before = new TreeMap<>(master.schedules.stored);
    int writes = master.schedules.writes;
    assertEquals(
        "created 0, updated 0, unchanged 2, different 0, refused 0", load(GOOD).out().strip());
    assertEquals(before, master.schedules.stored);
    assertEquals(writes, master.schedules.writes);
  }

  @Test
  void whatDiffersIsLeftAloneUnlessToldOtherwise() {
    load(GOOD);
    assertTrue(
        load(GOOD, "--label", "new=1")
            .out()
            .startsWith("created 0, updated 0, unchanged 0, different 2"));
    assertTrue(load(GOOD, "--label", "new=1", "--update").out().startsWith("created 0, updated 2"));
    assertTrue(
        master.schedules.stored.values().stream()
            .allMatch(s -> s.getLabelsMap().containsKey("new")));
    assertTrue(
        load(GOOD, "--label", "new=1").out().startsWith("created 0, updated 0, unchanged 2"));
  }

  @Test
  void refusedLinesAreReportedAndTheOthersCreated() {
    Outcome outcome = load(MIXED);
    assertEquals(ExitCode.PARTIAL, outcome.exit());
    assertEquals(
        "created 3, updated 0, unchanged 0, different 0, refused 2", outcome.out().strip());
    assertTrue(outcome.err().contains("-:5: 99 is not a minute\n-:6: @reboot"), outcome.err());
    assertEquals(3, master.schedules.stored.size());
  }

  @Test
  void aBatchIsHalvedWhereTheRefusalDoesNotNameTheMember() {
    master.schedules.namesMembers = false;
    StringBuilder crontab = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      crontab.append(i == 37 || i == 80 ? "99" : "7").append(" * * * * job").append(i).append('\n');
    }
    Outcome outcome = load(crontab.toString(), "-o", "json");
    JsonObject result = JsonParser.parseString(outcome.out()).getAsJsonObject();
    assertEquals(98, result.get("created").getAsInt());
    assertEquals(
        38, result.getAsJsonArray("refused").get(0).getAsJsonObject().get("line").getAsInt());
    assertEquals(
        81, result.getAsJsonArray("refused").get(1).getAsJsonObject().get("line").getAsInt());
    assertTrue(master.schedules.batches < 40, "batches: " + master.schedules.batches);
  }

  @Test
  void onesThatLostTheirLabelAreStillFound() {
    load(GOOD);
    master.schedules.stored.replaceAll((name, s) -> s.toBuilder().clearLabels().build());
    assertTrue(
        load(GOOD).out().startsWith("created 0, updated 0, unchanged 0, different 2, refused 0"));
  }

  @Test
  void aDryRunIsCheckedByTheMasterAndStoresNothing() {
    Outcome outcome = load(MIXED, "--dry-run");
    assertEquals(ExitCode.PARTIAL, outcome.exit());
    assertTrue(outcome.out().contains("would have created 3"), outcome.out());
    assertTrue(outcome.err().contains("99 is not a minute"), outcome.err());
    assertEquals(Map.of(), master.schedules.stored);
  }

  @Test
  void anOutageEndsItAndSaysHowFarItCame() {
    master.schedules.failure.set(Status.Code.PERMISSION_DENIED);
    Outcome outcome = load(GOOD);
    assertEquals(ExitCode.AUTH, outcome.exit());
    assertTrue(outcome.err().contains("run it again to go on"), outcome.err());
  }

  @Test
  void aMissingFileIsSaidToBeMissing() {
    Outcome outcome = master.run("schedule", "import", "--format", "crontab", "/no/such/file");
    assertEquals(ExitCode.OTHER, outcome.exit());
    assertTrue(outcome.err().contains("no such file: /no/such/file"), outcome.err());
  }
}
