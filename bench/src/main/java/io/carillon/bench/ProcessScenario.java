package io.carillon.bench;

import io.carillon.bench.rig.ProcessOptions;
import io.carillon.bench.rig.ProcessRig;
import picocli.CommandLine.Mixin;

/** A measurement of a cluster of as many processes as one wants. */
abstract class ProcessScenario extends ClusterScenario {

  @Mixin ProcessOptions processOptions;

  ProcessScenario() {
    this(new ProcessOptions(3, 3, "-Xmx512m"));
  }

  /**
   * @param defaults what is taken without the options
   */
  ProcessScenario(ProcessOptions defaults) {
    this.processOptions = defaults;
  }

  @Override
  final ProcessRig.Options cluster() {
    return processOptions.options();
  }
}
