package io.carillon.bench.report;

import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What all measurements share: a report, where it goes, and an exit code that says whether it
 * counts.
 */
@Command(mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = false)
public abstract class BenchCommand implements Callable<Integer> {

  @Mixin private ReportOutput output;

  @Spec private CommandSpec spec;

  /** Looks at the options, before anything is started, and refuses what makes no sense. */
  protected void prepare() {}

  /** Measures, and says in the report what was found and whether it counts. */
  protected abstract void measure(Report report, ProgressLog progress) throws Exception;

  @Override
  public final Integer call() throws Exception {
    BenchLog.toStderr();
    prepare();
    output.prepare(spec.commandLine());
    Report report = new Report(spec.name(), command());
    ProgressLog progress = new ProgressLog(spec.commandLine().getErr());
    measure(report, progress);
    return output.print(report, spec.commandLine().getOut(), progress);
  }

  /** The command line as it was given, for the report to repeat. */
  private String command() {
    return "./carillon bench "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }

  /** Wrong arguments: the usage is shown, and nothing is measured. */
  protected final ParameterException refused(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  /** Whether each is above the one before, and the first above this number. */
  public static boolean rises(List<Integer> numbers, int above) {
    int before = above;
    for (int number : numbers) {
      if (number <= before) {
        return false;
      }
      before = number;
    }
    return true;
  }

  public static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}
