package io.carillon.master.delivery;

import io.carillon.v1.SubscribeResponse;

/** The stream of a subscriber. Called by the thread of delivery only, and never blocks. */
public interface SubscriberLink {

  /** Why a stream ends that the subscriber did not end. */
  enum Ending {
    DESTINATION_DELETED,
    NOT_LEADER,
    STOPPING,
    STORE_UNAVAILABLE,
    INTERNAL
  }

  /** Whether a message would go out rather than pile up. */
  boolean isReady();

  void send(SubscribeResponse message);

  /** What it asked for last has been done: the next request may come. */
  void requestNext();

  void end(Ending ending);
}
