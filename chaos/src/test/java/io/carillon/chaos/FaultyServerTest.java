package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyServerTest {

  private static final long WAIT_MILLIS = 300;

  @TempDir Path folder;

  /** Where they return at once, an idle server burns a core, and all else is late for it. */
  @Test
  void timedWaitsOfAProcessWhoseClockCanBeSteppedLastAsLongAsTheyAreAskedTo() throws Exception {
    assumeTrue(FaultyServer.faketime().isPresent(), "libfaketime is installed");
    try (FaultyServer server = new FaultyServer("waits", folder, List.of())) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Waits.class.getName());
      builder.environment().putAll(server.fakeClock());
      Process process = builder.redirectErrorStream(true).start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      process.waitFor();
      assertTrue(said.matches("\\d+") && Long.parseLong(said) >= WAIT_MILLIS - 20, said);
    }
  }

  /** Run in a JVM of its own. */
  static final class Waits {
    public static void main(String[] arguments) {
      long begun = System.nanoTime();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
      System.out.println(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }
  }
}
