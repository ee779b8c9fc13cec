package io.carillon.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.fault.Fault.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Single faults, and how long they keep a partition from moving at most: in virtual time, with the
 * timeouts that masters and nodes really have. A partition without fires moves once a second.
 */
class ScenarioTest {

  private static final long SECOND = 1_000_000;
  private static final int SEEDS = 10;

  /** Whoever leads, as a target. */
  private static final int LEADER = 0;

  /** Two masters, three nodes, and one fault after five seconds. */
  private static Setup setup(long seed, boolean warmStandby, Kind kind, long lasts, int variant) {
    Fault fault = new Fault(1, kind, 5 * SECOND + seed * 37_123, lasts, LEADER, variant);
    return new Setup(seed, 2, 3, 8, 12, 1, 2, warmStandby, 14 * SECOND, 300_000, List.of(fault));
  }

  /** Runs it with several seeds, and answers the longest standstill of any partition. */
  private static long standstill(
      boolean warmStandby, Kind kind, long lasts, int variant, String... evidence) {
    long longest = 0;
    long[] seen = new long[evidence.length];
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome =
          Simulation.run(setup(seed, warmStandby, kind, lasts, variant), new Actors(), false);
      if (outcome.failed()) {
        throw new AssertionError(kind + ", seed " + seed, outcome.failure());
      }
      longest = Math.max(longest, outcome.longestStandstill());
      for (int i = 0; i < evidence.length; i++) {
        seen[i] += outcome.bites().of(evidence[i]);
      }
    }
    for (int i = 0; i < evidence.length; i++) {
      assertTrue(seen[i] > 0, "no seed had: " + evidence[i]);
    }
    System.out.printf("%s: a partition stood still for %.3f s at most%n", kind, longest / 1e6);
    return longest;
  }

  private static void within(long bound, long standstill) {
    assertTrue(standstill <= bound, standstill / 1_000 + " ms, more than " + bound / 1_000);
  }

  /** The damaged partition itself is not counted: it waits for the operator. */
  @Test
  void a_row_in_the_way_and_a_watermark_set_back_stop_their_partition_and_no_other() {
    for (Kind kind : List.of(Kind.ROW_IN_THE_WAY, Kind.WATERMARK_SET_BACK)) {
      within(3 * SECOND / 2, standstill(false, kind, 5 * SECOND, 1, "partition repaired"));
      for (long seed = 1; seed <= SEEDS; seed++) {
        Outcome outcome =
            Simulation.run(setup(seed, false, kind, 5 * SECOND, 1), new Actors(), false);
        assertEquals(0, outcome.bites().of("leader stepped down"), kind + ", seed " + seed);
      }
    }
  }

  @Test
  void a_leader_that_is_killed() {
    within(3 * SECOND, standstill(false, Kind.MASTER_CRASH, 6 * SECOND, 0, "leader crashed"));
  }

  @Test
  void a_leader_whose_machine_is_gone_without_a_word() {
    within(6 * SECOND, standstill(false, Kind.MASTER_POWER_OFF, 8 * SECOND, 0, "leader crashed"));
  }

  @Test
  void a_leader_that_is_stopped_and_wakes_up_later() {
    within(6 * SECOND, standstill(false, Kind.MASTER_PAUSE, 8 * SECOND, 0, "leader paused"));
  }

  @Test
  void a_leader_to_whom_no_time_passes_meanwhile() {
    within(6 * SECOND, standstill(false, Kind.MASTER_FREEZE, 8 * SECOND, 1, "leader paused"));
  }

  @Test
  void a_leader_that_gives_up_the_lead() {
    within(3 * SECOND, standstill(false, Kind.MASTER_RESIGN, SECOND, 0, "leader resigned"));
  }

  @Test
  void a_leader_that_is_cut_from_the_store() {
    within(6 * SECOND, standstill(false, Kind.CUT_STORE, 8 * SECOND, 0, "leader stepped down"));
  }

  @Test
  void a_node_that_lives_and_does_nothing() {
    within(
        9 * SECOND,
        standstill(
            false,
            Kind.NODE_HANG,
            9 * SECOND,
            0,
            "node hung with partitions",
            "moved: stood still"));
  }

  @Test
  void a_node_that_is_killed() {
    within(
        3 * SECOND,
        standstill(false, Kind.NODE_CRASH, 6 * SECOND, 0, "node crashed with partitions"));
  }

  @Test
  void a_node_that_is_killed_and_has_standbys() {
    within(
        3 * SECOND,
        standstill(true, Kind.NODE_CRASH, 6 * SECOND, 0, "node crashed with partitions"));
  }

  @Test
  void a_node_that_is_stopped_and_wakes_up_later() {
    within(
        4 * SECOND,
        standstill(false, Kind.NODE_PAUSE, 6 * SECOND, 0, "node paused with partitions"));
  }

  @Test
  void a_second_node_of_the_same_name() {
    within(3 * SECOND, standstill(false, Kind.NODE_DUPLICATE, 4 * SECOND, 0, "node fenced"));
  }

  @Test
  void a_store_that_stops_for_two_seconds() {
    within(
        5 * SECOND,
        standstill(false, Kind.STORE_RESTART, 2 * SECOND, 0, "write of unknown outcome"));
  }
}
