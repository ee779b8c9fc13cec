package io.carillon.cli.schedule;

import io.carillon.cli.terminal.ClientCommand;
import picocli.CommandLine.Parameters;

/** A verb on one schedule. */
abstract class OnSchedule extends ClientCommand {
  @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule, or its full name.")
  private String schedule;

  String name() {
    return names().schedule(schedule);
  }

  /** What was not said, as the contracts write it. */
  static String orEmpty(String option) {
    return option == null ? "" : option;
  }
}
