package io.carillon.master.forward;

import com.google.rpc.Code;
import io.carillon.address.Addresses;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.election.Lease;
import io.carillon.master.loop.Threads;
import io.carillon.v1.ClusterServiceGrpc;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes calls on to the leader's API, byte for byte: it knows no message of theirs. Over a few
 * connections to the leader of the moment, streams apart from calls with one answer, and never
 * further than one master: who is passed a call and does not lead refuses it.
 *
 * <p>A call that finds no leader, or none that can be reached, waits a little for one, so that a
 * fail-over is a slow call rather than an error. Nothing of it has been sent by then. What was sent
 * is never sent again: if that connection breaks, the caller hears that the outcome is unknown.
 *
 * <p>Safe for use from any thread. A timer thread looks after the calls that wait.
 */
public final class LeaderProxy implements AutoCloseable {

  /** On calls between masters: passed on already. */
  static final Metadata.Key<String> FORWARDED =
      Metadata.Key.of("carillon-forwarded", Metadata.ASCII_STRING_MARSHALLER);

  /** In the refusal of a call that was passed on: nothing was done about it. */
  public static final Metadata.Key<String> NOT_TAKEN =
      Metadata.Key.of("carillon-not-taken", Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(LeaderProxy.class);

  /** How long a call waits for a leader. */
  public static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Calls that wait hold none of their messages here. */
  private static final int MOST_WAITING = 10_000;

  private static final long LOOK_MILLIS = 25;
  private static final int CONNECT_MILLIS = 2_000;

  /** How long calls to a leader that another has followed may still take. */
  private static final long RETIREMENT_MILLIS = 1_000;

  private static final long LONGEST_DRILL_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * So many connections for calls with one answer: a leader bounds how many of these each has open.
   */
  private static final int CALL_CHANNELS = 4;

  /**
   * The connections to one leader: whatever happens to those of calls, the one of streams goes on.
   */
  private record Link(String address, List<ManagedChannel> calls, ManagedChannel streams) {

    ManagedChannel of(ForwardedCall call) {
      return call.isStream()
          ? streams
          : calls.get(Math.floorMod(System.identityHashCode(call), calls.size()));
    }

    void shutdown() {
      calls.forEach(ManagedChannel::shutdown);
      streams.shutdown();
    }

    void shutdownNow() {
      calls.forEach(ManagedChannel::shutdownNow);
      streams.shutdownNow();
    }
  }

  private final Supplier<Lease> lease;
  private final BooleanSupplier leadsHere;
  private final int maxBytes;
  private final Duration patience;
  private final Set<ForwardedCall> waiting = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Threads.named("carillon-forward"));

  /** Guarded by this. */
  private Link link;

  /** Guarded by itself. */
  private final CancelPace pace = new CancelPace(System.nanoTime());

  private volatile boolean closed;

  /** By System.nanoTime: until then a drill may want to hear from a leader that leads no more. */
  private volatile long drillUntil = System.nanoTime();

  /**
   * @param lease of the leader as far as it is known; null if none is
   * @param leadsHere whether this master leads now, so that there is nobody to pass a call on to
   * @param maxBytes largest message that is passed on
   * @param patience how long a call waits for a leader
   */
  public LeaderProxy(
      Supplier<Lease> lease, BooleanSupplier leadsHere, int maxBytes, Duration patience) {
    this.patience = patience;
    this.lease = lease;
    this.leadsHere = leadsHere;
    this.maxBytes = maxBytes;
    var unused =
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A method that is passed on. */
  public ServerMethodDefinition<byte[], byte[]> method(MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> bytes =
        method.toBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER).build();
    ServerCallHandler<byte[], byte[]> handler = this::begin;
    return ServerMethodDefinition.create(bytes, handler);
  }

  private ServerCall.Listener<byte[]> begin(ServerCall<byte[], byte[]> caller, Metadata headers) {
    if (headers.containsKey(FORWARDED)) {
      refuse(caller);
      return new ServerCall.Listener<>() {};
    }
    if (caller
        .getMethodDescriptor()
        .getFullMethodName()
        .equals(ClusterServiceGrpc.getRehearseFailoverMethod().getFullMethodName())) {
      drillUntil = System.nanoTime() + LONGEST_DRILL_NANOS;
    }
    ForwardedCall call = new ForwardedCall(this, caller, headers, patience.toNanos());
    call.look();
    return call;
  }

  private static void refuse(ServerCall<?, ?> caller) {
    StatusRuntimeException status =
        ApiException.of(
                Code.UNAVAILABLE,
                "NOT_LEADER",
                "this master does not lead, and what was passed on to it goes no further: try"
                    + " again",
                Map.of())
            .toStatus();
    status.getTrailers().put(NOT_TAKEN, "1");
    caller.close(status.getStatus(), status.getTrailers());
  }

