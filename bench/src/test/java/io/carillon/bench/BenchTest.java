package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.carillon.bench.SmallRun.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small runs of the scenarios on a real cluster. They say whether the figures would count, and find
 * a collapse by ratios within one run: absolute times depend on the machine and on who shares it.
 */
@Tag("trial")
final class BenchTest {

  /** A healthy build reaches several times this on two cores that others use too. */
  private static final double COLLAPSE = 0.02;

  /**
   * A fire waits for its tick, the way to the master, a commit and others before it: a few commits
   * in all. One that waits for a poll or a timeout would be hundreds late.
   */
  private static final double COMMITS_LATE = 200;

  /** Those that stand by must not be slower than if the lost server was started anew. */
  private static final double RESTARTS = 3;

  private static final int RATE = 12_000;

  @TempDir Path folder;

  @Test
  void recordsCompletelyAndDoesNotCollapse() throws Exception {
    Path json = folder.resolve("record.json");
    Path plot = folder.resolve("record.svg");
    SmallRun run =
        load(
            "record", "--rate", "" + RATE, "--bare", "1", "--json", "" + json, "--plot", "" + plot);
    double recorded = run.figure("most recorded/s");
    double bare = run.figure("bare inserts/s, with the log's indexes");
    assertTrue(bare > 0, run::toString);
    // What is offered bounds what can be recorded, so a fast server alone must not fail this.
    double offered = run.rows().get(0).number("offered/s");
    assertTrue(recorded >= COLLAPSE * bare || recorded >= 0.9 * offered, () -> "collapse: " + run);
    assertEquals(
        run.toString(),
        JsonParser.parseString(Files.readString(json)).getAsJsonObject().toString());
    String svg = Files.readString(plot);
    assertTrue(svg.contains("Fires recorded") && svg.contains("99.9 %"), svg);
  }

  @Test
  void deliversWhatItRecords() {
    for (Row row : load("deliver", "--rate", "" + RATE / 2).rows()) {
      double recorded = row.number("recorded/s");
      assertTrue(recorded > 0, () -> "nothing recorded: " + row);
      assertTrue(
          row.number("delivered/s") >= 0.5 * recorded,
          () -> "delivery far behind recording: " + row);
    }
  }

  @Test
  void isLateByCommitsAndNotByPolling() throws Exception {
    Path histograms = folder.resolve("histograms");
    SmallRun run = load("lateness", "--rate", "400,800", "--histogram", "" + histograms);
    double commit = run.figure("bare commit of one row p50 ms");
    assertEquals(4, run.rows().size());
    for (Row row : run.rows()) {
      assertTrue(row.number("fires") > 0, row::toString);
      assertTrue(
          row.number("p50 ms") <= COMMITS_LATE * commit,
          () -> row + " with commits of " + commit + " ms");
    }
    try (Stream<Path> files = Files.list(histograms)) {
      List<String> names = files.map(file -> "" + file.getFileName()).sorted().toList();
      assertEquals(
          List.of(
              "400-delivered.hgrm", "400-recorded.hgrm", "800-delivered.hgrm", "800-recorded.hgrm"),
          names);
    }
    String text = Files.readString(histograms.resolve("800-recorded.hgrm"));
    assertTrue(text.contains("1/(1-Percentile)"), text);
  }

  @Test
  void createsAsFastAsItAnswers() {
    SmallRun run = SmallRun.of("create", "--seconds", "1", "--paced", "2", "--folder", "" + folder);
    double answers = run.row("calls", "list the nodes").number("calls/s");
    Row paced = run.row("calls", "single, 10 000 a minute");
    assertTrue(paced.number("p99.9 ms") <= paced.number("max ms"), run::toString);
    double single = 0;
    for (Row row : run.rows()) {
      if (row.text("calls").equals("single")) {
        single = Math.max(single, row.number("schedules/s"));
      }
    }
    double most = single;
    assertTrue(most >= COLLAPSE * answers, () -> "creation collapsed: " + run);
    assertTrue(
        run.row("calls", "batch of 1000").number("schedules/s") >= most,
        () -> "batches do not pay: " + run);
  }

  @Test
  void goesOnSoonerThanALostServerIsStartedAnew() {
    SmallRun run =
        SmallRun.of(
            "failover",
            "--rounds",
            "1",
            "--only",
            "node_stop,leader_kill",
            "--masters",
            "2",
            "--nodes",
            "2",
            "--schedules",
            "500",
            "--jvm",
            "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "--folder",
            folder.toString());
    assertEquals(
        List.of("node SIGTERM", "leader kill -9"),
        run.rows().stream().map(row -> row.text("what")).toList());
    for (Row row : run.rows()) {
      assertTrue(
          row.number("until they fire again p50 ms")
              <= RESTARTS * row.number("back until all serve ms"),
          () -> "slower than starting anew: " + row);
    }
  }

  private SmallRun load(String... arguments) {
    Stream<String> common =
        Stream.of(
            "--interval", "0.25", "--warm-up", "1", "--window", "2", "--folder", folder.toString());
    return SmallRun.of(Stream.concat(Arrays.stream(arguments), common).toArray(String[]::new));
  }
}
