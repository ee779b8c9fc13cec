package io.carillon.master.app;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.forward.Bytes;
import io.carillon.master.forward.LeaderProxy;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which services a port offers at the moment: a master offers others while it leads than while it
 * follows. Calls that have begun go on with what they began with. Before the first offer every call
 * is refused as UNAVAILABLE: that a method is not there would send clients away for good. Safe for
 * use from any thread.
 */
final class ServiceSwitch extends HandlerRegistry {

  /** What is offered, and where each method is found. */
  private record Offer(
      List<ServerServiceDefinition> services, Map<String, ServerMethodDefinition<?, ?>> methods) {}

  /** Null: none yet. */
  private volatile Offer offer;

  /** Offers these from now on, and nothing else. */
  void offer(List<ServerServiceDefinition> services) {
    Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : Intake.of(service).getMethods()) {
        methods.put(method.getMethodDescriptor().getFullMethodName(), method);
      }
    }
    offer = new Offer(List.copyOf(services), methods);
  }

  @Override
  public List<ServerServiceDefinition> getServices() {
    Offer present = offer;
    return present == null ? List.of() : present.services();
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
    Offer present = offer;
    return present == null ? starting(method) : present.methods().get(method);
  }

  private static ServerMethodDefinition<byte[], byte[]> starting(String method) {
    return ServerMethodDefinition.create(
        MethodDescriptor.newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(method)
            .build(),
        (call, headers) -> {
          StatusRuntimeException refusal =
              ApiException.of(
                      Code.UNAVAILABLE,
                      "STARTING",
                      "this master is starting: nothing was done, try again",
                      Map.of())
                  .toStatus();
          // A call that a follower passed on waits there for a leader.
          refusal.getTrailers().put(LeaderProxy.NOT_TAKEN, "1");
          call.close(refusal.getStatus(), refusal.getTrailers());
          return new ServerCall.Listener<>() {};
        });
  }
}
