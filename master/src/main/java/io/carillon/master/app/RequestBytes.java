package io.carillon.master.app;

import com.google.rpc.Code;
import io.carillon.master.access.Services;
import io.carillon.master.api.call.ApiException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Counts the bytes of requests as they arrive at a port, so that a call ends once its request is
 * larger than its method allows, or all requests together are more than the port may hold: not when
 * all of it is in memory. Safe for use from any thread.
 */
final class RequestBytes extends ServerStreamTracer.Factory {

  private static final Context.Key<Call> CALL = Context.key("carillon-request-bytes");

  private final long most;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param most bytes of requests that are here and whose calls have not ended
   */
  RequestBytes(long most) {
    this.most = most;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Call(Services.maxBytes(fullMethodName));
  }

  /**
   * What to do with the call of this thread's context if its request is too large.
   *
   * @param refuse may be called by any thread, at most once
   */
  static void onExcess(Consumer<ApiException> refuse) {
    Call call = CALL.get();
    if (call != null) {
      call.onExcess = refuse;
    }
  }

  /**
   * Has this run when the call of this thread's context has left the connection: before its client
   * can know, and send another one.
   */
  static void onEnd(Runnable end) {
    Call call = CALL.get();
    if (call != null) {
      call.end(end);
    }
  }

  /** Bytes of requests that are here. */
  long held() {
    return held.get();
  }

  /** One call. But for the field of its refusal all is of the transport's thread. */
  private final class Call extends ServerStreamTracer {
    private final int limit;

    /** Is set before the first message is asked for, and so before there are bytes. */
    private volatile Consumer<ApiException> onExcess;

    private long bytes;
    private boolean refused;

    /** Both guarded by this. */
    private Runnable end = () -> {};

    private boolean ended;

    Call(int limit) {
      this.limit = limit;
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(CALL, this);
    }

    /** Another message begins; the one before it, on a stream, has been handed on. */
    @Override
    public void inboundMessage(int seqNo) {
      release();
    }

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      long all = held.addAndGet(more);
      if (bytes > limit) {
        refuse(tooLarge(limit));
      } else if (all > most) {
        refuse(tooMany());
      }
    }

    @Override
    public void streamClosed(io.grpc.Status status) {
      release();
      synchronized (this) {
        ended = true;
        end.run();
      }
    }

    /** Runs it once this has ended. */
    synchronized void end(Runnable atEnd) {
      end = atEnd;
      if (ended) {
        end.run();
      }
    }

    private void release() {
      held.addAndGet(-bytes);
      bytes = 0;
    }

    private void refuse(ApiException refusal) {
      Consumer<ApiException> consumer = onExcess;
      if (!refused && consumer != null) {
        refused = true;
        consumer.accept(refusal);
      }
    }
  }

  static ApiException tooLarge(int limit) {
    return ApiException.of(
        Code.RESOURCE_EXHAUSTED,
        "REQUEST_TOO_LARGE",
        "a request of this method may have " + limit + " bytes: send less at once",
        Map.of("limit", Integer.toString(limit)));
  }

  private ApiException tooMany() {
    return ApiException.of(
        Code.RESOURCE_EXHAUSTED,
        "TOO_MANY_REQUEST_BYTES",
        "this master holds " + most + " bytes of requests, and nothing was done: try again later",
        Map.of("limit", Long.toString(most)));
  }
}
