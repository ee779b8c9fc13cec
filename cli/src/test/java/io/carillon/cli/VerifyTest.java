package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster.Outcome;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code carillon verify} and {@code carillon cluster rehearse-failover}. */
class VerifyTest {

  private FakeMaster master;

  @BeforeEach
  void start() throws IOException {
    master = new FakeMaster();
  }

  @AfterEach
  void stop() throws InterruptedException {
    master.close();
  }

  @Test
  void a_complete_ledger_is_one_sentence_and_0() {
    Outcome outcome = master.run("verify");
    assertEquals(0, outcome.exit(), outcome.err());
    assertEquals(
        List.of(
            "Complete: 10 nominal times of 1 schedule (2 revisions) from 2023-11-14T22:13:20Z to"
                + " 2023-11-14T22:15:00Z are recorded once each, 8 fired and 2 skipped."),
        outcome.outLines());
    assertEquals("tenants/default", master.fires.verifications.get(0).getParent());
  }

  @Test
  void a_gap_is_listed_and_makes_8() {
    Outcome outcome = master.run("verify", "--schedule", "holed", "--max-gaps", "7");
    assertEquals(8, outcome.exit(), outcome.err());
    assertEquals(
        List.of(
            "MISSING     tenants/default/schedules/holed  3 times from 2023-11-14T22:13:20Z to"
                + " 2023-11-14T22:13:22Z  version 4, partition 5",
            "ALTERED     tenants/default/schedules/holed  2023-11-14T22:13:21Z  backfill 2,"
                + " partition 5: seq 7, which another row has",
            "NOT COMPLETE: of 10 nominal times of 1 schedule (2 revisions) from"
                + " 2023-11-14T22:13:20Z to 2023-11-14T22:15:00Z, 3 are missing and 0 early; 0 are"
                + " recorded twice, and 0 rows nobody owes; 1 row cannot be as recorded."),
        outcome.outLines());
    assertEquals(7, master.fires.verifications.get(0).getMaxGaps());
  }

  @Test
  void json_has_a_line_for_each_gap_and_for_the_verdict() {
    Outcome outcome = master.run("verify", "--schedule", "holed", "-o", "json");
    assertEquals(8, outcome.exit());
    List<String> lines = outcome.outLines();
    assertEquals(3, lines.size());
    assertEquals(
        "3",
        JsonParser.parseString(lines.get(0))
            .getAsJsonObject()
            .getAsJsonObject("gap")
            .get("count")
            .getAsString());
    assertTrue(JsonParser.parseString(lines.get(2)).getAsJsonObject().has("verdict"));
  }

  @Test
  void what_to_verify_is_said_by_options() {
    assertEquals(0, master.run("verify", "--all", "--from", "2026-01-01T00:00:00Z").exit());
    assertEquals("tenants/-", master.fires.verifications.get(0).getParent());
    assertEquals(1_767_225_600, master.fires.verifications.get(0).getStartTime().getSeconds());
    assertEquals(0, master.run("verify", "--tenant", "acme").exit());
    assertEquals("tenants/acme", master.fires.verifications.get(1).getParent());
    assertEquals(2, master.run("verify", "--all", "--schedule", "x").exit());
    assertEquals(6, master.run("verify", "--tenant", "away").exit());
  }

  @Test
  void a_drill_reports_what_it_cost() {
    Outcome leader = master.run("cluster", "rehearse-failover", "--target", "leader");
    assertEquals(0, leader.exit(), leader.err());
    assertTrue(leader.out().contains("1000"), leader.out());
    Outcome node = master.run("cluster", "rehearse-failover", "--target", "n1");
    assertEquals(8, node.exit(), node.err());
    assertTrue(node.out().contains("nodes/n1"), node.out());
    Outcome graceful =
        master.run(
            "cluster",
            "rehearse-failover",
            "--target",
            "nodes/n1",
            "--graceful",
            "--late-after",
            "3s",
            "-o",
            "json");
    assertEquals(0, graceful.exit(), graceful.err());
    assertEquals(
        "3",
        JsonParser.parseString(graceful.out()).getAsJsonObject().get("lateCount").getAsString());
    assertEquals(2, master.run("cluster", "rehearse-failover").exit());
    assertEquals(
        2, master.run("cluster", "rehearse-failover", "--target", "n1", "--wait", "0s").exit());
  }
}
