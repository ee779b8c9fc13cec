package io.carillon.master.forward;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/**
 * One call of a client that is passed on to the leader, unary or streaming.
 *
 * <p>Messages are asked for one by one, each way: the next one only when the other side has room.
 * So a slow reader holds up the sender, and two messages are the most that is held here. The first
 * message is taken once there is a stream to the leader; up to then the call can be tried again,
 * and also if the other master says that it has not taken it.
 */
final class ForwardedCall extends ServerCall.Listener<byte[]> {

  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private static final long MOST_TIMEOUT = 99_999_999;

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final LeaderProxy proxy;
  private final ServerCall<byte[], byte[]> caller;
  private final Metadata headers;
  private final Deadline deadline;

  /** When there is no more waiting for a leader, by System.nanoTime. */
  private final long patience;

  // All guarded by this.
  private Attempt attempt;
  private byte[] first;
  private byte[] next;
  private long taken;
  private boolean allTaken;
  private boolean asked;
  private boolean answered;
  private boolean ended;

  ForwardedCall(
      LeaderProxy proxy, ServerCall<byte[], byte[]> caller, Metadata headers, long patience) {
    this.proxy = proxy;
    this.caller = caller;
    this.headers = headers;
    this.deadline = Context.current().getDeadline();
    this.patience = System.nanoTime() + patience;
  }

  /** One try to pass it on. */
  private final class Attempt extends ClientCall.Listener<byte[]> {
    final ManagedChannel channel;
    final ClientCall<byte[], byte[]> call;

    /** There is a stream to the leader. */
    boolean connected;

    long sent;
    boolean allSent;

    /** The leader's next message is asked for once the caller has room. */
    boolean held;

    Attempt(ManagedChannel channel) {
      this.channel = channel;
      // Only a streaming call says when it has a stream; on the wire they are alike.
      MethodDescriptor<byte[], byte[]> method =
          caller.getMethodDescriptor().toBuilder().setType(MethodType.BIDI_STREAMING).build();
      this.call = channel.newCall(method, CallOptions.DEFAULT);
    }

    void start() {
      Metadata passed = new Metadata();
      passed.merge(headers);
      passed.put(LeaderProxy.FORWARDED, "1");
      // The leader keeps the deadline. Here it is the caller's: an end by our own transport would
      // be a reset that nobody paces.
      passed.discardAll(TIMEOUT);
      if (deadline != null) {
        passed.put(TIMEOUT, timeout(deadline.timeRemaining(TimeUnit.MILLISECONDS)));
      }
      // Cancelled by us alone: this call is not the child of the caller's.
      Context previous = Context.ROOT.attach();
      try {
        call.start(this, passed);
      } finally {
        Context.ROOT.detach(previous);
      }
      call.request(1);
    }

    @Override
    public void onReady() {
      leaderIsReady(this);
    }

    @Override
    public void onHeaders(Metadata answer) {
      leaderAnswers(this, answer);
    }

    @Override
    public void onMessage(byte[] message) {
      leaderSays(this, message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      leaderEnds(this, status, trailers);
    }
  }

  // ---- on the way to a leader

  /** Begins, or begins again, if there is a leader; or gives up. */
  synchronized void look() {
    if (ended || (attempt != null && attempt.connected)) {
      proxy.forget(this);
      return;
    }
    if (System.nanoTime() - patience > 0 || proxy.leadsHere()) {
      giveUp();
      return;
    }
    ManagedChannel channel = proxy.channel(this);
    if (channel != null && (attempt == null || attempt.channel != channel)) {
      abandon();
      attempt = new Attempt(channel);
      attempt.start();
    }
    if (!proxy.await(this)) {
      giveUp();
    }
  }

  /** No leader could be found; nothing was sent. */
  synchronized void giveUp() {
    if (!ended && (attempt == null || !attempt.connected)) {
      abandon();
      StatusRuntimeException status = LeaderProxy.noLeader();
      end(status.getStatus(), status.getTrailers());
    }
  }

  private void abandon() {
    Attempt before = attempt;
    attempt = null;
    if (before != null) {
      // It has no stream yet, so nothing is reset.
      before.call.cancel("another master leads", null);
    }
  }

