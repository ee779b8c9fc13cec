package io.carillon.bench;

import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessRig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What one may choose about a cluster whose masters and nodes are processes of their own. */
final class ProcessOptions {

  @Option(
      names = "--master-heap",
      paramLabel = "SIZE",
      defaultValue = "3g",
      description = "At most, of each master (default: ${DEFAULT-VALUE}).")
  private String masterHeap;

  @Option(
      names = "--node-heap",
      paramLabel = "SIZE",
      defaultValue = "1g",
      description = "At most, of each clock node (default: ${DEFAULT-VALUE}).")
  private String nodeHeap;

  @Option(
      names = "--jvm",
      paramLabel = "OPTION",
      description =
          "Of the JVMs of masters and nodes, as -XX:+UseCompactObjectHeaders. Repeatable.")
  private List<String> jvm = List.of();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where PostgreSQL gets a folder of its own for the run: on the disk to be measured"
              + " (default: the folder for temporary files).")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  ProcessRig.Options cluster(int masters, int nodes, Report report) {
    report.setting("masters", masters);
    report.setting("nodes", nodes);
    report.setting("JVM of a master", String.join(" ", options(masterHeap)));
    report.setting("JVM of a node", String.join(" ", options(nodeHeap)));
    return ProcessRig.Options.of(masters, nodes)
        .withFolder(folder)
        .withMasterJvm(options(masterHeap))
        .withNodeJvm(options(nodeHeap));
  }

  private String[] options(String heap) {
    List<String> options = new ArrayList<>(List.of("-Xmx" + heap));
    options.addAll(jvm);
    return options.toArray(String[]::new);
  }
}
