package io.carillon.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.simulation.check.Violation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A checker that lets a deliberate fault pass proves nothing: each is caught within a few seeds.
 */
class CheckerIsCheckedTest {

  /** Within so many seeds each is caught; most by one of the first. */
  private static final int SEEDS = 60;

  @ParameterizedTest
  @EnumSource
  void a_deliberate_fault_is_caught(Flaw flaw) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome = Simulation.run(flaw.setup(seed), new BrokenActors(flaw), false);
      if (outcome.failed()) {
        assertTrue(outcome.failure() instanceof Violation, "by a bug: " + outcome.failure());
        // It is the flaw that was found, not something else.
        Outcome sound = Simulation.run(flaw.setup(seed), new Actors(), false);
        assertEquals(null, sound.failure(), flaw + ", seed " + seed);
        System.out.println(flaw + " is caught by seed " + seed + ": " + outcome.invariant());
        return;
      }
    }
    throw new AssertionError(flaw + " is not caught by " + SEEDS + " seeds");
  }
}
