package io.carillon.bench.rig;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How masters and clock nodes run that are processes of their own. */
public final class ServerOptions {

  @Option(
      names = "--jvm",
      paramLabel = "OPTIONS",
      description =
          "Of each master and clock node, with blanks between (default: ${DEFAULT-VALUE}).")
  private String jvm;

  @Mixin private FolderOption folder;

  /**
   * @param jvm what is taken without the option
   */
  public ServerOptions(String jvm) {
    this.jvm = jvm;
  }

  public ProcessRig.Options cluster(int masters, int nodes) {
    String[] each = jvm.strip().split("\\s+");
    return ProcessRig.Options.of(masters, nodes)
        .withFolder(folder.folder())
        .withMasterJvm(each)
        .withNodeJvm(each);
  }
}
