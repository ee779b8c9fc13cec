package io.carillon.bench.rig;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What one can choose about a cluster of processes. */
public final class ProcessOptions {

  @Option(
      names = "--masters",
      paramLabel = "N",
      defaultValue = "3",
      description = "Masters, each a process (default: ${DEFAULT-VALUE}).")
  private int masters;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "Clock nodes, each a process (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--jvm",
      paramLabel = "OPTIONS",
      defaultValue = "-Xmx512m",
      description =
          "Of each master and clock node, with blanks between (default: ${DEFAULT-VALUE}).")
  private String jvm;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where PostgreSQL and the logs get a folder of their own for the run: on the disk to be"
              + " measured (default: the folder for temporary files).")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  public int masters() {
    return masters;
  }

  public int nodes() {
    return nodes;
  }

  public ProcessRig.Options options() {
    String[] each = jvm.strip().split("\\s+");
    return ProcessRig.Options.of(masters, nodes)
        .withFolder(folder)
        .withMasterJvm(each)
        .withNodeJvm(each);
  }
}
