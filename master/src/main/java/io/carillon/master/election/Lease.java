package io.carillon.master.election;

/**
 * The rows of the leader in the store, as they were read.
 *
 * @param epoch fences masters; rises by one with every new leader; 0: there never was one
 * @param renewals rises while the leader lives
 * @param clusterTime the leader's clock at the latest renewal, microseconds since 1970
 * @param instance the start of a master that took this epoch, drawn at random
 * @param leader the leader's name, for operators
 * @param apiAddress {@code host:port} of its API
 * @param nodeAddress {@code host:port} for clock nodes
 */
public record Lease(
    long epoch,
    long renewals,
    long clusterTime,
    String instance,
    String leader,
    String apiAddress,
    String nodeAddress) {}
