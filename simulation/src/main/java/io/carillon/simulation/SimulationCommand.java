package io.carillon.simulation;

import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.fault.FaultInjector;
import io.carillon.simulation.world.Bites;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: runs any number of seeds, and says what it found. */
@Command(
    name = "carillon-sim",
    description = {
      "Runs whole clusters in virtual time, with faults, and checks what Carillon promises.",
      "A seed decides everything: the same seed is the same story, to the microsecond.",
      "Exits with 0 if all seeds hold, with 1 if one does not."
    })
public final class SimulationCommand implements Callable<Integer> {

  private static final double MICROS_PER_HOUR = 3_600e6;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  @SuppressWarnings("UnusedVariable") // picocli reads it.
  private boolean help;

  @Option(
      names = "--seeds",
      defaultValue = "200",
      paramLabel = "N",
      description = "How many seeds (${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "S",
      description = "The first seed (${DEFAULT-VALUE}); the others follow it.")
  private long first;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "FAULT",
      description = "Leaves out the faults of these numbers.")
  private List<Integer> without = List.of();

  @Option(names = "--trace", description = "Prints all that happens.")
  private boolean trace;

  @Option(
      names = "--failures",
      defaultValue = "3",
      paramLabel = "N",
      description = "Stops after so many failing seeds (${DEFAULT-VALUE}).")
  private int failures;

  @Spec private CommandSpec spec;

  private final Bites bites = new Bites();
  private long events;
  private long simulated;
  private long expected;
  private long operations;
  private int run;
  private int failed;

  public static void main(String[] args) {
    System.exit(new CommandLine(new SimulationCommand()).execute(args));
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    long began = System.nanoTime();
    Set<Integer> leftOut = new TreeSet<>(without);
    for (long seed = first; seed < first + seeds && failed < failures; seed++) {
      Outcome outcome = Simulation.run(Setup.of(seed).without(leftOut), new Actors(), trace);
      count(outcome);
      if (trace) {
        outcome.lines().forEach(line -> out.println(Minimum.text(line)));
        out.printf("hash %016x%n", outcome.hash());
      }
      if (outcome.failed()) {
        failed++;
        report(outcome, out);
      }
      out.flush();
    }
    summary(out, (System.nanoTime() - began) / 1e9);
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  private void count(Outcome outcome) {
    run++;
    bites.addAll(outcome.bites());
    events += outcome.events();
    simulated += outcome.simulatedMicros();
    expected += outcome.expected();
    operations += outcome.operations();
  }

  private void report(Outcome outcome, PrintWriter out) {
    out.printf("seed %d FAILS: %s%n", outcome.setup().seed(), outcome.failure());
    if (trace) {
      return;
    }
    Minimum minimum = Minimum.of(outcome, new Actors());
    minimum.timeline().forEach(out::println);
    out.printf("again: %s%n%n", minimum.command());
  }

  private void summary(PrintWriter out, double seconds) {
    out.printf(
        "%d seeds, %d failed; %.2f simulated hours, %,d events in %.1f s: %,.0f events a second%n",
        run, failed, simulated / MICROS_PER_HOUR, events, seconds, events / seconds);
    out.printf(
        "%,d nominal times expected and found, %,d operations of clients%n", expected, operations);
    out.printf("%n%-20s %10s %10s%n", "fault", "injected", "bit");
    for (Fault.Kind kind : Fault.Kind.values()) {
      long injected = bites.of(FaultInjector.INJECTED + kind);
      out.printf("%-20s %10d %10d%n", kind, injected, bites.of(FaultInjector.BIT + kind));
    }
    out.printf("%n%-50s %10s%n", "what came of it", "times");
    bites
        .all()
        .forEach(
            (what, n) -> {
              if (!what.startsWith(FaultInjector.INJECTED) && !what.startsWith(FaultInjector.BIT)) {
                out.printf("%-50s %10d%n", what, n);
              }
            });
  }
}
