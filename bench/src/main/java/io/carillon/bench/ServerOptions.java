package io.carillon.bench;

import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessRig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How masters and nodes run that hold very many schedules, each a process of its own. */
final class ServerOptions {

  @Option(
      names = "--jvm",
      paramLabel = "OPTIONS",
      defaultValue = "-Xmx3g",
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

  ProcessRig.Options cluster(int masters, int nodes, Report report) {
    report.setting("masters", masters);
    report.setting("nodes", nodes);
    report.setting("JVM options of a server", jvm);
    String[] each = jvm.strip().split("\\s+");
    return ProcessRig.Options.of(masters, nodes)
        .withFolder(folder)
        .withMasterJvm(each)
        .withNodeJvm(each);
  }
}