  /** No leader was found in time. */
  static StatusRuntimeException noLeader() {
    return ApiException.of(
            Code.UNAVAILABLE,
            "NO_LEADER",
            "no master led a moment ago, so nothing was done: try again; if this goes on, see"
                + " whether the masters run and reach PostgreSQL",
            Map.of())
        .toStatus();
  }

  /**
   * The connection broke under a call.
   *
   * @param stream whether it has any number of answers, so that nothing about it is in doubt
   */
  static StatusRuntimeException leaderLost(Status end, boolean stream) {
    return ApiException.of(
            Code.UNAVAILABLE,
            "LEADER_LOST",
            "the connection to the leader broke"
                + (stream ? ", begin again: " : ", and whether it carried this out is not known: ")
                + end.getCode()
                + (end.getDescription() == null ? "" : ", " + end.getDescription()),
            Map.of())
        .toStatus();
  }

  /** Has a call looked at until it is on its way; false if too many wait already. */
  boolean await(ForwardedCall call) {
    if (closed || (waiting.size() >= MOST_WAITING && !waiting.contains(call))) {
      return false;
    }
    waiting.add(call);
    return true;
  }

  /**
   * Whether this master leads now. What still waits here then began while it followed; its caller
   * begins again, and is served.
   */
  boolean leadsHere() {
    return leadsHere.getAsBoolean();
  }

  /** How many calls wait for a leader. */
  public int waiting() {
    return waiting.size();
  }

  void forget(ForwardedCall call) {
    waiting.remove(call);
  }

  private void look() {
    try {
      Lease now = lease.get();
      if (now != null && !now.apiAddress().isEmpty()) {
        link(now.apiAddress(), false);
      }
      waiting.forEach(ForwardedCall::look);
    } catch (RuntimeException e) {
      log.error("cannot look after the calls that wait for a leader", e);
    }
  }

  /**
   * For a call to the leader of the moment, always the same one; null if there is no leader, or it
   * cannot be reached just now.
   */
  ManagedChannel channel(ForwardedCall call) {
    Lease now = lease.get();
    if (now == null || now.apiAddress().isEmpty()) {
      return null;
    }
    Link current = link(now.apiAddress(), true);
    if (current == null) {
      return null;
    }
    ManagedChannel channel = current.of(call);
    if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
      // Whoever waits for it wants to know soon whether it is back.
      channel.resetConnectBackoff();
      return null;
    }
    return channel;
  }

  /**
   * Gives up a call to the leader: at once if that is no flood. Otherwise a stream is given up a
   * little later, and a call with one answer is left to end by itself.
   *
   * @return whether it was given up at once
   */
  boolean cancel(ClientCall<byte[], byte[]> call, boolean stream, String why) {
    long wait;
    synchronized (pace) {
      long now = System.nanoTime();
      if (pace.tryNow(now)) {
        wait = 0;
      } else {
        wait = stream ? pace.reserve(now) : -1;
      }
    }
    if (wait == 0) {
      call.cancel(why, null);
    } else if (wait > 0 && !closed) {
      var unused = timer.schedule(() -> call.cancel(why, null), wait, TimeUnit.NANOSECONDS);
    }
    return wait == 0;
  }

  /** The connection to that master, and no other; null if there is none and none is wanted. */
  private synchronized Link link(String address, boolean wanted) {
    if (link != null && !link.address().equals(address)) {
      retire(link);
      link = null;
    }
    if (link == null && wanted && !closed) {
      List<ManagedChannel> calls = new ArrayList<>();
      for (int i = 0; i < CALL_CHANNELS; i++) {
        calls.add(connect(address));
      }
      link = new Link(address, calls, connect(address));
    }
    return link;
  }

  private ManagedChannel connect(String address) {
    return NettyChannelBuilder.forTarget(Addresses.target(address))
        .usePlaintext()
        .maxInboundMessageSize(maxBytes)
        .maxInboundMetadataSize(16 << 10)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(2, TimeUnit.SECONDS)
        .build();
  }

  /** Another leads: its calls end by themselves, or as if the connection had broken. */
  private void retire(Link before) {
    before.shutdown();
    long drill = TimeUnit.NANOSECONDS.toMillis(drillUntil - System.nanoTime());
    var unused =
        timer.schedule(
            before::shutdownNow, Math.max(RETIREMENT_MILLIS, drill), TimeUnit.MILLISECONDS);
  }

  /** Ends all calls. */
  @Override
  public void close() {
    Link last;
    synchronized (this) {
      closed = true;
      last = link;
      link = null;
    }
    timer.shutdownNow();
    if (last != null) {
      last.shutdownNow();
    }
    waiting.forEach(ForwardedCall::giveUp);
  }
}
