package io.carillon.master.app;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which services a port offers at the moment: a master offers others while it leads than while it
 * follows. Calls that have begun go on with what they began with. Safe for use from any thread.
 */
final class ServiceSwitch extends HandlerRegistry {

  /** What is offered, and where each method is found. */
  private record Offer(
      List<ServerServiceDefinition> services, Map<String, ServerMethodDefinition<?, ?>> methods) {}

  private volatile Offer offer = new Offer(List.of(), Map.of());

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
    return offer.services();
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
    return offer.methods().get(method);
  }
}
