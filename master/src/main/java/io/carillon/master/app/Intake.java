package io.carillon.master.app;

import com.google.common.util.concurrent.RateLimiter;
import com.google.rpc.Code;
import io.carillon.common.text.OneLine;
import io.carillon.master.access.Services;
import io.carillon.master.api.call.ApiException;
import io.grpc.Grpc;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests off the wire. One that is too large, or no message of its method at all, ends its
 * call with a refusal like any other, and the call's handler never hears of it.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final double LINES_PER_SECOND = 1;

  /** For lines about requests that cannot be read: they may come by the thousand. */
  private static final RateLimiter LINES = RateLimiter.create(LINES_PER_SECOND);

  private Intake() {}

  /** The same service, whose requests come through here. */
  static ServerServiceDefinition of(ServerServiceDefinition service) {
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    service.getMethods().forEach(method -> methods.add(of(method)));
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder read = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(read::addMethod);
    return read.build();
  }

  private static <Q, R> ServerMethodDefinition<InputStream, R> of(
      ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> typed = method.getMethodDescriptor();
    MethodDescriptor<InputStream, R> raw =
        typed.toBuilder(Raw.MARSHALLER, typed.getResponseMarshaller()).build();
    return ServerMethodDefinition.create(
        raw,
        (call, headers) -> {
          TypedCall<Q, R> read = new TypedCall<>(call, typed);
          RequestBytes.onExcess(read::refuse);
          return listener(read, method.getServerCallHandler().startCall(read, headers));
        });
  }

  private static <Q, R> ServerCall.Listener<InputStream> listener(
      TypedCall<Q, R> call, ServerCall.Listener<Q> handler) {
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(InputStream bytes) {
        Q request;
        try (bytes) {
          if (call.isRefused()) {
            return;
          }
          request = parse(call.getMethodDescriptor(), bytes);
        } catch (ApiException refusal) {
          call.refuse(refusal);
          return;
        } catch (IOException | RuntimeException fault) {
          call.refuse(malformed(call, fault));
          return;
        }
        handler.onMessage(request);
      }

      @Override
      public void onHalfClose() {
        if (!call.isRefused()) {
          handler.onHalfClose();
        }
      }

      @Override
      public void onReady() {
        if (!call.isRefused()) {
          handler.onReady();
        }
      }

      @Override
      public void onCancel() {
        handler.onCancel();
      }

      /** A call that was refused ends for its handler as if its client had gone. */
      @Override
      public void onComplete() {
        if (call.isRefused()) {
          handler.onCancel();
        } else {
          handler.onComplete();
        }
      }
    };
  }

  /** What is sent packed may be larger than it was on the wire. */
  private static <Q> Q parse(MethodDescriptor<Q, ?> method, InputStream bytes) throws IOException {
    if (bytes instanceof KnownLength) {
      return method.parseRequest(bytes);
    }
    int limit = Services.maxBytes(method.getFullMethodName());
    byte[] unpacked = bytes.readNBytes(limit + 1);
    if (unpacked.length > limit) {
      throw RequestBytes.tooLarge(limit);
    }
    return method.parseRequest(new ByteArrayInputStream(unpacked));
  }

  private static ApiException malformed(ServerCall<?, ?> call, Exception fault) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    String why = OneLine.escaped(String.valueOf(cause.getMessage()));
    String method = call.getMethodDescriptor().getFullMethodName();
    if (LINES.tryAcquire()) {
      log.warn(
          "refused a request of {} from {} that is no message of it: {}",
          method,
          call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
          why);
    }
    return ApiException.of(
        Code.INVALID_ARGUMENT,
        "REQUEST_MALFORMED",
        "the request is no message of " + method + ", or has text that is not UTF-8: " + why,
        Map.of("method", method));
  }

  /** Requests as they come. */
  private enum Raw implements MethodDescriptor.Marshaller<InputStream> {
    MARSHALLER;

    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }

  /** The call as its handler knows it; may be ended by any thread. */
  private static final class TypedCall<Q, R> extends ServerCall<Q, R> {
    private final ServerCall<InputStream, R> call;
    private final MethodDescriptor<Q, R> method;
    private volatile boolean refused;
    private boolean closed;

    TypedCall(ServerCall<InputStream, R> call, MethodDescriptor<Q, R> method) {
      this.call = call;
      this.method = method;
    }

    boolean isRefused() {
      return refused;
    }

    synchronized void refuse(ApiException refusal) {
      if (!closed) {
        refused = true;
        var status = refusal.toStatus();
        close(status.getStatus(), status.getTrailers());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!refused) {
        call.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!refused) {
        call.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(io.grpc.Status status, Metadata trailers) {
      if (!closed || !refused) {
        closed = true;
        call.close(status, trailers);
      }
    }

    @Override
    public void request(int messages) {
      call.request(messages);
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public boolean isCancelled() {
      return refused || call.isCancelled();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
      call.setMessageCompression(enabled);
    }

    @Override
    public void setCompression(String compressor) {
      call.setCompression(compressor);
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
      call.setOnReadyThreshold(bytes);
    }

    @Override
    public io.grpc.SecurityLevel getSecurityLevel() {
      return call.getSecurityLevel();
    }

    @Override
    public io.grpc.Attributes getAttributes() {
      return call.getAttributes();
    }

    @Override
    public String getAuthority() {
      return call.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
      return method;
    }
  }
}
