package io.carillon.clocknode.rpc;

import java.util.List;

/**
 * Who this node is to the master, and where masters are.
 *
 * @param instance drawn anew at each start of the process
 * @param masters targets as gRPC understands them, tried in turn
 */
public record LinkConfig(
    String nodeId,
    String instance,
    List<String> masters,
    int weight,
    String programVersion,
    String location) {}
