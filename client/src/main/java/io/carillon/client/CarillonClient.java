package io.carillon.client;

import io.carillon.transport.Addresses;
import io.carillon.transport.Channels;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A connection to Carillon. Safe for use from any thread; one is enough for a process.
 *
 * <p>The stubs are those generated from the contracts. Every unary call has a deadline; reads and
 * creations are repeated while the master is unavailable. A stub throws {@link
 * io.grpc.StatusRuntimeException}; {@link CarillonException#translated} makes it readable.
 *
 * <p>Give it the addresses of all masters: any of them serves any call. A master that dies is left
 * at once, and one that is silent or cannot serve within about 4 s. Reads, creations, backfills and
 * subscriptions go on at another master, the latter with what was not acknowledged; other calls
 * that the lost master had end as UNAVAILABLE.
 *
 * <p>Changes other than creations and backfills are not repeated, as they carry no request id. When
 * one ends as UNAVAILABLE and its reason ({@link CarillonException#reason}) is NO_LEADER, nothing
 * was done: call again. Otherwise it may have been done or not:
 *
 * <ul>
 *   <li>an update: repeat it with the same etag; ABORTED (ETAG_MISMATCH) says that the schedule was
 *       changed, perhaps by the first call: read it and compare;
 *   <li>a deletion: repeat it; NOT_FOUND says that it is deleted;
 *   <li>a pause or resumption: repeat it; FAILED_PRECONDITION (ALREADY_PAUSED, NOT_PAUSED) says
 *       that the schedule is as was asked;
 *   <li>a trigger: look at the schedule's latest fires first, a second trigger is a second fire.
 * </ul>
 */
public final class CarillonClient implements AutoCloseable {

  private static final int DEFAULT_PORT = 7400;

  private final MasterChannel masters;
  private final Channel channel;
  private final ScheduledExecutorService timer;

  /** Null: those that all clients of the process share. */
  private final Channels.Poller poller;

  private CarillonClient(Builder asked) {
    this.poller = asked.ownPoller ? new Channels.Poller() : null;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "carillon-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    this.masters = new MasterChannel(asked.addresses, to -> asked.connect(to, poller), timer);
    this.channel = ClientInterceptors.intercept(masters, new CallPolicy(asked.deadline));
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
    masters.hurry();
    return DeliveryServiceGrpc.newStub(channel);
  }

  /**
   * Ends all calls. Close subscriptions first: what they have not acknowledged is delivered again.
   */
  @Override
  public void close() {
    timer.shutdownNow();
    try {
      masters.shutdownNow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (poller != null) {
      poller.close();
    }
  }

  /** Where to connect to, and how long to wait. */
  public static final class Builder {

    private final List<String> addresses = new ArrayList<>();
    private Duration deadline = Duration.ofSeconds(10);
    // A list of 1000 schedules with the largest payload each.
    private int maxMessageBytes = 96 << 20;
    private Executor executor;
    private boolean ownPoller;

    private Builder() {}

    /**
     * {@code host:port} of a master; the port is 7400 if left out. Several stand for each other.
     */
    public Builder address(String address) {
      addresses.add(Addresses.parse(address, DEFAULT_PORT).toString());
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

    /**
     * Where asynchronous calls are answered; threads of gRPC's unless told otherwise. {@code
     * Runnable::run} saves their waking, for callers of very many calls whose observers never wait:
     * they run on the thread of the connection, and hold up every other call. Handlers of fires and
     * blocking calls have threads of their own either way.
     */
    public Builder executor(Executor answers) {
      this.executor = answers;
      return this;
    }

    /**
     * Its connections are polled by one thread of its own, which ends as it is closed. Otherwise
     * all clients of the process share threads, and a JVM that ends within a second of the last
     * client is held up by 0.3 s. For programs that make a call and end.
     */
    public Builder ownPoller() {
      this.ownPoller = true;
      return this;
    }

    /** Connects at the first call. */
    public CarillonClient build() {
      if (addresses.isEmpty()) {
        address("127.0.0.1");
      }
      return new CarillonClient(this);
    }

    private ManagedChannel connect(List<String> masters, Channels.Poller poller) {
      // The only master's silence is noticed by the channel; that of one of several by its health,
      // sooner.
      return (poller == null ? Channels.to(masters) : Channels.to(masters, poller))
          .defaultServiceConfig(CallPolicy.serviceConfig())
          .executor(executor)
          .maxInboundMessageSize(maxMessageBytes)
          .build();
    }
  }
}
