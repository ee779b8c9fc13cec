package io.carillon.master.app;

import com.google.common.base.Throwables;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.google.common.util.concurrent.MoreExecutors;
import io.carillon.master.access.Services;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.node.NodeRpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A port that is listened on, with the services on it, their health, and reflection. There are no
 * other ports, so here is said what protects a connection: nothing does yet, it is plaintext. The
 * services can be replaced by others while it is listened on. Safe for use from any thread.
 */
final class GrpcPort {

  private static final int MIN_PING_MILLIS = 500;

  /** A client that is gone without a word, or has no use for its connection. */
  private static final int IDLE_SECONDS = 300;

  /**
   * Of one connection in ten seconds: a client gives up no more calls than it may have open, and
   * that four times over. Each costs little here; the connection that is cut for them has others.
   */
  private static final int MOST_RESETS = 4_000;

  private static final int RESETS_SECONDS = 10;

  /**
   * How a port is run.
   *
   * @param name of its threads
   * @param loops threads that read and write
   * @param maxBytes largest message of any method
   * @param requestBytes of all requests that are here
   * @param bounds of its calls
   * @param idleEnds whether connections without calls are ended after a while
   * @param interceptors of every call that its limit lets through, the last one first
   */
  record Kind(
      String name,
      int loops,
      int maxBytes,
      long requestBytes,
      CallLimit.Bounds bounds,
      boolean idleEnds,
      List<ServerInterceptor> interceptors) {

    /** For clients. */
    static Kind api() {
      long heap = Runtime.getRuntime().maxMemory();
      return new Kind(
          "carillon-api",
          2,
          Services.API_MOST_BYTES,
          Math.max(Services.API_MOST_BYTES * 2L, heap / 8),
          new CallLimit.Bounds(2_000, 500, 10_000, heap / 16, 4L << 20),
          true,
          List.of());
    }

    /** For clock nodes: no client can take anything of it. */
    static Kind nodes() {
      long heap = Runtime.getRuntime().maxMemory();
      return new Kind(
          "carillon-nodes",
          2,
          Services.NODE_MOST_BYTES,
          Math.max(Services.NODE_MOST_BYTES * 2L, heap / 2),
          new CallLimit.Bounds(2_000, 500, 10_000, heap / 16, 4L << 20),
          false,
          List.of(NodeRpc.sessionInterceptor()));
    }
  }

  private final InetAddress address;
  private final EventLoops loops;
  private final Server server;
  private final ServiceSwitch services;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * Is not serving yet, as its health says.
   *
   * @param services what is offered at first
   * @param threads that carry out the calls
   * @throws IOException if the address cannot be listened on; the message says which
   */
  GrpcPort(
      InetSocketAddress address,
      Kind kind,
      ServiceSwitch services,
      ServerCallExecutorSupplier threads,
      Instruments instruments)
      throws IOException {
    this.address = address.getAddress();
    this.services = services;
    this.loops = new EventLoops(kind.name(), kind.loops());
    CallLimit limit = new CallLimit(kind.bounds());
    NettyServerBuilder builder =
        loops.serve(NettyServerBuilder.forAddress(address, InsecureServerCredentials.create()));
    kind.interceptors().forEach(builder::intercept);
    if (kind.idleEnds()) {
      builder.maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS);
    }
    this.server =
        builder
            // Only finds the method; the call itself is carried out elsewhere.
            .executor(MoreExecutors.directExecutor())
            .callExecutor(threads)
            .maxInboundMessageSize(kind.maxBytes())
            .addStreamTracerFactory(new CallMeter(instruments))
            .addStreamTracerFactory(new RequestBytes(kind.requestBytes()))
            .addTransportFilter(limit)
            .maxInboundMetadataSize(16 << 10)
            .maxConcurrentCallsPerConnection(1_000)
            .maxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            // A client that wants to know soon whether a master is gone pings it often.
            .permitKeepAliveTime(MIN_PING_MILLIS, TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .fallbackHandlerRegistry(services)
            .intercept(limit)
            .build();
    serving(false);
    try {
      server.start();
    } catch (IOException e) {
      loops.stop();
      throw new IOException(
          "cannot listen on " + address + ": " + Throwables.getRootCause(e).getMessage(), e);
    }
  }

  /** All calls on threads of one executor, which has one for each. */
  static ServerCallExecutorSupplier allOn(Executor executor) {
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        return executor;
      }
    };
  }

  /** Offers these services from now on; calls that have begun go on with what they began with. */
  synchronized void offer(List<ServerServiceDefinition> offered, boolean serving) {
    List<ServerServiceDefinition> before = services.getServices();
    services.offer(offered);
    serving(serving);
    Set<String> names = new HashSet<>();
    offered.forEach(service -> names.add(service.getServiceDescriptor().getName()));
    for (ServerServiceDefinition service : before) {
      String name = service.getServiceDescriptor().getName();
      if (!names.contains(name)) {
        health.clearStatus(name);
      }
    }
  }

  /** Sets the health of the port and of each service on it. */
  synchronized void serving(boolean serving) {
    ServingStatus status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    for (ServerServiceDefinition service : server.getServices()) {
      health.setStatus(service.getServiceDescriptor().getName(), status);
    }
  }

  /** NOT_SERVING from now on, whatever is said later. */
  void leave() {
    health.enterTerminalState();
  }

  /**
   * Where others reach it.
   *
   * @param advertised said by the operator; null: as it listens, by the machine's name if on all
   *     addresses
   */
  String reached(HostAndPort advertised) throws UnknownHostException {
    if (advertised != null) {
      return advertised.toString();
    }
    if (address.isAnyLocalAddress()) {
      return HostAndPort.fromParts(InetAddress.getLocalHost().getHostName(), port()).toString();
    }
    return HostAndPort.fromParts(InetAddresses.toAddrString(address), port()).toString();
  }

  /** Where this process reaches it. */
  String fromHere() {
    InetAddress here = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    return HostAndPort.fromParts(InetAddresses.toAddrString(here), port()).toString();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public String toString() {
    return server.getListenSockets().get(0).toString().replaceFirst("^.*/", "");
  }

  /** Takes no new calls, and ends those that are not done in time. */
  void stop(int seconds) {
    server.shutdown();
    try {
      if (!server.awaitTermination(seconds, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    loops.stop();
  }
}
