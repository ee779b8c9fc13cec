package io.carillon.master.delivery;

import io.carillon.v1.SubscribeRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/** One Subscribe stream, as its own side sees it. Safe for use from any thread; never blocks. */
public final class Subscription {

  int id;
  final int destination;
  final SubscriberLink link;
  final Outbox outbox;
  final AtomicBoolean readyTold = new AtomicBoolean();
  // Of the thread of delivery only.
  boolean loading;
  boolean gone;
  SubscribeRequest waiting;
  private final DeliveryHub hub;

  Subscription(DeliveryHub hub, int destination, SubscriberLink link, Outbox outbox) {
    this.hub = hub;
    this.destination = destination;
    this.link = link;
    this.outbox = outbox;
  }

  /** Credit, acknowledgements and refusals, checked; {@link SubscriberLink#requestNext} follows. */
  public void receive(SubscribeRequest request) {
    hub.execute(() -> hub.onRequest(this, request));
  }

  /** The stream can take messages again. */
  public void onReady() {
    if (readyTold.compareAndSet(false, true)) {
      hub.execute(() -> hub.onReady(this));
    }
  }

  /** The stream is over; {@code farewell} runs once nothing is put on it any more. */
  public void leave(Runnable farewell) {
    hub.execute(
        () -> {
          if (hub.onLeave(this)) {
            farewell.run();
          }
        });
  }
}
