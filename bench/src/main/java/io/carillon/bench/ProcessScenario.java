package io.carillon.bench;

import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessOptions;
import io.carillon.bench.rig.ProcessRig;
import picocli.CommandLine.Mixin;

/** A measurement of a cluster of processes, which can be killed and weighed one by one. */
abstract class ProcessScenario extends BenchCommand {

  @Mixin ProcessOptions processOptions;

  abstract void run(ProcessRig rig, Report report, Progress progress) throws Exception;

  @Override
  final void measure(Report report, Progress progress) throws Exception {
    ProcessRig.Options options = processOptions.options();
    try (ProcessRig rig = ProcessRig.start(options, progress)) {
      report.setting("masters", options.masters());
      report.setting("nodes", options.nodes());
      report.setting("JVM options of a server", String.join(" ", options.nodeJvm()));
      describe(rig.postgres(), report);
      run(rig, report, progress);
    }
  }
}
