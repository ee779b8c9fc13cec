package io.carillon.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SeedsTest {

  private static final int SEEDS = Integer.getInteger("carillon.sim.seeds", 200);
  private static final long FIRST = Long.getLong("carillon.sim.seed", 1);

  @Test
  void nothing_is_lost_twice_early_or_stuck() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Outcome outcome = Simulation.run(Setup.of(seed), new Actors(), false);
      if (outcome.failed()) {
        throw new AssertionError("seed " + seed, outcome.failure());
      }
    }
  }

  @Test
  void the_same_seed_twice_is_the_same_story() {
    for (long seed = FIRST; seed < FIRST + 5; seed++) {
      assertEquals(
          Simulation.run(Setup.of(seed), new Actors(), false).hash(),
          Simulation.run(Setup.of(seed), new Actors(), true).hash(),
          "seed " + seed);
    }
  }
}
