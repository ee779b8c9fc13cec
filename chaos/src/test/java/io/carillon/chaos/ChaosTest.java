package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small run of the whole: real processes, a few faults, and a verdict. It fails if the promise is
 * broken, and also if the faults did not bite.
 */
@Tag("trial")
class ChaosTest {

  @TempDir Path folder;

  @Test
  void nothing_is_lost_and_nothing_is_twice_while_processes_die() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Path report = folder.resolve("chaos.md");
    String[] arguments = {
      "--seed",
      Long.getLong("carillon.seed", System.nanoTime() & 0xffffff).toString(),
      "--duration",
      "15",
      "--masters",
      "2",
      "--nodes",
      "3",
      "--schedules",
      "500",
      "--rate",
      "150",
      "--fault-length",
      "3.5",
      "--faults",
      "kill-leader,pause-node,terminate-commits,cut",
      "--folder",
      folder.toString(),
      "--report",
      report.toString()
    };
    int exit = ChaosCommand.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    assertEquals(0, exit, () -> out + "\n" + err);
    assertTrue(Files.readString(report).contains("| lost | yes | 0 |"), out::toString);
  }

  @Test
  void a_kind_of_fault_that_nobody_knows_is_refused_with_those_that_are() {
    StringWriter err = new StringWriter();
    int exit =
        ChaosCommand.execute(
            new PrintWriter(new StringWriter()), new PrintWriter(err), "--faults", "gremlins");
    assertEquals(2, exit);
    assertTrue(err.toString().contains("kill-leaders-in-a-row"), err::toString);
  }
}
