package io.carillon.simulation.check;

import java.util.List;

/** Something that must never be. */
public final class Violation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String invariant;
  private final transient List<String> topics;

  /**
   * @param invariant its short name
   * @param topics what of the trace tells the story
   */
  public Violation(String invariant, String message, String... topics) {
    super(invariant + ": " + message);
    this.invariant = invariant;
    this.topics = List.of(topics);
  }

  /** Throws one if what must hold does not. */
  static void unless(boolean holds, String invariant, String message, String... topics) {
    if (!holds) {
      throw new Violation(invariant, message, topics);
    }
  }

  public String invariant() {
    return invariant;
  }

  public List<String> topics() {
    return topics;
  }
}
