package io.carillon.master.store.delivery;

import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.DestinationKind;

/**
 * A destination as it is stored. Times in microseconds.
 *
 * @param num 0 as long as it is not stored
 * @param version rises with every change
 */
public record StoredDestination(
    int num,
    String tenant,
    String id,
    DestinationKind kind,
    String displayName,
    DeliveryPolicy policy,
    long version,
    long createTime,
    long updateTime) {

  /** The same with what a client can change by an update. */
  public StoredDestination with(String newDisplayName, DeliveryPolicy newPolicy) {
    return new StoredDestination(
        num, tenant, id, kind, newDisplayName, newPolicy, version, createTime, updateTime);
  }
}
