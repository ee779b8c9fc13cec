package io.carillon.bench.rig;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one can choose about a cluster of processes. */
public final class ProcessOptions {

  @Option(
      names = "--masters",
      paramLabel = "N",
      description =
          "Masters, each a process; the first leads, the others follow (default:"
              + " ${DEFAULT-VALUE}).")
  private int masters;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Clock nodes, each a process (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Mixin private ServerOptions servers;

  /** What is taken without the options. */
  public ProcessOptions(int masters, int nodes, String jvm) {
    this.masters = masters;
    this.nodes = nodes;
    this.servers = new ServerOptions(jvm);
  }

  public int masters() {
    return masters;
  }

  public int nodes() {
    return nodes;
  }

  public ProcessRig.Options options() {
    return servers.cluster(masters, nodes);
  }
}
