package io.carillon.bench;

import io.carillon.bench.report.Machine;
import io.carillon.bench.report.Output;
import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.BenchLog;
import io.carillon.bench.rig.BenchPostgres;
import java.sql.Connection;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What all scenarios share: a report, and an exit code that says whether it counts. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = false)
abstract class Measurement implements Callable<Integer> {

  @Mixin private Output output;

  @ParentCommand private Bench bench;
  @Spec private CommandSpec spec;

  /** Measures, and says in the report what was found and whether it counts. */
  abstract void measure(Report report, Progress progress) throws Exception;

  /** Looks at the options, before anything is started. */
  void prepare() {}

  @Override
  public final Integer call() throws Exception {
    BenchLog.toStderr();
    prepare();
    Report report = new Report(spec.name(), bench.command());
    Progress progress = new Progress(spec.commandLine().getErr());
    measure(report, progress);
    return output.print(report, spec.commandLine().getOut(), progress);
  }

  /** The machine, and how durable the database is. */
  static void describe(BenchPostgres postgres, Report report) throws Exception {
    try (Connection connection = postgres.connect()) {
      report.machine(Machine.describe(postgres.folder(), connection));
      for (String name :
          new String[] {
            "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size"
          }) {
        report.setting(name, Machine.show(connection, name));
      }
    }
  }

  /** Wrong arguments: the usage is shown, and nothing is measured. */
  final ParameterException refused(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }

  static long micros(double seconds) {
    return Math.round(seconds * 1e6);
  }
}
