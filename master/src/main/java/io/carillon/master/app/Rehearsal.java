package io.carillon.master.app;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.cluster.ClusterStore.KnownNode;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for nothing what a fail-over asks of a master that follows: its classes are loaded, specs
 * compiled and the way of a fire has been gone then, up to the fence, which refuses it. On a thread
 * that nobody waits for.
 */
final class Rehearsal {

  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  /** No epoch of a leader, so that the fence refuses every write. */
  static final long EPOCH = -1;

  private static final long PATIENCE_SECONDS = 10;
  private static final int MESSAGE_BYTES = 64 << 20;

  private final Leadership.Process process;
  private final ClusterRpc.Lead lead;
  private final MasterPorts ports;
  private final CompletableFuture<Void> refused = new CompletableFuture<>();

  /**
   * @param lead of {@link #EPOCH}
   */
  Rehearsal(Leadership.Process process, ClusterRpc.Lead lead, MasterPorts ports) {
    this.process = process;
    this.lead = lead;
    this.ports = ports;
  }

  /**
   * @param first do what can be done even if there is no node with partitions
   * @return whether all of it could be gone through: there has to be one
   */
  boolean run(boolean first) {
    boolean whole = false;
    try {
      KnownNode node = new ClusterStore(process.database()).someOwner();
      if (node == null && !first) {
        return false;
      }
      whole = lead(node);
      answerNode();
    } catch (RuntimeException | IOException e) {
      log.debug("did not rehearse to lead: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return whole;
  }

  /** Whether it came to a write, which was refused. */
  boolean wasRefused() {
    return refused.isDone();
  }

  private boolean lead(KnownNode node) throws IOException, InterruptedException {
    Leadership rehearsal = new Rehearsed();
    try {
      rehearsal.api();
      if (node != null) {
        record(rehearsal, node);
      }
    } finally {
      rehearsal.abandon();
    }
    return node != null;
  }

  private void record(Leadership rehearsal, KnownNode node)
      throws IOException, InterruptedException {
    rehearsal.start();
    InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    GrpcPort stage =
        new GrpcPort(
            here, GrpcPort.Kind.nodes(), new ServiceSwitch(), GrpcPort.allOn(process.executor()));
    ManagedChannel channel = channel(here.getAddress(), stage.port());
    try {
      stage.offer(rehearsal.nodes(), true);
      new RehearsedNode(channel, node, process.specs()::intern).run(process.time().nowMicros());
      var unused = refused.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("the rehearsal came to no end: {}", e.toString());
    } finally {
      // Its streams are ended while the port can still carry that.
      rehearsal.abandon();
      channel.shutdownNow();
      stage.stop(1);
    }
  }

  /** Tells nobody what happens in it. */
  private final class Rehearsed extends Leadership {
    Rehearsed() {
      super(process, lead, new Refusals());
    }

    /** Who rehearses knows no secret, but what the store has of it. */
    @Override
    String secretHash(ByteString secret) {
      return secret.toStringUtf8();
    }

    @Override
    void announce(CoreEvent event) {}

    @Override
    void broken(String what, Throwable bug) {
      refused.complete(null);
    }

    @Override
    void judge(String reason) {
      refused.complete(null);
    }
  }

  /** The fence refuses the first write, as it must. */
  private final class Refusals implements Leadership.Listener {
    @Override
    public void available(boolean available) {}

    @Override
    public void deposed(long epoch) {
      refused.complete(null);
    }

    @Override
    public void failed(long epoch, String reason) {
      refused.complete(null);
    }
  }

  /** Nodes that look for the leader wait some 100 ms for each master: a first answer takes more. */
  private void answerNode() {
    ManagedChannel channel = channel(ports.nodesFromHere(), ports.nodePort());
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

  private static ManagedChannel channel(InetAddress address, int port) {
    return NettyChannelBuilder.forAddress(new InetSocketAddress(address, port))
        .usePlaintext()
        .maxInboundMessageSize(MESSAGE_BYTES)
        .build();
  }
}
