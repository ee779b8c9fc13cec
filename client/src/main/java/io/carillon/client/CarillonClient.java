package io.carillon.client;

import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A connection to Carillon. Safe for use from any thread; one is enough for a process.
 *
 * <p>The stubs are those generated from the contracts. Every unary call has a deadline; reads and
 * creations are repeated while the master is unavailable. A stub throws {@link
 * io.grpc.StatusRuntimeException}; {@link CarillonException#translated} makes it readable.
 */
public final class CarillonClient implements AutoCloseable {

  static {
    NameResolverRegistry.getDefaultRegistry().register(new FixedAddresses());
  }

  /**
   * The longest that a lost connection is left before it is tried again. gRPC's own limit is two
   * minutes.
   */
  private static final Duration RECONNECT_AT_LATEST = Duration.ofSeconds(1);

  private final ManagedChannel transport;
  private final Channel channel;
  private final ScheduledExecutorService timer;

  private CarillonClient(ManagedChannel transport, Duration deadline) {
    this.transport = transport;
    this.channel = ClientInterceptors.intercept(transport, new CallPolicy(deadline));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "carillon-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    watchConnection();
  }

  public static Builder builder() {
    return new Builder();
  }

  public ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules() {
    return ScheduleServiceGrpc.newBlockingStub(channel);
  }

  public FireServiceGrpc.FireServiceBlockingStub fires() {
    return FireServiceGrpc.newBlockingStub(channel);
  }

  public DestinationServiceGrpc.DestinationServiceBlockingStub destinations() {
    return DestinationServiceGrpc.newBlockingStub(channel);
  }

  public CalendarServiceGrpc.CalendarServiceBlockingStub calendars() {
    return CalendarServiceGrpc.newBlockingStub(channel);
  }

  public OperationServiceGrpc.OperationServiceBlockingStub operations() {
    return OperationServiceGrpc.newBlockingStub(channel);
  }

  public ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
    return ClusterServiceGrpc.newBlockingStub(channel);
  }

  /** For asynchronous stubs: they get the same deadlines and retries. */
  public Channel channel() {
    return channel;
  }

  /** Hands the fires of a destination to a handler until the subscription is closed. */
  public Subscription subscribe(String destination, FireHandler handler) {
    return subscribe(destination, handler, SubscriptionOptions.defaults());
  }

  /**
   * Hands the fires of a destination to a handler until the subscription is closed.
   *
   * @param destination {@code tenants/{tenant}/destinations/{destination}}
   */
  public Subscription subscribe(
      String destination, FireHandler handler, SubscriptionOptions options) {
    Subscription subscription =
        new Subscription(this::openDelivery, timer, destination, handler, options);
    subscription.connect();
    return subscription;
  }

  private DeliveryServiceGrpc.DeliveryServiceStub openDelivery() {
    transport.resetConnectBackoff();
    return DeliveryServiceGrpc.newStub(channel);
  }

  private void watchConnection() {
    ConnectivityState state = transport.getState(false);
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      try {
        var unused =
            timer.schedule(
                transport::resetConnectBackoff,
                RECONNECT_AT_LATEST.toMillis(),
                TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        return; // Closed meanwhile.
      }
    }
    transport.notifyWhenStateChanged(state, this::watchConnection);
  }

  /**
   * Ends all calls. Close subscriptions first: what they have not acknowledged is delivered again.
   */
  @Override
  public void close() {
    timer.shutdownNow();
    transport.shutdownNow();
    try {
      transport.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where to connect to, and how long to wait. */
  public static final class Builder {

    private final List<String> addresses = new ArrayList<>();
    private Duration deadline = Duration.ofSeconds(10);
    // A list of 1000 schedules with the largest payload each.
    private int maxMessageBytes = 96 << 20;

    private Builder() {}

    /**
     * {@code host:port} of a master; the port is 7400 if left out. Several stand for each other.
     */
    public Builder address(String address) {
      FixedAddresses.HostPort parsed = FixedAddresses.parse(address);
      addresses.add(parsed.host() + ":" + parsed.port());
      return this;
    }

    public Builder addresses(Collection<String> addresses) {
      addresses.forEach(this::address);
      return this;
    }

    /** For unary calls that have none of their own. 10 seconds unless told otherwise. */
    public Builder deadline(Duration deadline) {
      if (deadline.isZero() || deadline.isNegative()) {
        throw new IllegalArgumentException("a deadline must be longer than nothing: " + deadline);
      }
      this.deadline = deadline;
      return this;
    }

    /** The largest answer that is accepted. 96 MiB unless told otherwise. */
    public Builder maxMessageBytes(int bytes) {
      this.maxMessageBytes = bytes;
      return this;
    }

    /** Connects at the first call. */
    public CarillonClient build() {
      if (addresses.isEmpty()) {
        address("127.0.0.1");
      }
      ManagedChannel transport =
          NettyChannelBuilder.forTarget(
                  FixedAddresses.SCHEME + ":///" + String.join(",", addresses))
              .usePlaintext()
              .defaultServiceConfig(CallPolicy.serviceConfig())
              .maxInboundMessageSize(maxMessageBytes)
              // A dead peer is noticed within 40 s, also by a subscription to which nothing is due.
              .keepAliveTime(30, TimeUnit.SECONDS)
              .keepAliveTimeout(10, TimeUnit.SECONDS)
              .build();
      return new CarillonClient(transport, deadline);
    }
  }
}
