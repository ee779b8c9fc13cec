package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small runs of the scenarios on a real cluster. They say whether the figures would count, and find
 * a collapse by ratios within one run: absolute times depend on the machine and on who shares it.
 */
final class BenchTest {

  /** A healthy build reaches several times this on two cores that others use too. */
  private static final double COLLAPSE = 0.02;

  private static final int RATE = 12_000;

  @TempDir Path folder;

  @Test
  void recordsCompletelyAndDoesNotCollapse() {
    JsonObject report = run("record", "--rate", "" + RATE, "--bare", "1");
    JsonObject figures = report.getAsJsonObject("figures");
    double recorded = figures.get("most recorded/s").getAsDouble();
    double bare = figures.get("bare inserts/s, with the log's indexes").getAsDouble();
    assertTrue(bare > 0, () -> "bare inserts: " + figures);
    // What is offered bounds what can be recorded, so a fast server alone must not fail this.
    double offered =
        report.getAsJsonArray("rows").get(0).getAsJsonObject().get("offered/s").getAsDouble();
    assertTrue(
        recorded >= COLLAPSE * bare || recorded >= 0.9 * offered, () -> "collapse: " + figures);
  }

  @Test
  void deliversWhatItRecords() {
    JsonObject report = run("deliver", "--rate", "" + RATE / 2);
    for (JsonElement element : report.getAsJsonArray("rows")) {
      JsonObject row = element.getAsJsonObject();
      double recorded = row.get("recorded/s").getAsDouble();
      assertTrue(recorded > 0, () -> "nothing recorded: " + row);
      assertTrue(
          row.get("delivered/s").getAsDouble() >= 0.5 * recorded,
          () -> "delivery far behind recording: " + row);
    }
  }

  @Test
  void saysWhatIsWrongWithTheArguments() {
    StringWriter err = new StringWriter();
    int exit =
        Bench.execute(
            new PrintWriter(new StringWriter()), new PrintWriter(err), "record", "--rate", "many");
    assertEquals(2, exit);
    assertTrue(err.toString().contains("--rate"), err::toString);
  }

  /** Runs a scenario, whose own checks must hold, and answers its report. */
  private JsonObject run(String... arguments) {
    String[] common = {
      "--interval",
      "0.25",
      "--warm-up",
      "1",
      "--window",
      "2",
      "-o",
      "json",
      "--folder",
      folder.toString()
    };
    String[] all = new String[arguments.length + common.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(common, 0, all, arguments.length, common.length);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Bench.execute(new PrintWriter(out), new PrintWriter(err), all);
    assertEquals(0, exit, () -> out + "\n" + err);
    JsonObject report = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertFalse(report.getAsJsonArray("rows").isEmpty(), out::toString);
    assertFalse(report.getAsJsonArray("checks").isEmpty(), out::toString);
    return report;
  }
}
