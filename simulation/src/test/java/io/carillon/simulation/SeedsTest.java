package io.carillon.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.fault.FaultInjector;
import io.carillon.simulation.world.Bites;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole clusters in virtual time. -Dcarillon.sim.seeds says how many, -Dcarillon.sim.seed which is
 * the first.
 */
class SeedsTest {

  private static final int SEEDS = Integer.getInteger("carillon.sim.seeds", 200);
  private static final long FIRST = Long.getLong("carillon.sim.seed", 1);

  @Test
  void nothing_is_lost_twice_early_or_stuck_and_every_fault_bites() {
    run(FIRST, SEEDS);
  }

  @Test
  @Tag("trial")
  void nothing_is_lost_twice_early_or_stuck_in_ten_times_as_many() {
    run(FIRST + SEEDS, 10 * SEEDS);
  }

  private static void run(long first, int count) {
    Bites bites = new Bites();
    long expected = 0;
    for (long seed = first; seed < first + count; seed++) {
      Outcome outcome = Simulation.run(Setup.of(seed), new Actors(), false);
      if (outcome.failed()) {
        Minimum minimum = Minimum.of(outcome, new Actors());
        throw new AssertionError(
            "seed "
                + seed
                + " fails; again by "
                + minimum.command()
                + "\n"
                + String.join("\n", minimum.timeline()),
            outcome.failure());
      }
      bites.addAll(outcome.bites());
      expected += outcome.expected();
    }
    assertTrue(expected >= count * 20L, expected + " nominal times in " + count + " seeds");
    if (count >= 200) {
      for (Fault.Kind kind : Fault.Kind.values()) {
        assertTrue(bites.of(FaultInjector.BIT + kind) > 0, kind + " never bit: " + bites.all());
      }
      assertTrue(bites.of("write refused by the fence") > 0, bites.all().toString());
      assertTrue(bites.of("fire acknowledged late") > 0, bites.all().toString());
      assertTrue(bites.of("fire acknowledged on a later stream") > 0, bites.all().toString());
      assertTrue(bites.of("write found by reading back") > 0, bites.all().toString());
      assertTrue(bites.of("mutation refused beside others") > 0, bites.all().toString());
    }
  }

  @Test
  void the_same_seed_twice_is_the_same_story() {
    for (long seed = FIRST; seed < FIRST + 5; seed++) {
      Outcome once = Simulation.run(Setup.of(seed), new Actors(), false);
      Outcome again = Simulation.run(Setup.of(seed), new Actors(), true);
      assertEquals(once.hash(), again.hash(), "seed " + seed);
      assertEquals(once.events(), again.events(), "seed " + seed);
      assertNotEquals(once.hash(), Simulation.run(Setup.of(seed + 1), new Actors(), false).hash());
    }
  }
}
