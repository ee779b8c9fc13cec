package io.carillon.master.app;

import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does once for nothing what a fail-over asks of a master that follows: its classes are loaded and
 * specs compiled then, and do not have to be waited for. On a thread that nobody waits for.
 */
final class Rehearsal {

  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
  private static final long PATIENCE_SECONDS = 10;

  private final Supplier<Leadership> leadership;
  private final InetAddress address;
  private final int nodePort;

  /**
   * @param leadership under an epoch that the fence refuses
   * @param address where this machine reaches the port for clock nodes
   */
  Rehearsal(Supplier<Leadership> leadership, InetAddress address, int nodePort) {
    this.leadership = leadership;
    this.address = address;
    this.nodePort = nodePort;
  }

  void run() {
    try {
      lead();
      answerNode();
    } catch (RuntimeException e) {
      log.debug("did not rehearse to lead: {}", e.toString());
    }
  }

  private void lead() {
    Leadership rehearsal = leadership.get();
    rehearsal.api();
    rehearsal.nodes();
    rehearsal.abandon();
  }

  /** Nodes that look for the leader wait some 100 ms for each master: a first answer takes more. */
  private void answerNode() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new InetSocketAddress(address, nodePort))
            .usePlaintext()
            .build();
    try {
      var unused =
          NodeServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .register(RegisterRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      // As it should be: a follower refuses every node, and a leader one without a name.
      log.debug("a node is answered by {}", e.getStatus().getCode());
    } finally {
      channel.shutdownNow();
    }
  }
}
