package io.carillon.master.core.delivery;

/**
 * Bounds on what a destination holds in memory, in fires.
 *
 * @param tail committed and not yet taken; beyond it the log is read back from PostgreSQL
 * @param readAhead asked for in one read of the log
 * @param window taken from the log and not yet below the cursor
 * @param perSubscriber unacknowledged on one stream, whatever its credit
 * @param lapsed refused or timed out, of all streams, that a range may still acknowledge
 * @param redeliveries parked fires in memory
 * @param batch in one message
 * @param settlement parked in one settlement
 * @param idleMicros how long a destination without subscribers keeps what they left behind
 */
public record DeliveryLimits(
    int tail,
    int readAhead,
    int window,
    int perSubscriber,
    int lapsed,
    int redeliveries,
    int batch,
    int settlement,
    long idleMicros) {

  public static final DeliveryLimits DEFAULT =
      new DeliveryLimits(20_000, 20_000, 131_072, 32_768, 131_072, 1_000, 1_000, 5_000, 60_000_000);
}
