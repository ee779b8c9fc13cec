package io.carillon.master.app;

import com.google.rpc.Code;
import io.carillon.master.rpc.ApiException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many calls with one answer a port has open, as each of them may hold a thread and wait
 * for PostgreSQL. One more is refused at once, with nothing done. Streams hold no thread and have
 * bounds of their own, and health is always answered. Safe for use from any thread.
 */
final class CallLimit implements ServerInterceptor {

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  CallLimit(int most) {
    this.most = most;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().getType() != MethodType.UNARY
        || call.getMethodDescriptor().getFullMethodName().startsWith("grpc.")) {
      return next.startCall(call, headers);
    }
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      StatusRuntimeException refusal = refusal().toStatus();
      call.close(refusal.getStatus(), refusal.getTrailers());
      return new ServerCall.Listener<>() {};
    }
    AtomicBoolean over = new AtomicBoolean();
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException e) {
      end(over);
      throw e;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        end(over);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        end(over);
        super.onComplete();
      }
    };
  }

  private void end(AtomicBoolean over) {
    if (over.compareAndSet(false, true)) {
      open.decrementAndGet();
    }
  }

  private ApiException refusal() {
    return ApiException.of(
        Code.RESOURCE_EXHAUSTED,
        "TOO_MANY_CALLS",
        "this master has " + most + " calls under way, and nothing was done: try again later",
        Map.of("limit", Integer.toString(most)));
  }
}
