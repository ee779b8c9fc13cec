package io.carillon.clocknode.core;

/**
 * A partition that the node is to own.
 *
 * @param release give it back: one last batch, and no more
 */
public record AssignedPartition(int partition, long epoch, boolean release) {}
