package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.bench.SmallRun.Row;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small runs of the scenarios that ask what many schedules cost. */
@Tag("trial")
final class GrowthTest {

  @TempDir Path folder;

  @Test
  void a_herd_is_recorded_and_delivered_without_collapse() {
    SmallRun run = run("herd", "--schedules", "20000", "--interval", "4", "--bare", "1");
    // A healthy build reaches 0.1 at the first time, on a cold JVM, and 0.5 later.
    assertTrue(run.figure("recorded / bare") >= 0.005, () -> "recording collapsed: " + run);
    for (int i = 0; i < run.rows().size(); i += 3) {
      Row recorded = run.rows().get(i);
      Row delivered = run.rows().get(i + 1);
      assertEquals("recorded", recorded.text("what"));
      assertEquals("delivered", delivered.text("what"));
      // A healthy build: 1 to 3.
      assertTrue(
          delivered.number("last s") <= 30 * recorded.number("last s"),
          () -> "delivery far behind recording: " + run);
    }
  }

  @Test
  void a_schedule_takes_few_bytes() {
    SmallRun run = run("memory", "--schedules", "21000");
    // A row of a node's timer queue is 48 bytes, a master has 330 for each: several times that is
    // something that is kept beside it. Bytes do not depend on the machine.
    double node = run.figure("bytes each in a clock node, loaded, 21 000 schedules");
    assertTrue(node > 0 && node <= 250, () -> "bytes each in a clock node: " + run);
    double master = run.figure("bytes each in a master, loaded, 21 000 schedules");
    assertTrue(master > 0 && master <= 1_500, () -> "bytes each in a master: " + run);
  }

  @Test
  void a_fire_costs_about_the_same_however_many_schedules_and_partitions_there_are() {
    SmallRun run =
        run(
            "scale",
            "--rate",
            // More than are created to see how fast it goes.
            "4000",
            "--grow",
            "schedules,partitions",
            "--schedules",
            "4000,20000",
            "--partitions",
            "64,512",
            "--warm-up",
            "0.5",
            "--window",
            "2");
    for (String grown : new String[] {"schedules 20 000 / 4 000", "partitions 512 / 64"}) {
      double ratio = run.figure("cost per fire, " + grown);
      assertTrue(ratio > 0 && ratio <= 8, () -> "cost grows with " + grown + ": " + run);
    }
  }

  @Test
  void schedules_that_are_not_due_cost_hardly_any_cpu() {
    SmallRun run =
        run(
            "idle",
            "--schedules",
            "20000",
            "--masters",
            "1",
            "--nodes",
            "1",
            "--settle",
            "1",
            "--window",
            "3");
    double empty = run.rows().get(0).number("all %");
    double many = run.rows().get(1).number("all %");
    assertTrue(empty > 0 && many <= 10 * empty, () -> "idle schedules cost too much: " + run);
  }

  private SmallRun run(String... arguments) {
    return SmallRun.of(
        Stream.concat(Arrays.stream(arguments), Stream.of("--folder", folder.toString()))
            .toArray(String[]::new));
  }
}
