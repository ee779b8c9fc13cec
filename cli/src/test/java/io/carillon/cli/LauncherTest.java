package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher gives the JVM, told by one that only repeats it. */
class LauncherTest {

  private static final Path LAUNCHER = Path.of("..", "carillon");
  private static final Path UNITS = Path.of("..", "deploy", "systemd");
  private static final String DIES = "-XX:+ExitOnOutOfMemoryError";

  @TempDir Path folder;

  private String options(String... words) throws IOException, InterruptedException {
    Path fake = folder.resolve("jdk/bin/java");
    Files.createDirectories(fake.getParent());
    Files.writeString(fake, "#!/bin/sh\necho \"$@\"\n");
    assertTrue(fake.toFile().setExecutable(true));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    // Without sources beside it there is nothing to build.
    Path launcher = folder.resolve("carillon");
    Files.copy(LAUNCHER, launcher, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    List<String> command = new java.util.ArrayList<>(List.of("sh", launcher.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CARILLON_JAVA_HOME", folder.resolve("jdk").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  @Test
  void servers_end_when_they_are_out_of_memory_and_clients_start_fast() throws Exception {
    for (String server : List.of("master", "clock-node", "dev")) {
      assertTrue(options(server).contains(DIES), options(server));
    }
    assertTrue(options("--server", "h:1", "schedule", "list").contains("TieredStopAtLevel"));
  }

  @Test
  void the_units_say_the_same() throws IOException {
    for (String unit : List.of("carillon-master.service", "carillon-clock-node.service")) {
      assertTrue(Files.readString(UNITS.resolve(unit)).contains(DIES), unit);
    }
  }
}
