package io.carillon.master.app;

import com.google.protobuf.MessageLite;
import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the calls of a port hold: how many are open, of each connection and in all, and how
 * many bytes of answers wait to be read. One more is refused at once, with nothing done, and so is
 * a call that would add to unread answers. Health is always answered. Safe for use from any thread.
 */
final class CallLimit extends ServerTransportFilter implements ServerInterceptor {

  private static final Attributes.Key<Counts> CONNECTION =
      Attributes.Key.create("carillon-connection");

  /**
   * @param calls with one answer that are not answered, in all; each may hold a thread and wait for
   *     PostgreSQL. A connection with few of its own is not held to it
   * @param ofConnection the same for one connection
   * @param streams that are open in all
   * @param unreadBytes of answers in all
   * @param unreadOfConnection the same for one connection
   */
  record Bounds(
      int calls, int ofConnection, int streams, long unreadBytes, long unreadOfConnection) {}

  /** Who has no more open is served though others have all the rest, up to so many times that. */
  private static final int FEW_CALLS = 16;

  private static final int MOST_TIMES = 4;

  /** Whose answers are below it is not held up by others who do not read theirs. */
  private static final long READS_WELL_BYTES = 256 << 10;

  /** What is open. */
  private static final class Counts {
    final AtomicInteger calls = new AtomicInteger();
    final AtomicLong unread = new AtomicLong();
  }

  private final Bounds bounds;
  private final Counts all = new Counts();
  private final AtomicInteger streams = new AtomicInteger();

  CallLimit(Bounds bounds) {
    this.bounds = bounds;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(CONNECTION, new Counts()).build();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().getFullMethodName().startsWith("grpc.")) {
      return next.startCall(call, headers);
    }
    Counts own = call.getAttributes().get(CONNECTION);
    boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
    Open<Q, R> open = new Open<>(call, unary, own == null ? new Counts() : own);
    ApiException refusal = open.begin();
    if (refusal != null) {
      return refuse(call, refusal);
    }
    RequestBytes.onEnd(open::end);
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(open, headers);
    } catch (RuntimeException e) {
      open.end();
      throw e;
    }
    return open.listener(listener);
  }

  private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, ApiException refusal) {
    StatusRuntimeException status = refusal.toStatus();
    call.close(status.getStatus(), status.getTrailers());
    return new ServerCall.Listener<>() {};
  }

  /** A call, until its answer has gone or nobody waits for it. */
  private final class Open<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final boolean unary;
    private final Counts own;
    private final AtomicBoolean answered = new AtomicBoolean();

    /** Both guarded by this. */
    private long unread;

    private boolean over;

    Open(ServerCall<Q, R> call, boolean unary, Counts own) {
      super(call);
      this.unary = unary;
      this.own = own;
    }

    /** Null if it may go on. */
    ApiException begin() {
      if (!unary) {
        if (streams.incrementAndGet() > bounds.streams()) {
          streams.decrementAndGet();
          return tooMany("TOO_MANY_STREAMS", "this master", bounds.streams(), "streams open");
        }
        return null;
      }
      int ofConnection = own.calls.incrementAndGet();
      int calls = all.calls.incrementAndGet();
      if (ofConnection > bounds.ofConnection()) {
        end();
        return tooMany(
            "TOO_MANY_CALLS", "this connection", bounds.ofConnection(), "calls under way");
      }
      if (calls > MOST_TIMES * bounds.calls()
          || (calls > bounds.calls() && ofConnection > FEW_CALLS)) {
        end();
        return tooMany("TOO_MANY_CALLS", "this master", bounds.calls(), "calls under way");
      }
      return null;
    }

    /** Holds no thread any more, though its answer may not have gone yet. */
    private void answered() {
      if (unary && answered.compareAndSet(false, true)) {
        own.calls.decrementAndGet();
        all.calls.decrementAndGet();
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      answered();
      super.close(status, trailers);
    }

    private synchronized void count(long bytes) {
      if (!over) {
        unread += bytes;
        own.unread.addAndGet(bytes);
        all.unread.addAndGet(bytes);
      }
    }

    /** May be called by several threads, and more than once. */
    synchronized void end() {
      answered();
      if (!over) {
        over = true;
        own.unread.addAndGet(-unread);
        all.unread.addAndGet(-unread);
        if (!unary) {
          streams.decrementAndGet();
        }
      }
    }

    /** Null if the answers before it have been read well enough. */
    ApiException unread() {
      long ofConnection = own.unread.get();
      if (ofConnection > bounds.unreadOfConnection()
          || (all.unread.get() > bounds.unreadBytes() && ofConnection > READS_WELL_BYTES)) {
        return ApiException.of(
            Code.RESOURCE_EXHAUSTED,
            "ANSWERS_UNREAD",
            ofConnection
                + " bytes of earlier answers wait to be read on this connection, and nothing was"
                + " done: read them, then ask again",
            Map.of("bytes", Long.toString(ofConnection)));
      }
      return null;
    }

    /** Answers of streams have bounds of their own. */
    @Override
    public void sendMessage(R message) {
      if (unary) {
        count(size(message));
      }
      super.sendMessage(message);
    }

    ServerCall.Listener<Q> listener(ServerCall.Listener<Q> handler) {
      return new SimpleForwardingServerCallListener<>(handler) {
        private boolean refused;

        /** The handler of a call with one answer begins here. */
        @Override
        public void onHalfClose() {
          ApiException refusal = unary ? unread() : null;
          if (refusal == null) {
            super.onHalfClose();
          } else {
            refused = true;
            StatusRuntimeException status = refusal.toStatus();
            close(status.getStatus(), status.getTrailers());
          }
        }

        @Override
        public void onReady() {
          if (!refused) {
            super.onReady();
          }
        }

        @Override
        public void onCancel() {
          end();
          super.onCancel();
        }

        @Override
        public void onComplete() {
          end();
          super.onComplete();
        }
      };
    }
  }

  private static long size(Object message) {
    if (message instanceof MessageLite known) {
      return known.getSerializedSize();
    }
    return message instanceof byte[] bytes ? bytes.length : 0;
  }

  private static ApiException tooMany(String reason, String who, int most, String what) {
    return ApiException.of(
        Code.RESOURCE_EXHAUSTED,
        reason,
        who + " has " + most + " " + what + ", and nothing was done: try again later",
        Map.of("limit", Integer.toString(most)));
  }
}
