package io.carillon.bench;

import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.RigOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A scenario on one cluster whose master is in this process. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = false)
abstract class Scenario extends Measurement {

  @Mixin RigOptions rigOptions;

  /** Measures, and says in the report what was found and whether it counts. */
  abstract void run(Rig rig, Report report, Progress progress) throws Exception;

  @Override
  final void measure(Report report, Progress progress) throws Exception {
    try (Rig rig = Rig.start(rigOptions, progress)) {
      report.setting("nodes", rigOptions.nodes());
      report.setting("node processes", rigOptions.processes() ? "own" : "one with the master");
      report.setting("partitions", rigOptions.partitions());
      describe(rig.postgres(), report);
      run(rig, report, progress);
    }
  }
}
