package io.carillon.master.core.delivery;

/** Why a subscription ends that the subscriber did not end. */
public enum SubscriptionEnd {
  DESTINATION_DELETED,
  NOT_LEADER,
  STOPPING,
  STORE_UNAVAILABLE,
  INTERNAL
}
