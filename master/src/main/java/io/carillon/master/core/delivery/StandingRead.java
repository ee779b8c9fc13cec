package io.carillon.master.core.delivery;

/** How delivery to a destination stands, to be read before anything is delivered to it. */
public record StandingRead(int destination) {

  /**
   * The answer.
   *
   * @param version of the destination's settings, from which the policy is
   * @param cursor as last persisted
   * @param progress as persisted with it
   */
  public record Standing(DeliveryPolicy policy, long version, long cursor, Progress progress) {}
}
