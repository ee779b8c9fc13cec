package io.carillon.client;

import com.google.common.net.HostAndPort;
import com.google.protobuf.Empty;
import io.carillon.transport.Addresses;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The channel to whichever master works. A connection that breaks is gRPC's to replace: it tries
 * the addresses in order. What gRPC sees late or not at all is seen here: a master that is stopped,
 * cut off without a word, or says that it cannot serve. While calls are under way its health is
 * asked for every second; after two bad answers, or none in time, the next master is connected to.
 * What a silent master has is called again where that is safe, and ends as unavailable where it is
 * not; a master that still speaks may end its calls itself.
 *
 * <p>Safe for use from any thread. Looks around on the timer's thread.
 */
final class MasterChannel extends Channel {

  /** gRPC's own limit is two minutes. */
  private static final long RECONNECT_MILLIS = 1_000;

  private static final long LOOK_MILLIS = 1_000;
  private static final long ANSWER_MILLIS = 1_500;
  private static final int PATIENCE = 2;

  /** For calls that were about to begin on a channel as it was left. */
  private static final long LEAVE_MILLIS = 100;

  private static final int HEALTH_STATUS = 1;
  private static final long SERVING = 1;
  static final MethodDescriptor<Empty, Empty> HEALTH =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();

  private final Function<List<String>, ManagedChannel> connector;
  private final ScheduledExecutorService timer;
  private final AtomicInteger underWay = new AtomicInteger();

  /** Replaced under the lock of this. */
  private volatile ManagedChannel current;

  // Guarded by this.
  private final List<String> order;
  private final List<ManagedChannel> left = new ArrayList<>();
  private boolean asking;
  private int bad;
  private boolean closed;

  /**
   * @param connector makes a channel that tries these addresses, {@code host:port}, in order
   */
  MasterChannel(
      List<String> addresses,
      Function<List<String>, ManagedChannel> connector,
      ScheduledExecutorService timer) {
    this.order = new ArrayList<>(addresses);
    this.connector = connector;
    this.timer = timer;
    this.current = connector.apply(order);
    watch(current);
    if (order.size() > 1) {
      var unused =
          timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public String authority() {
    return current.authority();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    if (!CallPolicy.isRepeatable(method)) {
      return counted(current.newCall(method, options));
    }
    return new RepeatableCall<>(
        () -> {
          ManagedChannel master = current;
          return new RepeatableCall.Attempt<>(
              counted(master.newCall(method, options)), () -> isLeft(master));
        });
  }

  private synchronized boolean isLeft(ManagedChannel master) {
    return master != current && !closed;
  }

  private <Q, A> ClientCall<Q, A> counted(ClientCall<Q, A> call) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        underWay.incrementAndGet();
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                underWay.decrementAndGet();
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  /** A lost connection is tried again now. */
  void hurry() {
    current.resetConnectBackoff();
  }

  /** Sees to it that a lost connection is tried again soon. */
  private void watch(ManagedChannel channel) {
    ConnectivityState state = channel.getState(false);
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      later(channel::resetConnectBackoff, RECONNECT_MILLIS);
    }
    channel.notifyWhenStateChanged(state, () -> watch(channel));
  }

  private void later(Runnable task, long millis) {
    try {
      var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile.
    }
  }

  // ---- whether the master answers

  private synchronized void look() {
    if (underWay.get() == 0) {
      bad = 0;
    } else if (!asking && !closed) {
      asking = true;
      ask(current);
    }
  }

  private void ask(ManagedChannel channel) {
    ClientCall<Empty, Empty> call =
        channel.newCall(
            HEALTH, CallOptions.DEFAULT.withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS));
    call.start(
        new ClientCall.Listener<>() {
          private boolean refuses;

          @Override
          public void onMessage(Empty answer) {
            List<Long> status = answer.getUnknownFields().getField(HEALTH_STATUS).getVarintList();
            refuses = !status.contains(SERVING);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            boolean silent = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
            answered(channel, call.getAttributes(), silent, silent || (status.isOk() && refuses));
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(Empty.getDefaultInstance());
    call.halfClose();
  }

  private synchronized void answered(
      ManagedChannel channel, Attributes connection, boolean silent, boolean isBad) {
    asking = false;
    if (closed || channel != current) {
      return;
    }
    bad = isBad ? bad + 1 : 0;
    if (bad >= PATIENCE) {
      bad = 0;
      leave(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), silent);
    } else if (isBad) {
      asking = true;
      ask(channel);
    }
  }

  /** Connects to the next master; the one that was left is the last to be tried. */
  private void leave(Object remote, boolean silent) {
    int failing = remote instanceof InetSocketAddress address ? indexOf(address) : 0;
    Collections.rotate(order, -(failing + 1));
    ManagedChannel before = current;
    current = connector.apply(List.copyOf(order));
    watch(current);
    left.removeIf(ManagedChannel::isTerminated);
    left.add(before);
    later(silent ? before::shutdownNow : before::shutdown, LEAVE_MILLIS);
  }

  private int indexOf(InetSocketAddress remote) {
    for (int i = 0; i < order.size(); i++) {
      HostAndPort address = Addresses.parse(order.get(i));
      try {
        if (address.getPort() == remote.getPort()
            && Arrays.asList(InetAddress.getAllByName(address.getHost()))
                .contains(remote.getAddress())) {
          return i;
        }
      } catch (UnknownHostException e) {
        continue; // Not the one that we were connected to.
      }
    }
    return 0;
  }

  /** Ends all calls. */
  void shutdownNow() throws InterruptedException {
    List<ManagedChannel> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(left);
      all.add(current);
    }
    all.forEach(ManagedChannel::shutdownNow);
    current.awaitTermination(5, TimeUnit.SECONDS);
  }
}
