package io.carillon.cli;

import picocli.CommandLine.Option;

/** How servers log. */
final class LogOptions {

  @Option(
      names = "--log-format",
      paramLabel = "plain|json",
      defaultValue = "plain",
      description = "How to log, to stderr (default: ${DEFAULT-VALUE}).")
  private Logging.Format format;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "trace, debug, info, warn or error (default: ${DEFAULT-VALUE}).")
  private Logging.Threshold level;

  void apply() {
    Logging.configure(format, level);
  }
}
