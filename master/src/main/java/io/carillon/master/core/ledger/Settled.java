package io.carillon.master.core.ledger;

/**
 * How far a partition is recorded, as one snapshot of the store says: everything due up to the
 * watermark, for revisions up to the applied version.
 */
public record Settled(long watermark, long appliedVersion) {}
