package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.CronRule;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.Schedule;
import io.grpc.Status;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CommandTest extends CommandAtFakeMaster {

  @Test
  void createSendsWhatTheOptionsSay(@TempDir Path folder) throws Exception {
    Path payload = Files.writeString(folder.resolve("p.json"), "{}");
    Schedule schedule =
        created(
            "schedule",
            "create",
            "nightly",
            "--cron",
            "0 3 * * *",
            "--zone",
            "Europe/Berlin",
            "--start",
            "2026-01-01T00:00:00+01:00",
            "--end",
            "2027-01-01T00:00Z",
            "--max-fires",
            "9",
            "--gap",
            "skip",
            "--label",
            "team=a",
            "--label",
            "x=y",
            "--payload",
            "@" + payload,
            "--payload-type",
            "application/json",
            "--display-name",
            "Nightly report",
            "--catch-up-window",
            "2h",
            "--destination",
            "reports",
            "--dialect",
            "unix");
    assertEquals("0 3 * * *", schedule.getSpec().getCron().getExpression());
    assertEquals(CronRule.Dialect.UNIX, schedule.getSpec().getCron().getDialect());
    assertEquals("Europe/Berlin", schedule.getSpec().getTimeZone());
    assertEquals("2025-12-31T23:00:00Z", TimeText.show(schedule.getSpec().getStartTime()));
    assertEquals(9, schedule.getSpec().getMaxFires());
    assertEquals(GapPolicy.GAP_SKIP, schedule.getSpec().getGap());
    assertEquals(Map.of("team", "a", "x", "y"), schedule.getLabelsMap());
    assertEquals("{}", schedule.getPayload().toStringUtf8());
    assertEquals("application/json", schedule.getPayloadType());
    assertEquals("Nightly report", schedule.getDisplayName());
    assertEquals(7200, schedule.getCatchUp().getWindow().getSeconds());
    assertEquals("tenants/default/destinations/reports", schedule.getDestination());
  }

  @Test
  void createTakesIntervalsAndSingleTimes() {
    assertEquals(
        90,
        created("schedule", "create", "nightly", "--every", "PT1M30S")
            .getSpec()
            .getInterval()
            .getPeriod()
            .getSeconds());
    master.schedules.stored.clear();
    assertEquals(
        600,
        created("schedule", "create", NIGHTLY, "--after", "10m")
            .getSpec()
            .getOnce()
            .getAfter()
            .getSeconds());
    master.schedules.stored.clear();
    assertTrue(
        created("schedule", "create", "nightly", "--at", "2030-01-01T00:00Z")
            .getSpec()
            .getOnce()
            .hasAt());
  }

  @Test
  void validateOnlyStoresNothing() {
    Outcome outcome =
        master.run("schedule", "create", "nightly", "--every", "1s", "--validate-only");
    assertEquals(ExitCode.OK, outcome.exit());
    assertEquals(Map.of(), master.schedules.stored);
    assertTrue(outcome.err().contains("nothing was stored"), outcome.err());
  }

  @Test
  void wrongUsageIsExitCode2AndSaysWhatToDo() {
    for (String[] wrong :
        List.of(
            new String[] {"schedule", "create", "nightly"},
            new String[] {"schedule", "create", "nightly", "--every", "1s", "--dialect", "unix"},
            new String[] {"schedule", "create", "nightly", "--every", "soon"},
            new String[] {"schedule", "create", "nightly", "--at", "tomorrow"},
            new String[] {
              "schedule",
              "create",
              "nightly",
              "--cron",
              "* * * * *",
              "--anchor",
              "2030-01-01T00:00Z"
            },
            new String[] {"schedule", "list", "--state", "asleep"},
            new String[] {"schedule", "preview"},
            new String[] {"schedule", "preview", "nightly", "--every", "1s"},
            new String[] {"schedule"},
            new String[] {"subscribe", "--no-ack", "--nack", "1s"},
            new String[] {"subscribe", "--reason", "busy"},
            new String[] {"fire", "get", "f1"},
            new String[] {"schedule", "get"},
            new String[] {"schedule", "list", "--server", "no spaces allowed"},
            new String[] {"schedule", "list", "-o", "xml"},
            new String[] {})) {
      Outcome outcome = master.run(wrong);
      assertEquals(ExitCode.USAGE, outcome.exit(), () -> String.join(" ", wrong) + ": " + outcome);
      assertTrue(outcome.err().contains("--help`"), outcome.err());
      assertEquals("", outcome.out());
    }
    assertEquals(Map.of(), master.schedules.stored);
  }

  @Test
  void refusalsHaveAnExitCodeForEachKind() {
    created("schedule", "create", "nightly", "--every", "1s");
    assertEquals(3, master.run("schedule", "get", "other").exit());
    assertEquals(4, master.run("schedule", "create", "nightly", "--every", "1s").exit());
    assertEquals(
        4, master.run("schedule", "update", "nightly", "--every", "2s", "--etag", "old").exit());
    assertEquals(0, master.run("schedule", "pause", "nightly", "--reason", "holiday").exit());
    assertEquals(4, master.run("schedule", "pause", "nightly").exit());
    assertEquals(2, master.run("schedule", "create", "x", "--cron", "99 * * * *").exit());
    assertEquals(4, master.run("cluster", "drain", "n1").exit());
    assertEquals(4, master.run("cluster", "delete-node", "n1").exit());
    assertEquals(0, master.run("cluster", "delete-node", "n2").exit());
    for (var code :
        Map.of(
                Status.Code.UNAUTHENTICATED, 5,
                Status.Code.PERMISSION_DENIED, 5,
                Status.Code.DEADLINE_EXCEEDED, 6,
                Status.Code.INTERNAL, 1,
                Status.Code.RESOURCE_EXHAUSTED, 1)
            .entrySet()) {
      master.schedules.failure.set(code.getKey());
      assertEquals(
          code.getValue(), master.run("schedule", "get", "nightly").exit(), code.toString());
    }
  }

  @Test
  void anUnreachableMasterIsExitCode6AndTheNextStepIsNamed() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Outcome outcome =
        master.run(
            "",
            Map.of("CARILLON_COMMAND", "bin/carillon"),
            "schedule",
            "list",
            "--server",
            "127.0.0.1:" + closed);
    assertEquals(ExitCode.UNAVAILABLE, outcome.exit());
    assertTrue(
        outcome
            .err()
            .contains(
                "cannot reach a master at 127.0.0.1:"
                    + closed
                    + "; start one with `bin/carillon dev`"),
        outcome.err());
  }

  @Test
  void errorsAreJsonWhereResultsAre() {
    Outcome refused = master.run("-o", "json", "schedule", "create", "x", "--cron", "99 * * * *");
    JsonObject error =
        JsonParser.parseString(refused.err()).getAsJsonObject().getAsJsonObject("error");
    assertEquals("INVALID_ARGUMENT", error.get("code").getAsString());
    assertEquals("CRON_SYNTAX", error.get("reason").getAsString());
    assertEquals(2, error.get("exitCode").getAsInt());
    assertEquals(
        "schedule.spec.cron.expression",
        error
            .getAsJsonArray("fieldViolations")
            .get(0)
            .getAsJsonObject()
            .get("field")
            .getAsString());
    Outcome usage = master.run("schedule", "create", "--evry", "1s", "-o", "json");
    assertEquals(
        "INVALID_ARGUMENT",
        JsonParser.parseString(usage.err())
            .getAsJsonObject()
            .getAsJsonObject("error")
            .get("code")
            .getAsString());
    Outcome byEnvironment =
        master.run("", Map.of("CARILLON_OUTPUT", "json"), "schedule", "get", "x");
    assertTrue(byEnvironment.err().startsWith("{"), byEnvironment.err());
  }

  @Test
  void listsAreTablesOrJsonArraysOverAllPages() {
    for (String id : List.of("a", "b", "c", "d", "e")) {
      master.run("schedule", "create", id, "--every", "1s", "--label", "k=" + id);
    }
    Outcome table = master.run("schedule", "list");
    assertEquals(6, table.outLines().size(), table.out());
    assertTrue(table.outLines().get(0).startsWith("SCHEDULE  STATE"), table.out());
    assertTrue(table.outLines().get(1).matches("a +ACTIVE +every 1s .*k=a"), table.out());
    JsonArray json =
        JsonParser.parseString(master.run("schedule", "list", "-o", "json").out()).getAsJsonArray();
    assertEquals(5, json.size());
    assertEquals(3, master.run("schedule", "list", "--limit", "2").outLines().size());
    assertEquals(2, master.run("schedule", "list", "--label", "k=b").outLines().size());
    assertEquals(
        "[]", master.run("schedule", "list", "-o", "json", "--tenant", "nobody").out().strip());
  }

  @Test
  void updateChangesOnlyWhatIsNamed() {
    created(
        "schedule",
        "create",
        "nightly",
        "--cron",
        "0 3 * * *",
        "--zone",
        "Europe/Berlin",
        "--label",
        "a=1",
        "--label",
        "b=2");
    assertEquals(
        0,
        master
            .run(
                "schedule",
                "update",
                "nightly",
                "--cron",
                "0 4 * * *",
                "--label",
                "c=3",
                "--remove-label",
                "a")
            .exit());
    Schedule changed = master.schedules.stored.get(NIGHTLY);
    assertEquals("0 4 * * *", changed.getSpec().getCron().getExpression());
    assertEquals("Europe/Berlin", changed.getSpec().getTimeZone());
    assertEquals(Map.of("b", "2", "c", "3"), changed.getLabelsMap());
    assertEquals(
        List.of("spec", "labels"), master.schedules.lastUpdate.getUpdateMask().getPathsList());
    assertEquals("e1", master.schedules.lastUpdate.getSchedule().getEtag());
    assertEquals(2, master.run("schedule", "update", "nightly").exit());
  }

  @Test
  void previewsAreOfStoredOnesOrDrafts() {
    Outcome draft =
        master.run(
            "schedule",
            "preview",
            "--cron",
            "0 3 * * *",
            "--zone",
            "Europe/Berlin",
            "--count",
            "1");
    assertTrue(draft.out().contains("2026-03-29T03:00:00+02:00[Europe/Berlin]"), draft.out());
    assertTrue(master.schedules.lastPreview.hasSpec());
    assertEquals(
        0, master.run("schedule", "preview", "nightly", "--since", "2026-01-01T00:00Z").exit());
    assertEquals(NIGHTLY, master.schedules.lastPreview.getName());
  }

  @Test
  void optionsComeFromTheEnvironmentUnlessGiven() {
    Map<String, String> environment = Map.of("CARILLON_TENANT", "acme", "CARILLON_EVERY", "7s");
    assertEquals(0, master.run("", environment, "schedule", "create", "a").exit());
    assertEquals(
        7,
        master
            .schedules
            .stored
            .get("tenants/acme/schedules/a")
            .getSpec()
            .getInterval()
            .getPeriod()
            .getSeconds());
    assertEquals(
        0, master.run("", environment, "--tenant", "other", "schedule", "create", "b").exit());
    assertEquals(
        0, master.run("", environment, "schedule", "create", "c", "--tenant", "third").exit());
    assertEquals(
        List.of(
            "tenants/acme/schedules/a", "tenants/other/schedules/b", "tenants/third/schedules/c"),
        List.copyOf(master.schedules.stored.keySet()));
  }

  @Test
  void theOtherNounsAnswerToo() {
    assertTrue(master.run("fire", "list", "nightly").out().contains("2.5 ms"));
    assertTrue(master.run("fire", "list", "nightly").outLines().get(2).contains("FIRED repaired"));
    assertEquals(0, master.run("destination", "create", "reports", "--ack-timeout", "5s").exit());
    assertEquals(3, master.run("destination", "list").outLines().size());
    List<String> parked = master.run("destination", "parked", "reports").outLines();
    assertEquals(3, parked.size());
    assertTrue(parked.get(1).contains("2023-11-14T22:13:29Z"), parked.get(1));
    assertTrue(parked.get(1).endsWith("busy"), parked.get(1));
    assertTrue(parked.get(2).contains("dead letter"), parked.get(2));
    Outcome limited = master.run("destination", "parked", "reports", "--limit", "1", "-o", "json");
    assertEquals(1, limited.out().split("lastError", -1).length - 1, limited.out());
    assertEquals(0, master.run("destination", "delete", "reports").exit());
    assertEquals(3, master.run("destination", "get", "reports").exit());
    assertTrue(master.run("cluster", "status").out().contains("255 of 256 have an owner"));
    assertTrue(master.run("cluster", "nodes").out().contains("ACTIVE"));
    assertTrue(master.run("cluster", "partitions", "--node", "n7").out().contains("n7"));
    assertEquals(
        "1 partition moved from nobody to n1 (joined)",
        master.run("cluster", "events").outLines().get(1).split("  ", 2)[1]);
    created("schedule", "create", "nightly", "--every", "1s");
    assertTrue(master.run("schedule", "trigger", "nightly").out().contains("/fires/f1"));
    assertEquals(0, master.run("schedule", "resume", "nightly").exit());
    assertEquals(0, master.run("schedule", "delete", "nightly").exit());
    assertFalse(master.schedules.stored.containsKey(NIGHTLY));
  }
}
