package io.carillon.simulation;

import io.carillon.simulation.check.Violation;
import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.world.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is left of a failing simulation without the faults that it fails without, too. */
public final class Minimum {

  private static final int LINES = 120;

  private final Outcome outcome;
  private final TreeSet<Integer> without = new TreeSet<>();

  private Minimum(Outcome failed, Actors actors) {
    Setup setup = failed.setup();
    for (Fault fault : setup.faults()) {
      TreeSet<Integer> fewer = new TreeSet<>(without);
      fewer.add(fault.number());
      if (fails(failed, Simulation.run(setup.without(fewer), actors, false))) {
        without.add(fault.number());
      }
    }
    outcome = Simulation.run(setup.without(without), actors, true);
  }

  private static boolean fails(Outcome failed, Outcome other) {
    return other.failed() && other.invariant().equals(failed.invariant());
  }

  public static Minimum of(Outcome failed, Actors actors) {
    return new Minimum(failed, actors);
  }

  /** Numbers of faults that do not matter. */
  public Set<Integer> without() {
    return without;
  }

  /** The command that shows it again. */
  public String command() {
    StringBuilder command = new StringBuilder("./carillon-sim --seeds 1 --seed ");
    command.append(outcome.setup().seed());
    if (!without.isEmpty()) {
      command.append(" --without ");
      command.append(String.join(",", without.stream().map(String::valueOf).toList()));
    }
    return command.append(" --trace").toString();
  }

  /** What happened, as far as it has to do with it; the latest lines. */
  public List<String> timeline() {
    List<String> topics =
        outcome.failure() instanceof Violation violation ? violation.topics() : List.of();
    List<String> lines = new ArrayList<>();
    for (Trace.Line line : outcome.lines()) {
      boolean isCommit = line.text().startsWith("commit of");
      if (topics.contains(line.topic()) || line.topic().isEmpty() && !isCommit) {
        lines.add(text(line));
      }
    }
    return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
  }

  static String text(Trace.Line line) {
    return String.format("%11.6f  %s", line.time() / 1e6, line.text());
  }
}
