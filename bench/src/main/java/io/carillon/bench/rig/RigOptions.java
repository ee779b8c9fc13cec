package io.carillon.bench.rig;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every scenario lets one choose about the cluster. */
public final class RigOptions {

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "2",
      description = "Clock nodes (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--processes",
      description = "Clock nodes as processes of their own; otherwise they are in this one.")
  private boolean processes;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "256",
      description = "Partitions of the cluster (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where PostgreSQL gets a folder of its own for the run: on the disk to be measured"
              + " (default: the folder for temporary files).")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  public int nodes() {
    return nodes;
  }

  public boolean processes() {
    return processes;
  }

  public int partitions() {
    return partitions;
  }

  public Path folder() {
    return folder;
  }
}
