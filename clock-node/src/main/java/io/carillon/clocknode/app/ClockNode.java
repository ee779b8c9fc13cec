package io.carillon.clocknode.app;

import com.google.protobuf.ByteString;
import io.carillon.clocknode.app.Termination.Outcome;
import io.carillon.clocknode.core.NodeCore;
import io.carillon.clocknode.core.NodeReport;
import io.carillon.clocknode.rpc.LinkConfig;
import io.carillon.clocknode.rpc.MasterLink;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.transport.Channels;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A clock node in this process: one thread, and what gRPC needs. Several may run side by side.
 *
 * <p>It never ends the process. How it ended is in {@link #termination}; one that was fenced must
 * not be started again, because another instance runs under its id.
 */
public final class ClockNode implements AutoCloseable {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final NodeLoop loop;
  private final Thread thread;
  private final String nodeId;
  private final AtomicBoolean started = new AtomicBoolean();

  /**
   * Finds or makes the node's id; connects to nothing yet.
   *
   * @throws IOException if the data directory cannot be used
   */
  public ClockNode(NodeConfig config) throws IOException {
    this(config, ClockNode::channel);
  }

  /**
   * @param channels opens a channel to an address of the config; asked again for each session
   */
  public ClockNode(NodeConfig config, Function<String, ManagedChannel> channels)
      throws IOException {
    SecureRandom random = new SecureRandom();
    Optional<String> given = config.nodeId();
    nodeId = given.isPresent() ? given.get() : NodeIdentity.of(config.dataDir(), random);
    // Begins with the wall clock, so that the offset to cluster time tells by how much this
    // machine's is off.
    long began = System.currentTimeMillis() * 1_000;
    long origin = System.nanoTime();
    // From 1 on: 0 means "not asked for" in the heartbeat's answer.
    LongSupplier monotonicMicros = () -> began + (System.nanoTime() - origin) / 1_000;
    HomeCluster home = given.isPresent() ? HomeCluster.unkept() : HomeCluster.of(config.dataDir());
    loop = new NodeLoop(new NodeCore(config.limits(), specs()), monotonicMicros, home);
    LinkConfig identity =
        new LinkConfig(
            nodeId,
            ByteString.copyFrom(NodeIdentity.secret(config.dataDir(), random)),
            UUID.randomUUID().toString(),
            config.masters(),
            config.weight(),
            programVersion(),
            location());
    loop.attach(
        new MasterLink(
            identity,
            channels,
            loop,
            monotonicMicros,
            new SplittableRandom(random.nextLong()),
            loop));
    thread = new Thread(loop, "carillon-" + nodeId);
    thread.setDaemon(true);
  }

  /** Starts the loop. Connecting goes on in the background, for as long as it takes. */
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("node " + nodeId + " was started before");
    }
    thread.start();
  }

  public String nodeId() {
    return nodeId;
  }

  /** What the node holds; at most a second old, and 50 ms while it is busy. */
  public NodeReport report() {
    return loop.report();
  }

  /** Completes when the node has ended, whatever the reason; never exceptionally. */
  public CompletableFuture<Termination> termination() {
    return loop.terminated().copy();
  }

  /**
   * Leaves the cluster in order: ticks on until the master has given every partition away, so that
   * no fire is late for it. Ends abruptly if that takes longer than the timeout.
   */
  public Termination drainAndStop(Duration timeout) throws InterruptedException {
    endUnstarted();
    loop.drain();
    try {
      return loop.terminated().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      loop.end(Outcome.DRAIN_TIMED_OUT, "not released within " + timeout);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return loop.terminated().join();
  }

  /** Ends the node as if its process had died; the cluster takes its partitions. */
  @Override
  public void close() {
    endUnstarted();
    loop.end(Outcome.CLOSED, "closed");
    loop.terminated().join();
  }

  /** A node that never ran ends by running for a moment. */
  private void endUnstarted() {
    if (started.compareAndSet(false, true)) {
      loop.end(Outcome.CLOSED, "closed before it was started");
      thread.start();
    }
  }

  private static Function<String, Occurrences> specs() {
    SpecInterner interner = new SpecInterner();
    return interner::intern;
  }

  private static ManagedChannel channel(String address) {
    return Channels.to(address)
        // Callbacks only post to the loop, so they need no thread of their own.
        .directExecutor()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .build();
  }

  private static String programVersion() {
    String version = ClockNode.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String location() {
    String host = System.getenv("HOSTNAME");
    return (host == null ? "localhost" : host) + ":" + ProcessHandle.current().pid();
  }
}
