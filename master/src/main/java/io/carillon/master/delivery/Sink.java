package io.carillon.master.delivery;

import io.carillon.master.core.delivery.SubscriptionEnd;

/**
 * Where fires of a destination are put out: batches go in as far as it gave credit, and it says of
 * each fire what became of it ({@link Subscription}). Called by the thread of delivery only, and
 * never blocks.
 */
public interface Sink {

  /** It may give credit now, and is sent fires as far as it does. */
  void open();

  /** Whether a batch would go out rather than pile up; {@link Subscription#onReady} tells when. */
  boolean isReady();

  /** Fires with what goes with them. The batch is valid during this call only. */
  void send(Batch batch);

  /** What it said last has been done: it may say more. */
  void onTaken();

  /** Nothing follows. */
  void end(SubscriptionEnd ending);
}
