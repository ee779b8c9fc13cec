package io.carillon.simulation.fault;

import io.carillon.simulation.world.Bites;
import java.util.List;

/**
 * Something that is done to the cluster.
 *
 * @param at when it begins, in microseconds from the beginning of the simulation
 * @param lasts how long, where it is something that lasts
 * @param target which of the processes it hits, modulo their number; for masters an even one means
 *     whoever leads
 * @param variant a choice within the kind
 */
public record Fault(int number, Kind kind, long at, long lasts, int target, int variant) {

  /** The kinds, each with what shows that it did something. */
  public enum Kind {
    MASTER_CRASH("leader crashed"),
    MASTER_POWER_OFF("leader crashed"),
    MASTER_PAUSE("leader paused"),
    MASTER_FREEZE("leader paused"),
    MASTER_RESIGN("leader resigned"),
    /** The wall clock of one machine, a master's or the store's: the same in all of a seed. */
    WALL_STEP("clocks of leader and store compared otherwise", "lead declined for a clock"),
    NODE_CRASH("node crashed with partitions"),
    NODE_POWER_OFF("node crashed with partitions"),
    NODE_PAUSE("node paused with partitions"),
    NODE_FREEZE("node paused with partitions"),
    /** It lives and does nothing but send heartbeats. */
    NODE_HANG("node hung with partitions"),
    NODE_DRAIN("node drained"),
    NODE_DUPLICATE("node fenced"),
    /** A node says that all is recorded up to some time, and leaves out fires from before it. */
    NODE_LIES("fires left out"),
    NODE_WALL_STEP("clock of a node with partitions changed"),
    NODE_DRIFT("clock of a node with partitions changed"),
    CUT_NODE("message cut off"),
    CUT_STORE("message cut off"),
    SLOW_LINK("message delayed"),
    BAD_NETWORK("connection broken", "call lost", "call came twice"),
    BREAK_CONNECTION("connection broken"),
    /** New leaders take long to load. */
    SLOW_LOAD("leader loaded slowly"),
    STORE_RESTART("write of unknown outcome"),
    STORE_SLOW("slow write"),
    STORE_UNKNOWN("commit done and unheard", "commit undone and unheard"),
    STORE_REFUSES("write refused by the store"),
    /** A row of the log for a time that falls due, until the operator has it repaired. */
    ROW_IN_THE_WAY("partition quarantined"),
    WATERMARK_SET_BACK("partition quarantined"),
    BAD_SUBSCRIBERS("fire refused", "fire delivered again"),
    SUBSCRIBER_CRASH("subscriber crashed");

    private final List<String> evidence;

    Kind(String... evidence) {
      this.evidence = List.of(evidence);
    }

    long seen(Bites bites) {
      return evidence.stream().mapToLong(bites::of).sum();
    }
  }

  @Override
  public String toString() {
    return String.format(
        "fault %d: %s at %.3f s for %.3f s (target %d, variant %d)",
        number, kind, at / 1e6, lasts / 1e6, target, variant);
  }
}
