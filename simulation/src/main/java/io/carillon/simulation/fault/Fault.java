package io.carillon.simulation.fault;

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

  /** The kinds. */
  public enum Kind {
    MASTER_CRASH,
    MASTER_POWER_OFF,
    MASTER_PAUSE,
    MASTER_FREEZE,
    MASTER_RESIGN,
    /** The wall clock of one machine, a master's or the store's: the same in all of a seed. */
    WALL_STEP,
    NODE_CRASH,
    NODE_POWER_OFF,
    NODE_PAUSE,
    NODE_FREEZE,
    NODE_DRAIN,
    NODE_DUPLICATE,
    NODE_WALL_STEP,
    NODE_DRIFT,
    CUT_NODE,
    CUT_STORE,
    SLOW_LINK,
    BAD_NETWORK,
    BREAK_CONNECTION,
    STORE_RESTART,
    STORE_SLOW,
    STORE_UNKNOWN,
    STORE_REFUSES,
    BAD_SUBSCRIBERS,
    SUBSCRIBER_CRASH
  }

  @Override
  public String toString() {
    return String.format(
        "fault %d: %s at %.3f s for %.3f s (target %d, variant %d)",
        number, kind, at / 1e6, lasts / 1e6, target, variant);
  }
}
