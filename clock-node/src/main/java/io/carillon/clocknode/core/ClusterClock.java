package io.carillon.clocknode.core;

/**
 * Cluster time, which is the leader's clock, as this node estimates it: its own monotonic clock
 * plus an offset that the heartbeats measure.
 *
 * <p>Of the last exchanges the one with the shortest round trip counts: the true offset lies within
 * half its round trip of the estimate, and what queues added is least in it. The time never goes
 * backwards: if the offset shrinks it stands until the estimate has caught up. So an exchange can
 * make a node late, never make it tick a moment twice.
 */
public final class ClusterClock {

  private static final int KEPT = 8;

  /** How far two good clocks drift apart: 100 µs in a second. */
  private static final long DRIFT_DIVISOR = 10_000;

  private final long[] offsets = new long[KEPT];
  private final long[] roundTrips = new long[KEPT];
  private final long[] takenAt = new long[KEPT];
  private int exchanges;
  private int best = -1;
  private long latest = Long.MIN_VALUE;

  /** The leader is another one: its clock is not that of the exchanges so far. */
  public void onNewLeader() {
    exchanges = 0;
  }

  /**
   * An exchange: sent and received by the node's monotonic clock, and by the leader's clock
   * between. One that cannot be (time ran backwards in it) is ignored.
   */
  public void onExchange(long nodeSend, long masterReceive, long masterSend, long nodeReceive) {
    long roundTrip = (nodeReceive - nodeSend) - (masterSend - masterReceive);
    if (nodeReceive < nodeSend || masterSend < masterReceive || roundTrip < 0) {
      return;
    }
    int at = exchanges++ % KEPT;
    roundTrips[at] = roundTrip;
    offsets[at] = masterReceive - nodeSend - roundTrip / 2;
    takenAt[at] = nodeReceive;
    best = 0;
    int kept = Math.min(exchanges, KEPT);
    for (int i = 1; i < kept; i++) {
      if (roundTrips[i] < roundTrips[best]) {
        best = i;
      }
    }
  }

  /** False until the first exchange: the node knows no time, and does not tick. */
  public boolean isKnown() {
    return best >= 0;
  }

  /** Cluster time at a moment of the node's monotonic clock; not before any earlier answer. */
  public long now(long monotonicMicros) {
    if (best < 0) {
      throw new IllegalStateException("no clock exchange yet");
    }
    latest = Math.max(latest, monotonicMicros + offsets[best]);
    return latest;
  }

  /** Cluster time minus monotonic time; 0 until the first exchange. */
  public long offsetMicros() {
    return best < 0 ? 0 : offsets[best];
  }

  /** How far the estimate may be off; {@link Long#MAX_VALUE} until the first exchange. */
  public long errorMicros(long monotonicMicros) {
    if (best < 0) {
      return Long.MAX_VALUE;
    }
    long age = Math.max(0, monotonicMicros - takenAt[best]);
    return (roundTrips[best] + 1) / 2 + age / DRIFT_DIVISOR;
  }
}