  boolean isStream() {
    return caller.getMethodDescriptor().getType() != MethodType.UNARY;
  }

  /** On the wire: at most eight digits and a unit. */
  private static String timeout(long millis) {
    return millis <= MOST_TIMEOUT
        ? Math.max(1, millis) + "m"
        : Math.min(MOST_TIMEOUT, millis / 1_000) + "S";
  }

  /** From the beginning, as the leader has taken nothing of it; false if that cannot be. */
  private boolean again() {
    if (answered || attempt.sent > 1) {
      return false;
    }
    if (attempt.sent == 1) {
      if (next != null) {
        return false;
      }
      next = first;
    }
    attempt = null;
    return proxy.await(this);
  }

  // ---- from the caller

  @Override
  public synchronized void onMessage(byte[] message) {
    taken++;
    next = message;
    pass();
  }

  @Override
  public synchronized void onHalfClose() {
    allTaken = true;
    pass();
  }

  @Override
  public synchronized void onCancel() {
    ended = true;
    proxy.forget(this);
    if (attempt != null) {
      leave();
    }
  }

  /** Nobody waits for the answer any more. */
  private void leave() {
    String why = "the caller cancelled";
    if (!attempt.connected) {
      attempt.call.cancel(why, null);
    } else if (!proxy.cancel(attempt.call, isStream(), why)) {
      // Ends in order meanwhile, as far as its sender can.
      if (!attempt.allSent) {
        attempt.allSent = true;
        attempt.call.halfClose();
      }
      // What still comes is dropped, and holds up nothing.
      attempt.call.request(Integer.MAX_VALUE);
    }
  }

  @Override
  public synchronized void onReady() {
    if (!ended && attempt != null && attempt.held) {
      attempt.held = false;
      attempt.call.request(1);
    }
  }

  /** Sends what there is, if there is room. */
  private void pass() {
    if (ended || attempt == null || !attempt.connected) {
      return;
    }
    if (next != null) {
      if (!attempt.call.isReady()) {
        return;
      }
      first = taken == 1 && !answered ? next : null;
      attempt.sent++;
      attempt.call.sendMessage(next);
      next = null;
      if (!allTaken) {
        caller.request(1);
      }
    }
    if (allTaken && !attempt.allSent) {
      attempt.allSent = true;
      attempt.call.halfClose();
    }
  }

  // ---- from the leader

  private synchronized void leaderIsReady(Attempt from) {
    if (from == attempt && !ended) {
      from.connected = true;
      proxy.forget(this);
      if (!asked) {
        asked = true;
        caller.request(1);
      }
      pass();
    }
  }

  private synchronized void leaderAnswers(Attempt from, Metadata answer) {
    if (from == attempt && !ended) {
      answered = true;
      first = null;
      caller.sendHeaders(answer);
    }
  }

  private synchronized void leaderSays(Attempt from, byte[] message) {
    if (from == attempt && !ended) {
      caller.sendMessage(message);
      if (caller.isReady()) {
        from.call.request(1);
      } else {
        from.held = true;
      }
    }
  }

  private synchronized void leaderEnds(Attempt from, Status status, Metadata trailers) {
    if (from != attempt || ended) {
      return;
    }
    boolean unavailable = status.getCode() == Status.Code.UNAVAILABLE;
    boolean untouched = from.sent == 0 && !trailers.containsKey(DETAILS);
    if (unavailable && (untouched || trailers.containsKey(LeaderProxy.NOT_TAKEN))) {
      if (!again()) {
        StatusRuntimeException refusal = LeaderProxy.noLeader();
        end(refusal.getStatus(), refusal.getTrailers());
      }
    } else if ((unavailable || status.getCode() == Status.Code.CANCELLED)
        && !trailers.containsKey(DETAILS)) {
      StatusRuntimeException lost =
          LeaderProxy.leaderLost(
              status, !caller.getMethodDescriptor().getType().serverSendsOneMessage());
      end(lost.getStatus(), lost.getTrailers());
    } else {
      end(status, trailers);
    }
  }

  private void end(Status status, Metadata trailers) {
    ended = true;
    proxy.forget(this);
    caller.close(status, trailers);
  }
}
