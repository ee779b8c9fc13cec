package io.carillon.master.app;

import io.carillon.master.access.Method;
import io.carillon.master.access.Services;
import io.carillon.master.instruments.Instruments;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the calls of a port as they end, whoever carried them out or refused them. A tracer and no
 * interceptor: it hears of those too that come to no handler, and when the answer has gone.
 */
final class CallMeter extends ServerStreamTracer.Factory {

  /** Of methods that are not in {@link Services}: a client may invent any number of names. */
  private static final String OTHERS = "other";

  private final Instruments instruments;

  CallMeter(Instruments instruments) {
    this.instruments = instruments;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    Method method = Services.find(fullMethodName);
    if (method == null) {
      return new Call(OTHERS, false);
    }
    return new Call(fullMethodName, method.descriptor().getType() == MethodType.UNARY);
  }

  private final class Call extends ServerStreamTracer {
    private final String method;
    private final boolean unary;
    private final long began = System.nanoTime();

    Call(String method, boolean unary) {
      this.method = method;
      this.unary = unary;
    }

    @Override
    public void streamClosed(Status status) {
      instruments.callEnded(method, status.getCode().name());
      if (unary) {
        instruments.answered(method, System.nanoTime() - began);
      }
    }
  }
}
