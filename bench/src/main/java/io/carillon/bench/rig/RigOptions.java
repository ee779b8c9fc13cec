package io.carillon.bench.rig;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
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

  @Mixin private FolderOption folder;

  /** A cluster that the command line does not choose. */
  public static RigOptions of(int nodes, int partitions, FolderOption folder) {
    RigOptions options = new RigOptions();
    options.nodes = nodes;
    options.partitions = partitions;
    options.folder = folder;
    return options;
  }

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
    return folder.folder();
  }
}
