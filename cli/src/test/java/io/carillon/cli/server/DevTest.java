package io.carillon.cli.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.HostAndPort;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.app.Termination;
import io.carillon.common.config.Development;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.transport.Channels;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import io.grpc.ManagedChannel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class DevTest {

  @TempDir private Path folder;

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitActive(ManagedChannel channel, long incarnation) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<Node> nodes = List.of();
    while (System.nanoTime() < until) {
      nodes =
          ClusterServiceGrpc.newBlockingStub(channel)
              .listNodes(ListNodesRequest.getDefaultInstance())
              .getNodesList();
      if (nodes.size() == 1
          && nodes.get(0).getIncarnation() == incarnation
          && nodes.get(0).getState() == Node.State.ACTIVE
          && nodes.get(0).getPartitionCount() == 256) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new AssertionError("not active with incarnation " + incarnation + ": " + nodes);
  }

  @Test
  void a_node_of_dev_that_was_fenced_is_started_again_and_takes_its_partitions_back()
      throws Exception {
    HostAndPort api = HostAndPort.fromParts("127.0.0.1", freePort());
    HostAndPort nodes = HostAndPort.fromParts("127.0.0.1", freePort());
    Listen listen = Records.with(Listen.DEFAULTS, Map.of("listen", api, "nodeListen", nodes));
    Dev dev = new Dev(Records.with(Development.DEFAULTS, "dataDir", folder.toString()), listen);
    ManagedChannel channel = Channels.to(api.toString()).build();
    try {
      dev.start();
      StringWriter described = new StringWriter();
      dev.describe(new PrintWriter(described), "./carillon");
      assertTrue(described.toString().contains("Try: ./carillon schedule create hello"));
      awaitActive(channel, 1);
      // With the data folder of dev's own node, and so with its secret.
      RunningNode twin =
          RunningNode.start(NodeConfig.of(folder.resolve("node-1"), List.of(nodes.toString())));
      assertEquals(Termination.Outcome.FENCED, twin.ended().get(60, TimeUnit.SECONDS).outcome());
      awaitActive(channel, 3);
    } finally {
      channel.shutdownNow();
      dev.close();
    }
  }
}
