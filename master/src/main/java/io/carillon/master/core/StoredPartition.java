package io.carillon.master.core;

/**
 * A partition as it is in the store.
 *
 * @param standing what the log has of it beyond the watermark
 */
public record StoredPartition(long epoch, long watermark, long applied, StandingFires standing) {}
