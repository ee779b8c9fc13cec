package io.carillon.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.fault.Fault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * Rows of the fault matrix that want an exact instant or one direction of a link, each with several
 * seeds: every invariant holds after every event, and after healing nothing is missing anywhere.
 * The letters are those of docs/reliability.md.
 */
class FaultMatrixTest {

  private static final long SECOND = 1_000_000;
  private static final int MASTERS = 2;
  private static final int NODES = 3;

  /** Whoever leads, as a target; for the link to a node the node is 0, and 2 and 1 with these. */
  private static final int LEADER = 0;

  private static final int LEADER_AND_NODE_2 = 2;
  private static final int LEADER_AND_NODE_1 = 4;
  private static final int BOTH_WAYS = 0;
  private static final int TO_NODE_ONLY = 2;

  private static void holds(int seeds, LongFunction<List<Fault>> faults, String... evidence) {
    holdsWithout(List.of(), seeds, faults, evidence);
  }

  /**
   * @param never what must not be seen
   */
  private static void holdsWithout(
      List<String> never, int seeds, LongFunction<List<Fault>> faults, String... evidence) {
    long[] seen = new long[evidence.length];
    for (long seed = 1; seed <= seeds; seed++) {
      Setup setup =
          new Setup(
              seed, MASTERS, NODES, 8, 12, 1, 2, false, 14 * SECOND, 300_000, faults.apply(seed));
      Outcome outcome = Simulation.run(setup, new Actors(), false);
      if (outcome.failed()) {
        throw new AssertionError(setup.faults() + ", seed " + seed, outcome.failure());
      }
      for (int i = 0; i < evidence.length; i++) {
        seen[i] += outcome.bites().of(evidence[i]);
      }
      for (String bad : never) {
        assertEquals(0, outcome.bites().of(bad), bad + ", seed " + seed);
      }
    }
    for (int i = 0; i < evidence.length; i++) {
      assertTrue(seen[i] > 0, "no seed had: " + evidence[i]);
    }
  }

  private static Fault fault(int number, Kind kind, long at, long lasts, int target, int variant) {
    return new Fault(number, kind, at, lasts, target, variant);
  }

  @Test
  void c2_a_leader_dies_at_any_instant_between_write_acknowledgement_and_delivery() {
    // Writes are slow, so that one is nearly always on its way.
    holds(
        60,
        seed ->
            List.of(
                fault(1, Kind.STORE_SLOW, 3 * SECOND, 8 * SECOND, 0, 0),
                fault(2, Kind.MASTER_CRASH, 5 * SECOND + seed * 7_919, 2 * SECOND, LEADER, 0)),
        "leader crashed",
        "slow write");
  }

  @Test
  void c8_no_living_node_is_declared_dead_while_a_new_leader_loads() {
    // Two changes of leader, each with a load that takes 0.5 to 6 s.
    holdsWithout(
        List.of("living node declared DEAD", "moved: was not released in time"),
        24,
        seed ->
            List.of(
                fault(1, Kind.SLOW_LOAD, 3 * SECOND, 11 * SECOND, 0, (int) seed),
                fault(2, Kind.MASTER_CRASH, 4 * SECOND + seed * 7_919, SECOND, LEADER, 0),
                fault(3, Kind.MASTER_RESIGN, 12 * SECOND, SECOND, LEADER, 0)),
        "leader crashed",
        "leader loaded slowly");
  }

  @Test
  void c9_partitions_that_move_as_the_leader_changes_are_released_in_time() {
    // A node comes as a leader goes, while writes are slow.
    holdsWithout(
        List.of("moved: was not released in time"),
        30,
        seed ->
            List.of(
                fault(1, Kind.STORE_SLOW, 3 * SECOND, 10 * SECOND, 0, 0),
                fault(2, Kind.NODE_CRASH, 4 * SECOND, SECOND, 0, 0),
                fault(3, Kind.MASTER_CRASH, 5 * SECOND + seed * 17_919, SECOND, LEADER, 0)),
        "leader crashed",
        "node crashed with partitions");
  }

  @Test
  void a_row_in_the_way_and_a_watermark_set_back_outlive_a_change_of_leader() {
    for (Kind kind : List.of(Kind.ROW_IN_THE_WAY, Kind.WATERMARK_SET_BACK)) {
      holds(
          20,
          seed ->
              List.of(
                  fault(1, kind, 5 * SECOND + seed * 7_919, 6 * SECOND, (int) seed, 1),
                  fault(2, Kind.MASTER_CRASH, 6 * SECOND + seed * 50_021, SECOND, LEADER, 0)),
          "leader crashed",
          "partition quarantined",
          "partition repaired");
    }
  }

