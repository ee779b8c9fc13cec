package io.carillon.bench;

import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessRig;

/** A measurement of a cluster of processes, which can be killed and weighed one by one. */
abstract class ClusterScenario extends BenchCommand {

  /** What the cluster is made of. */
  abstract ProcessRig.Options cluster();

  abstract void run(ProcessRig rig, Report report, ProgressLog progress) throws Exception;

  @Override
  protected final void measure(Report report, ProgressLog progress) throws Exception {
    ProcessRig.Options options = cluster();
    try (ProcessRig rig = ProcessRig.start(options, progress)) {
      report.setting("masters", options.masters());
      report.setting("nodes", options.nodes());
      report.setting("JVM options of a server", String.join(" ", options.nodeJvm()));
      rig.postgres().describe(report);
      run(rig, report, progress);
    }
  }
}
