package io.carillon.simulation;

import io.carillon.simulation.check.Violation;
import io.carillon.simulation.world.Bites;
import io.carillon.simulation.world.Trace;
import java.util.List;

/**
 * How a simulation went.
 *
 * @param failure what must not be; null if nothing was
 * @param expected nominal times that had to be recorded
 * @param longestStandstill the longest time between two commits of one partition
 */
public record Outcome(
    Setup setup,
    RuntimeException failure,
    long hash,
    long simulatedMicros,
    long events,
    int operations,
    int recorded,
    long expected,
    long longestStandstill,
    Bites bites,
    List<Trace.Line> lines) {

  public boolean failed() {
    return failure != null;
  }

  /** The name of what failed; empty if nothing did. */
  public String invariant() {
    if (failure == null) {
      return "";
    }
    return failure instanceof Violation violation
        ? violation.invariant()
        : failure.getClass().getSimpleName();
  }
}
