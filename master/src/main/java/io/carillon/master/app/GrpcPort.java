package io.carillon.master.app;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.google.common.util.concurrent.MoreExecutors;
import io.carillon.master.rpc.NodeRpc;
import io.grpc.Server;
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
 * A port that is listened on, with the services on it, their health, and reflection. The services
 * can be replaced by others while it is listened on. Safe for use from any thread.
 */
final class GrpcPort {

  private static final int MIN_PING_MILLIS = 500;

  /** Beyond it, waiting for one's turn is better done by the callers. */
  private static final int MOST_CALLS = 2_000;

  private final InetAddress address;
  private final Server server;
  private final ServiceSwitch services;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * Is not serving yet, as its health says.
   *
   * @param maxBytes largest message that is taken
   * @param services what is offered at first
   * @param executor has a thread for each call that may wait
   * @throws IOException if the address cannot be listened on; the message says which
   */
  GrpcPort(InetSocketAddress address, int maxBytes, ServiceSwitch services, Executor executor)
      throws IOException {
    this.address = address.getAddress();
    this.services = services;
    this.server =
        NettyServerBuilder.forAddress(address)
            // Only finds the method; the call itself is carried out elsewhere.
            .executor(MoreExecutors.directExecutor())
            .callExecutor(new CallThreads(executor))
            .maxInboundMessageSize(maxBytes)
            .maxInboundMetadataSize(16 << 10)
            .maxConcurrentCallsPerConnection(1_000)
            .maxRstFramesPerWindow(500, 10)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            // A client that wants to know soon whether a master is gone pings it often.
            .permitKeepAliveTime(MIN_PING_MILLIS, TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .intercept(NodeRpc.sessionInterceptor())
            .intercept(new CallLimit(MOST_CALLS))
            .fallbackHandlerRegistry(services)
            .build();
    serving(false);
    try {
      server.start();
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + rootMessage(e), e);
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
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

  /** That is listened on. */
  InetAddress address() {
    return address;
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
  }
}
