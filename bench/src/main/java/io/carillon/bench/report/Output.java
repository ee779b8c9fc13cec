package io.carillon.bench.report;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How a scenario gives its result. */
public final class Output {

  /** As chosen by {@code -o}. */
  enum Format {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print the result to stdout (default: ${DEFAULT-VALUE}).")
  private Format format;

  /**
   * @return the exit code: 0 if the figures count, 1 if a check failed
   */
  public int print(Report report, PrintWriter out, Progress progress) {
    if (format == Format.JSON) {
      report.printJson(out);
    } else {
      report.printTable(out);
    }
    return report.allHold() ? 0 : 1;
  }
}
