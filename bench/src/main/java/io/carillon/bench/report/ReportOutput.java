package io.carillon.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a scenario gives its result. */
public final class ReportOutput {

  /** As chosen by {@code -o}. */
  enum Format {
    TABLE,
    JSON
  }

  /** After the scenario's own options. */
  private static final int LAST = 1000;

  @Option(
      names = {"-o", "--output"},
      order = LAST,
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print the result to stdout (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--json",
      order = LAST,
      paramLabel = "FILE",
      description = "Save the result as JSON too.")
  private Path json;

  @Option(
      names = "--plot",
      order = LAST,
      paramLabel = "FILE",
      description = "Draw the result as SVG, its charts one below the other. Ends in .svg.")
  private Path plot;

  /** Refuses files that cannot be written now: after a long run it would be too late. */
  public void prepare(CommandLine command) {
    if (plot != null && !plot.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
      throw new ParameterException(command, "--plot draws SVG: " + plot + " must end in .svg");
    }
    tryToWrite("--json", json, command);
    tryToWrite("--plot", plot, command);
  }

  private static void tryToWrite(String option, Path file, CommandLine command) {
    if (file == null) {
      return;
    }
    try {
      Files.delete(Files.createFile(file));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file) || !Files.isWritable(file)) {
        throw new ParameterException(command, option + ": cannot write to " + file);
      }
    } catch (IOException e) {
      throw new ParameterException(command, option + ": cannot write " + file + ": " + e, e);
    }
  }

  /**
   * @return the exit code: 0 if the figures count, 1 if a check failed
   */
  public int print(Report report, PrintWriter out, ProgressLog progress) throws IOException {
    if (format == Format.JSON) {
      report.printJson(out);
    } else {
      report.printTable(out);
    }
    if (json != null) {
      try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(json))) {
        report.printJson(file);
        if (file.checkError()) {
          throw new IOException(json + " could not be written whole");
        }
      }
      progress.say("JSON in %s", json);
    }
    if (plot != null) {
      if (report.charts().isEmpty()) {
        progress.say("nothing to draw: this run has no chart");
      } else {
        Files.writeString(plot, Svg.of(report.charts()), StandardCharsets.UTF_8);
        progress.say("%d charts in %s", report.charts().size(), plot);
      }
    }
    return report.allHold() ? 0 : 1;
  }
}
