package io.carillon.client;

/** Takes the fires of a subscription. */
@FunctionalInterface
public interface FireHandler {

  /**
   * Takes one fire. It must be settled by {@link Delivery#ack} or {@link Delivery#nack}, here or
   * later and from any thread; what is not holds a place in the credit window, and is delivered
   * again after the destination's ack_timeout, though it may still be acknowledged then. A fire for
   * which this throws is refused, and comes again after the subscription's retry delay.
   *
   * <p>A fire may come more than once: dedupe on {@code delivery.fire().getFireId()} where that
   * matters.
   */
  void handle(Delivery delivery) throws Exception;
}
