package io.carillon.clocknode.core;

/** The master did not take a part of a batch. */
public record Refusal(int partition, long epoch, Reason reason) {

  /** As in the protocol. */
  public enum Reason {
    STALE_EPOCH,
    WATERMARK_MISMATCH,
    MALFORMED
  }
}
