package io.carillon.bench.rig;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** On which disk a run stores what it stores. */
public final class FolderOption {

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where PostgreSQL, and the logs of servers that are processes, get a folder of their own"
              + " for the run: on the disk to be measured (default: the folder for temporary"
              + " files).")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  public Path folder() {
    return folder;
  }
}
