package io.carillon.master.core.delivery;

import java.util.List;

/**
 * Carries out what {@link DeliveryCore} decides. It is called where the core is called, blocks on
 * nothing, and tells the core of what comes of it later, never at once.
 */
public interface DeliveryShell {

  /** Answered by {@link DeliveryCore#onRead} or {@link DeliveryCore#onReadFailed}. */
  void read(StandingRead read);

  /** Likewise. */
  void read(int destination, LogRead read);

  /** Likewise. */
  void read(int destination, ParkedRead read);

  /** The subscriber will be sent fires as far as it gives credit. */
  void opened(int subscriber);

  /**
   * Sends the fires, from the first one that is unsent on; answers whether all are on their way. If
   * they are not, it is called again after {@link DeliveryCore#resume}, and now and then.
   */
  boolean send(Send send);

  /** What the subscriber said last has been done. */
  void taken(int subscriber);

  /** The subscriber gets nothing more, and is heard no more. */
  void end(int subscriber, SubscriptionEnd ending);

  /** Answered by {@link DeliveryCore#onSettled} or {@link DeliveryCore#onSettlementFailed}. */
  void settle(List<Settlement> settlements);

  /** A bug in the delivery to one destination, which begins anew. */
  void bug(int destination, RuntimeException bug);
}
