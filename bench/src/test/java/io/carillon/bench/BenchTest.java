package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.bench.SmallRun.Row;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
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
    SmallRun run = load("record", "--rate", "" + RATE, "--bare", "1");
    double recorded = run.figure("most recorded/s");
    double bare = run.figure("bare inserts/s, with the log's indexes");
    assertTrue(bare > 0, run::toString);
    // What is offered bounds what can be recorded, so a fast server alone must not fail this.
    double offered = run.rows().get(0).number("offered/s");
    assertTrue(recorded >= COLLAPSE * bare || recorded >= 0.9 * offered, () -> "collapse: " + run);
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
  void saysWhatIsWrongWithTheArguments() {
    StringWriter err = new StringWriter();
    int exit =
        Bench.execute(
            new PrintWriter(new StringWriter()), new PrintWriter(err), "record", "--rate", "many");
    assertEquals(2, exit);
    assertTrue(err.toString().contains("--rate"), err::toString);
  }

  private SmallRun load(String... arguments) {
    Stream<String> common =
        Stream.of(
            "--interval", "0.25", "--warm-up", "1", "--window", "2", "--folder", folder.toString());
    return SmallRun.of(Stream.concat(Arrays.stream(arguments), common).toArray(String[]::new));
  }
}
