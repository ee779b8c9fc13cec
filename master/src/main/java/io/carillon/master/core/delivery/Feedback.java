package io.carillon.master.core.delivery;

import java.util.List;

/**
 * What a subscriber says of the fires that it was sent, checked.
 *
 * @param credit how many more fires it can take, 0 or more
 */
public record Feedback(int credit, List<Ack> acks, List<Refusal> refusals) {

  /** Done: one fire, or those with {@code first <= seq <= last} that it was sent. */
  public record Ack(long first, long last) {}

  /**
   * To be sent again after the delay.
   *
   * @param attempt if it is not 0, this counts only for a fire that it has at that attempt
   * @param reason empty if it gave none
   */
  public record Refusal(long seq, int attempt, long delayMicros, String reason) {}

  public Feedback {
    acks = List.copyOf(acks);
    refusals = List.copyOf(refusals);
  }

  public static Feedback credit(int credit) {
    return new Feedback(credit, List.of(), List.of());
  }

  public static Feedback ack(long first, long last) {
    return new Feedback(0, List.of(new Ack(first, last)), List.of());
  }

  public static Feedback refusal(Refusal refusal) {
    return new Feedback(0, List.of(), List.of(refusal));
  }
}
