package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher gives the JVM, told by one that only repeats it. */
class LauncherTest {

  private static final Path DISTRIBUTION = Path.of("..", "dist", "src", "main");
  private static final Path UNITS = Path.of("..", "deploy", "systemd");
  private static final String DIES = "-XX:+ExitOnOutOfMemoryError";

  private final Map<String, String> variables = new HashMap<>();

  @TempDir Path folder;

  private String options(String... words) throws IOException, InterruptedException {
    Path fake = folder.resolve("jdk/bin/java");
    Files.createDirectories(fake.getParent());
    Files.writeString(fake, "#!/bin/sh\necho \"$@ by $CARILLON_COMMAND\"\n");
    assertTrue(fake.toFile().setExecutable(true));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    for (String file : List.of("bin/carillon", "lib/launch.sh", "lib/archives.sh")) {
      Files.createDirectories(folder.resolve(file).getParent());
      if (Files.notExists(folder.resolve(file))) {
        Files.copy(DISTRIBUTION.resolve(file), folder.resolve(file));
      }
    }
    List<String> command =
        new java.util.ArrayList<>(List.of("sh", folder.resolve("bin/carillon").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CARILLON_JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("CARILLON_PREPARE", "false");
    builder.environment().remove("CARILLON_COMMAND");
    builder.environment().putAll(variables);
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
  void messages_can_name_the_command_as_it_was_typed() throws Exception {
    assertTrue(options("version").strip().endsWith("by " + folder.resolve("bin/carillon")));
    // The launcher of a checkout, which runs this one.
    variables.put("CARILLON_COMMAND", "./carillon");
    assertTrue(options("version").strip().endsWith("by ./carillon"));
  }

  @Test
  void an_archive_is_used_by_its_kind_of_command_until_the_libraries_change() throws Exception {
    options("version");
    Path cache = Files.createDirectories(folder.resolve("cache"));
    String jdk = "17-" + checksum(folder.resolve("jdk/release"));
    Files.writeString(cache.resolve("client-" + jdk), "");
    assertTrue(options("version").contains("SharedArchiveFile=" + cache.toRealPath() + "/client-"));
    assertFalse(options("master").contains("SharedArchiveFile"));
    Files.writeString(cache.resolve("server-" + jdk), "");
    assertTrue(options("master").contains("/server-"));
    assertTrue(options("dev").contains("/server-"));
    do {
      Files.writeString(folder.resolve("lib/other.jar"), "");
    } while (options("version").contains("SharedArchiveFile"));
  }

  private static String checksum(Path file) throws IOException {
    Process process = new ProcessBuilder("cksum").redirectInput(file.toFile()).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .split(" ", -1)[0];
  }

  @Test
  void the_units_say_the_same() throws IOException {
    for (String unit : List.of("carillon-master.service", "carillon-clock-node.service")) {
      assertTrue(Files.readString(UNITS.resolve(unit)).contains(DIES), unit);
    }
  }
}
