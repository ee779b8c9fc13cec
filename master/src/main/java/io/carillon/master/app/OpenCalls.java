package io.carillon.master.app;

import io.carillon.master.api.call.ApiException;
import io.carillon.v1.ClusterServiceGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The calls that a leader is serving: they end with its leadership, each of them, whoever serves
 * it, but for drills. Safe for use from any thread.
 */
final class OpenCalls implements ServerInterceptor {

  private static final long LOOK_MILLIS = 5;

  private final Set<Call<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private volatile ApiException end;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().equals(ClusterServiceGrpc.getRehearseFailoverMethod())) {
      // Is about the end of this leadership, and tells of what comes after.
      return next.startCall(call, headers);
    }
    Call<Q, R> open = new Call<>(call);
    calls.add(open);
    ServerCall.Listener<Q> listener = next.startCall(open, headers);
    if (end != null) {
      open.endNow(end);
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        calls.remove(open);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        calls.remove(open);
        super.onComplete();
      }
    };
  }

  /** A call whose end may come from another thread than its answers. */
  private final class Call<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean over;

    Call(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!over) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!over) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!over) {
        over = true;
        calls.remove(this);
        super.close(status, trailers);
      }
    }

    void endNow(ApiException reason) {
      StatusRuntimeException failure = reason.toStatus();
      close(failure.getStatus(), failure.getTrailers());
    }
  }

  /** Waits until no call is open that has one answer only, but not longer than this. */
  void awaitAnswers(long millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      while (System.nanoTime() < until
          && calls.stream().anyMatch(c -> c.getMethodDescriptor().getType() == MethodType.UNARY)) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all calls, and those that may still come. */
  void endAll(ApiException reason) {
    end = reason;
    calls.forEach(call -> call.endNow(reason));
  }
}
