package io.carillon.bench;

import io.carillon.bench.load.SpecMix;
import io.carillon.bench.load.WallClock;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the schedules are that are held and not due. */
final class MixOptions {

  @Option(
      names = "--cron",
      paramLabel = "PERCENT",
      defaultValue = "50",
      description = "Of the schedules that are not due (default: ${DEFAULT-VALUE}).")
  private int cron;

  @Option(
      names = "--intervals",
      paramLabel = "PERCENT",
      defaultValue = "40",
      description =
          "Of the same; the rest are single times. Each has its own times (default:"
              + " ${DEFAULT-VALUE}).")
  private int intervals;

  @Option(
      names = "--expressions",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Different cron expressions among them (default: ${DEFAULT-VALUE}).")
  private int expressions;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * @throws ParameterException if it cannot be
   */
  SpecMix mix() {
    try {
      return new SpecMix(cron, intervals, expressions, WallClock.nowMicros());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage());
    }
  }
}
