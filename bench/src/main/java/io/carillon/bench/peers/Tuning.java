package io.carillon.bench.peers;

/**
 * What differs from work to work.
 *
 * @param processes of a peer that execute; a cluster of Carillon has as many nodes and consumers
 * @param jobMillis how long an execution takes
 * @param pollMillis how often db-scheduler looks what is due
 * @param quickDetection as short a time as the peer allows until it takes another one for dead
 */
record Tuning(int processes, int jobMillis, int pollMillis, boolean quickDetection) {}
