package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the arguments is said before anything is started. */
final class OptionsTest {

  @TempDir Path folder;

  @Test
  void what_is_no_number_is_named() {
    refused("--rate", "record", "--rate", "many");
  }

  @Test
  void rates_must_rise() {
    refused("--rate must rise", "lateness", "--rate", "200,100");
  }

  @Test
  void a_file_that_cannot_be_written_is_refused_before_the_run() throws Exception {
    String missing = folder.resolve("missing").resolve("x.").toString();
    refused("--plot: cannot write", "record", "--plot", missing + "svg");
    refused("--json: cannot write", "failover", "--json", missing + "json");
    refused("--json: cannot write", "create", "--json", folder.toString());
    Path file = Files.createFile(folder.resolve("file"));
    refused("--histogram: cannot write", "lateness", "--histogram", file.resolve("x").toString());
  }

  @Test
  void a_plot_is_svg_and_a_name_that_says_otherwise_is_refused() {
    refused("must end in .svg", "deliver", "--plot", folder.resolve("x.png").toString());
  }

  @Test
  void a_failover_needs_somebody_who_is_left() {
    refused("--masters and --nodes", "failover", "--masters", "1");
    refused("--masters and --nodes", "failover", "--nodes", "1");
  }

  @Test
  void trying_a_file_leaves_nothing_behind_and_keeps_what_is_there() throws Exception {
    Path json = Files.writeString(folder.resolve("old.json"), "kept");
    Path plot = folder.resolve("new.svg");
    refused(
        "must end in .svg",
        "record",
        "--json",
        json.toString(),
        "--plot",
        folder.resolve("x.png").toString());
    refused(
        "--json: cannot write",
        "record",
        "--plot",
        plot.toString(),
        "--json",
        folder.resolve("missing").resolve("x.json").toString());
    assertEquals("kept", Files.readString(json));
    assertTrue(Files.notExists(plot));
  }

  private static void refused(String why, String... arguments) {
    StringWriter err = new StringWriter();
    int exit = Bench.execute(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
    assertEquals(2, exit, err::toString);
    assertTrue(err.toString().contains(why), err::toString);
    // Nothing was started.
    assertTrue(!err.toString().contains("PostgreSQL in"), err::toString);
  }
}
