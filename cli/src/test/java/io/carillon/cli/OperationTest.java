package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.cluster.OperationWatch;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pause, resume and backfill, and the operations that they begin. */
@Timeout(30)
class OperationTest {

  private FakeMaster master;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
    assertEquals(0, master.run("schedule", "create", "nightly", "--every", "1s").exit());
  }

  @AfterEach
  void stop() throws Exception {
    master.close();
  }

  private Outcome ok(String... arguments) {
    Outcome outcome =
        master.run(
            "", Map.of("USER", "mara", "HOSTNAME", "web1", "CARILLON_TENANT", "acme"), arguments);
    assertEquals(ExitCode.OK, outcome.exit(), outcome.err());
    return outcome;
  }

  @Test
  void aPauseSaysUntilWhenWhyAndWho() {
    Outcome outcome =
        master.run(
            "",
            Map.of("USER", "mara", "HOSTNAME", "web1"),
            "schedule",
            "pause",
            "nightly",
            "--until",
            "2030-01-01T00:00Z",
            "--reason",
            "holiday");
    assertTrue(outcome.out().contains("PAUSED until 2030-01-01T00:00:00Z"), outcome.out());
    assertTrue(outcome.out().lines().anyMatch(l -> l.matches("Paused by: +mara@web1")));
    assertEquals("holiday", master.schedules.lastPause.getReason());
    assertTrue(master.run("schedule", "list").out().contains("PAUSED until 2030-01-01T00:00:00Z"));
    assertEquals(0, master.run("schedule", "resume", "nightly", "--catch-up").exit());
    assertTrue(master.schedules.lastResume.getCatchUp());
  }

  @Test
  void whoPausedCanBeSaid() {
    master.run("schedule", "pause", "nightly", "--by", "the deploy");
    assertEquals("the deploy", master.schedules.lastPause.getBy());
  }

  @Test
  void manyArePausedAsAnOperationThatIsWatchedToItsEnd() {
    Outcome outcome = ok("schedule", "pause", "--all", "--reason", "move");
    assertEquals("tenants/acme", master.schedules.lastBulkPause.getParent());
    assertEquals("mara@web1", master.schedules.lastBulkPause.getBy());
    assertEquals(3, master.operations.waits);
    assertTrue(outcome.out().contains("SUCCEEDED"), outcome.out());
    assertTrue(outcome.out().contains("300 of 300 (100 %)"), outcome.out());
    ok("schedule", "pause", "--label", "team=a", "--label", "x=y", "--until", "2030-01-01T00:00Z");
    assertEquals(Map.of("team", "a", "x", "y"), master.schedules.lastBulkPause.getLabelsMap());
    assertTrue(master.schedules.lastBulkPause.hasUntilTime());
    ok("schedule", "pause", "--all-tenants");
    assertEquals("tenants/-", master.schedules.lastBulkPause.getParent());
  }

  @Test
  void manyAreResumedInTheSameWays() {
    ok("schedule", "resume", "--label", "team=a", "--catch-up", "--no-wait");
    assertEquals("tenants/acme", master.schedules.lastBulkResume.getParent());
    assertTrue(master.schedules.lastBulkResume.getCatchUp());
    ok("schedule", "resume", "--paused-by-operation", "7");
    assertEquals("operations/7", master.schedules.lastBulkResume.getPauseOperation());
    assertEquals("tenants/-", master.schedules.lastBulkResume.getParent());
    ok("schedule", "resume", "--all", "--paused-by-operation", "operations/7");
    assertEquals("tenants/acme", master.schedules.lastBulkResume.getParent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "schedule pause",
        "schedule pause nightly --all",
        "schedule pause nightly --label a=b",
        "schedule pause --all --label a=b",
        "schedule pause --all --all-tenants",
        "schedule pause --all --etag e1",
        "schedule resume",
        "schedule resume nightly --paused-by-operation 7",
        "schedule backfill nightly --from 2026-01-01T00:00Z",
        "schedule backfill --from 2026-01-01T00:00Z --to 2026-01-02T00:00Z",
      })
  void whichOnesMustBeSaidWithoutContradiction(String command) {
    Outcome outcome = master.run(command.split(" "));
    assertEquals(ExitCode.USAGE, outcome.exit(), outcome.err());
    assertTrue(master.operations.stored.isEmpty());
    assertTrue(outcome.err().contains("--help`"), outcome.err());
  }

  @Test
  void aBackfillIsWatchedUnlessToldOtherwise() {
    String[] backfill = {
      "schedule",
      "backfill",
      "nightly",
      "--from",
      "2026-01-01T00:00Z",
      "--to",
      "2026-01-02T00:00Z",
      "--rate",
      "50",
      "-o",
      "json"
    };
    Outcome watched = master.run(backfill);
    assertEquals(0, watched.exit(), watched.err());
    assertEquals(
        "SUCCEEDED",
        JsonParser.parseString(watched.out()).getAsJsonObject().get("state").getAsString());
    assertEquals(50, master.schedules.lastBackfill.getFiresPerSecond());
    assertEquals("2026-01-02T00:00:00Z", TimeText.show(master.schedules.lastBackfill.getEndTime()));
    assertFalse(master.schedules.lastBackfill.getRequestId().isEmpty());
    int waits = master.operations.waits;
    Outcome left =
        master.run(
            "schedule",
            "backfill",
            "nightly",
            "--from",
            "2026-01-01T00:00Z",
            "--to",
            "2026-01-02T00:00Z",
            "--no-wait",
            "--request-id",
            "r1");
    assertTrue(left.out().contains("RUNNING"), left.out());
    assertEquals(waits, master.operations.waits);
    assertEquals("r1", master.schedules.lastBackfill.getRequestId());
  }

  @Test
  void watchingOutlivesAMaster() {
    master.operations.outages = 6;
    Outcome outcome = ok("schedule", "pause", "--all");
    assertTrue(outcome.out().contains("SUCCEEDED"), outcome.out());
    assertEquals(
        1, outcome.err().lines().filter(l -> l.contains("trying again")).count(), outcome.err());
  }

  @Test
  void anOperationThatFailsIsAFailureOfTheCommand() {
    master.operations.end = Operation.State.FAILED;
    Outcome failed = master.run("schedule", "pause", "--all");
    assertEquals(ExitCode.OTHER, failed.exit());
    assertTrue(
        failed.err().contains("operations/7 failed: the schedule was deleted"), failed.err());
    master.operations.end = Operation.State.CANCELLED;
    Outcome cancelled = master.run("schedule", "pause", "--all");
    assertEquals(ExitCode.OTHER, cancelled.exit());
    assertTrue(cancelled.err().contains("was cancelled; what it had done stays"));
  }

  @Test
  void operationsAreListedWatchedAndCancelled() {
    ok("schedule", "pause", "--all", "--no-wait");
    ok("schedule", "resume", "--all", "--no-wait");
    Outcome list = ok("operation", "list", "--running");
    assertTrue(list.outLines().get(1).matches("8 +RESUME +RUNNING +0 of 300 \\(0 %\\) .*"));
    assertTrue(master.operations.lastList.getRunning());
    assertEquals("tenants/acme", master.operations.lastList.getParent());
    ok("operation", "list", "--all-tenants");
    assertEquals("tenants/-", master.operations.lastList.getParent());
    assertTrue(ok("operation", "get", "operations/7").out().contains("as the test says"));
    assertTrue(ok("operation", "wait", "7").out().contains("SUCCEEDED"));
    assertTrue(ok("operation", "cancel", "8").out().contains("CANCELLED"));
    assertEquals(3, master.run("operation", "get", "99").exit());
  }

  @Test
  void waitingForAWhileEndsWithTheExitCodeForTryAgain() {
    ok("schedule", "pause", "--all", "--no-wait");
    Outcome outcome = master.run("operation", "wait", "7", "--for", "0s");
    assertEquals(ExitCode.UNAVAILABLE, outcome.exit());
    assertTrue(outcome.err().contains("operations/7 is still running"), outcome.err());
    assertEquals(0, master.run("operation", "wait", "7", "--for", "900ms").exit());
  }

  @Test
  void whoStopsLookingIsToldThatItGoesOn() {
    String text = OperationWatch.farewell("operations/7");
    for (String part :
        List.of("goes on", "`carillon operation wait 7`", "`carillon operation cancel 7`")) {
      assertTrue(text.contains(part), text);
    }
  }
}
