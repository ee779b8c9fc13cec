package io.carillon.master.core;

/** A pushed part that changed nothing, and why. */
public record Refusal(int partition, long epoch, Reason reason) {

  /** What the node should do about it. */
  public enum Reason {
    /** The partition is not the node's under that epoch: drop it. */
    STALE_EPOCH,
    /** The part does not continue the recorded watermark: begin again from a snapshot. */
    WATERMARK_MISMATCH,
    /** Malformed, or too far ahead of cluster time: begin again from a snapshot. */
    MALFORMED
  }
}
