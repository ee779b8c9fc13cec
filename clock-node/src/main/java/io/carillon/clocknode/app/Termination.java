package io.carillon.clocknode.app;

/**
 * How a node came to its end.
 *
 * @param reason for people
 */
public record Termination(Outcome outcome, String reason) {

  /** One value each, so that a launcher can map them to exit codes. */
  public enum Outcome {
    /** Gave its partitions back and was released. */
    DRAINED,
    /** Was told to drain, but was not released in time. */
    DRAIN_TIMED_OUT,
    /** Closed without draining. */
    CLOSED,
    /** Another instance runs under its id. To start this one again is wrong. */
    FENCED,
    /** Its id belongs to a node with another secret. */
    ID_TAKEN,
    /** Its masters are of another cluster than the one that it belongs to. */
    FOREIGN_CLUSTER,
    /** A bug. */
    FAILED
  }
}
