package io.carillon.clocknode.core;

/**
 * Cluster time, which is the leader's clock, as this node estimates it: its own monotonic clock
 * plus an offset that the heartbeats measure.
 *
 * <p>Of the last exchanges the one with the shortest round trip counts: the true offset lies within
 * half its round trip of the estimate, and what queues added is least in it. The time never goes
 * backwards: if the offset shrinks it stands until the estimate has caught up. So an exchange can
 * make a node late, never make it tick a moment twice.
 *
 * <p>An exchange whose bounds do not overlap with those of the best one contradicts it. One alone
 * may be an accident of either clock and counts for nothing; if the next contradicts, too, the
 * older ones are forgotten: the clocks drift apart, or one of them has jumped. For the same reason
 * the time is not trusted before two exchanges have agreed, nor after the node stood still until
 * one that began later is in: nobody knows what its monotonic clock did meanwhile.
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

  /** The exchange before contradicted the best, and was set aside. */
  private boolean contradicted;

  /** Two exchanges have agreed. */
  private boolean confirmed;

  /** Only an exchange that began then or later tells the time; {@link Long#MIN_VALUE}: any does. */
  private long doubtedSince = Long.MIN_VALUE;

  private boolean doubted;

  /** The leader is another one: its clock is not that of the exchanges so far. */
  public void onNewLeader() {
    exchanges = 0;
    contradicted = false;
  }

  /** The node stood still until now: the time is not trusted before a fresh exchange. */
  public void onStandstill(long monotonicMicros) {
    doubted = true;
    doubtedSince = monotonicMicros;
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
    long offset = masterReceive - nodeSend - roundTrip / 2;
    if (exchanges > 0 && contradicts(offset, roundTrip, nodeReceive)) {
      if (!contradicted) {
        contradicted = true;
        return;
      }
      exchanges = 0;
    }
    contradicted = false;
    confirmed |= exchanges > 0;
    doubted &= nodeSend < doubtedSince;
    int at = exchanges++ % KEPT;
    roundTrips[at] = roundTrip;
    offsets[at] = offset;
    takenAt[at] = nodeReceive;
    best = 0;
    int kept = Math.min(exchanges, KEPT);
    for (int i = 1; i < kept; i++) {
      if (roundTrips[i] < roundTrips[best]) {
        best = i;
      }
    }
  }

  private boolean contradicts(long offset, long roundTrip, long nodeReceive) {
    long apart = Math.abs(offset - offsets[best]);
    return apart > (roundTrip + 1) / 2 + errorMicros(nodeReceive);
  }

  /** Whether the node may tick by it. */
  public boolean isTrusted() {
    return confirmed && !doubted;
  }

  /** Whether another exchange soon would settle a doubt. */
  public boolean wantsExchange() {
    return contradicted || !isTrusted();
  }

  /** False until the first exchange. */
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
