package io.carillon.bench;

import io.carillon.bench.peers.PeersCommand;
import io.carillon.bench.times.TimesCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command: one subcommand for each scenario. */
@Command(
    name = "bench",
    description = {
      "Measure Carillon: a master, clock nodes and a durable PostgreSQL of its own, on loopback.",
      "Each scenario checks the ledger and fails if it is not complete."
    },
    footer = {"", "A cluster under faults: carillon chaos."},
    mixinStandardHelpOptions = true,
    subcommands = {
      RecordScenario.class,
      DeliverScenario.class,
      LatenessScenario.class,
      CreateScenario.class,
      FailoverScenario.class,
      HerdScenario.class,
      IdleScenario.class,
      MemoryScenario.class,
      ScaleScenario.class,
      PeersCommand.class,
      TimesCommand.class
    })
public final class Bench implements Runnable {

  public static void main(String[] arguments) {
    int exit =
        execute(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    // Threads of gRPC may linger; everything that must be stopped in order has been.
    System.exit(exit);
  }

  /**
   * @return 0 if the figures count, 1 if a check failed, 2 for wrong usage
   */
  public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Bench())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(new CommandLine(this), "name a scenario");
  }
}
