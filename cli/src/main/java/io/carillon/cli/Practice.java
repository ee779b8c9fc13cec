package io.carillon.cli;

import io.carillon.cli.terminal.World;
import java.util.List;

/**
 * Runs what is run most, against the cluster that CARILLON_SERVER names, so that the JVM can keep
 * what it learns of the classes: {@code lib/archives.sh} of the distribution starts it. What fails
 * only teaches less.
 */
final class Practice {

  private static final List<String> LINES =
      List.of(
          "version",
          "schedule create practice --every 100ms",
          "schedule list",
          "schedule get practice",
          "schedule preview --every 1h",
          "schedule list -o json",
          "fire list practice",
          "cluster status",
          "cluster nodes");

  private Practice() {}

  public static void main(String[] arguments) {
    Carillon.prepare();
    for (String line : LINES) {
      Carillon.run(World.ofProcess(), line.split(" "));
    }
    // The client's threads are daemons, but this is how a command ends, too.
    System.exit(0);
  }
}
