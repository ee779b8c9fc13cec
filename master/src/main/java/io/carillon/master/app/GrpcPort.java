package io.carillon.master.app;

import io.carillon.master.rpc.NodeRpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A port that is listened on, with the services on it, their health, and reflection. */
final class GrpcPort {

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * @param maxBytes largest message that is taken
   * @param minKeepAliveSeconds clients may ping as often as this
   * @throws IOException if the address cannot be listened on; the message says which
   */
  GrpcPort(
      InetSocketAddress address,
      int maxBytes,
      int minKeepAliveSeconds,
      List<BindableService> services,
      Executor executor)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .executor(executor)
            .maxInboundMessageSize(maxBytes)
            .maxInboundMetadataSize(16 << 10)
            .maxConcurrentCallsPerConnection(1_000)
            .maxRstFramesPerWindow(500, 10)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .permitKeepAliveTime(minKeepAliveSeconds, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    for (BindableService service : services) {
      builder.addService(
          ServerInterceptors.intercept(service.bindService(), NodeRpc.sessionInterceptor()));
    }
    this.server = builder.build();
    serving(true);
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

  /** Sets the health of the port and of each service on it. */
  void serving(boolean serving) {
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
