package io.carillon.bench;

import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.RigOptions;
import picocli.CommandLine.Mixin;

/** A measurement of a cluster whose master is in the harness: nothing of it is to be killed. */
abstract class Scenario extends BenchCommand {

  @Mixin RigOptions rigOptions;

  abstract void run(Rig rig, Report report, ProgressLog progress) throws Exception;

  @Override
  protected final void measure(Report report, ProgressLog progress) throws Exception {
    try (Rig rig = Rig.start(rigOptions, progress)) {
      report.setting("nodes", rigOptions.nodes());
      report.setting("node processes", rigOptions.processes() ? "own" : "one with the master");
      report.setting("partitions", rigOptions.partitions());
      rig.postgres().describe(report);
      run(rig, report, progress);
    }
  }
}
