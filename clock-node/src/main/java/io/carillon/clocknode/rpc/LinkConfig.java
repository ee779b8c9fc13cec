package io.carillon.clocknode.rpc;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Who this node is to the master, and where masters are.
 *
 * @param secret proves that this process is the node
 * @param instance drawn anew at each start of the process
 * @param masters targets as gRPC understands them, tried in turn
 */
public record LinkConfig(
    String nodeId,
    ByteString secret,
    String instance,
    List<String> masters,
    int weight,
    String programVersion,
    String location) {}