  @Test
  void n2_a_leader_that_is_cut_from_all_nodes_and_from_nothing_else() {
    holds(
        10,
        seed ->
            List.of(
                fault(1, Kind.CUT_NODE, 5 * SECOND, 5 * SECOND, LEADER, BOTH_WAYS),
                fault(2, Kind.CUT_NODE, 5 * SECOND, 5 * SECOND, LEADER_AND_NODE_1, BOTH_WAYS),
                fault(3, Kind.CUT_NODE, 5 * SECOND, 5 * SECOND, LEADER_AND_NODE_2, BOTH_WAYS)),
        "message cut off");
  }

  @Test
  void n5_a_node_that_is_heard_and_does_not_hear() {
    holds(
        20,
        seed ->
            List.of(fault(1, Kind.CUT_NODE, 5 * SECOND + seed, 5 * SECOND, LEADER, TO_NODE_ONLY)),
        "message cut off");
  }

  @Test
  void n6_links_that_come_and_go_every_second() {
    for (Kind link : List.of(Kind.CUT_STORE, Kind.CUT_NODE)) {
      holds(
          10,
          seed -> {
            List<Fault> flaps = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
              flaps.add(fault(i + 1, link, (3 + 2 * i) * SECOND + seed, SECOND, LEADER, BOTH_WAYS));
            }
            return flaps;
          },
          "message cut off");
    }
  }

  @Test
  void d2_commits_that_happen_and_are_not_heard_of_and_such_that_do_not() {
    holds(
        20,
        seed -> List.of(fault(1, Kind.STORE_UNKNOWN, 3 * SECOND + seed, 8 * SECOND, 0, 0)),
        "commit done and unheard",
        "commit undone and unheard");
  }

  @Test
  void d10_fires_that_become_durable_late_are_passed_by_no_reader() {
    holds(
        20,
        seed ->
            List.of(
                fault(1, Kind.STORE_SLOW, 3 * SECOND + seed, 8 * SECOND, 0, 0),
                fault(2, Kind.SUBSCRIBER_CRASH, 5 * SECOND, SECOND, 0, 0),
                fault(3, Kind.MASTER_RESIGN, 7 * SECOND, SECOND, LEADER, 0)),
        "slow write",
        "subscriber crashed");
  }

  @Test
  void b4_a_node_that_lies_and_what_it_left_out_is_made_up_for_once_whoever_leads_then() {
    for (int oneOf = 0; oneOf < 3; oneOf++) {
      int variant = oneOf;
      holds(
          10,
          seed ->
              List.of(
                  fault(1, Kind.NODE_LIES, 3 * SECOND + seed, 6 * SECOND, 0, variant),
                  fault(2, Kind.STORE_UNKNOWN, 4 * SECOND, 5 * SECOND, 0, 0),
                  fault(3, Kind.MASTER_CRASH, 5 * SECOND + seed * 97_919, SECOND, LEADER, 0)),
          "fires left out",
          "fires repaired");
    }
  }

  @Test
  void b4_all_nodes_lie_and_nobody_is_held() {
    holds(
        10,
        seed ->
            List.of(
                fault(1, Kind.NODE_LIES, 3 * SECOND + seed, 6 * SECOND, 0, 0),
                fault(2, Kind.NODE_LIES, 3 * SECOND + seed, 6 * SECOND, 1, 1),
                fault(3, Kind.NODE_LIES, 3 * SECOND + seed, 6 * SECOND, 2, 2)),
        "fires left out",
        "fires repaired");
  }

  @Test
  void t1_the_wall_clock_of_any_master_is_an_hour_off_and_that_master_comes_to_lead() {
    for (int master = 0; master < MASTERS; master++) {
      for (int direction = 0; direction < 2; direction++) {
        int stepped = master;
        int variant = direction;
        holds(
            6,
            seed ->
                List.of(
                    fault(1, Kind.WALL_STEP, 4 * SECOND + seed, SECOND, stepped, variant),
                    fault(2, Kind.MASTER_CRASH, 6 * SECOND, 2 * SECOND, LEADER, 0),
                    fault(3, Kind.MASTER_CRASH, 10 * SECOND, 2 * SECOND, LEADER, 0)),
            "leader crashed");
      }
    }
  }

  @Test
  void t2_the_clock_of_a_node_is_an_hour_off_or_runs_fast_or_slow() {
    for (Kind kind : List.of(Kind.NODE_WALL_STEP, Kind.NODE_DRIFT)) {
      for (int variant = 0; variant < 2; variant++) {
        int way = variant;
        holds(
            6,
            seed -> List.of(fault(1, kind, 4 * SECOND + seed, 6 * SECOND, 0, way)),
            "clock of a node with partitions changed");
      }
    }
  }
}
