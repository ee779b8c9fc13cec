package io.carillon.master.delivery;

import io.carillon.master.core.delivery.Feedback;

/** Delivery to one {@link Sink}, as its own side sees it. For any thread; never blocks. */
public interface Subscription {

  /** Credit, acknowledgements and refusals, checked; {@link Sink#onTaken} follows. */
  void receive(Feedback feedback);

  /** The sink can take batches again. */
  void onReady();

  /** The sink is gone; {@code farewell} runs once nothing is put into it any more. */
  void leave(Runnable farewell);
}
