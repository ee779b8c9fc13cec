package io.carillon.master.access;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A service, and what holds of each of its methods.
 *
 * @param methods all of them
 */
public record Service(ServiceDescriptor descriptor, Scope scope, List<Method> methods) {

  public Service {
    methods = List.copyOf(methods);
    Set<MethodDescriptor<?, ?>> missing = new HashSet<>(descriptor.getMethods());
    for (Method method : methods) {
      if (!missing.remove(method.descriptor())) {
        throw new IllegalArgumentException(
            method.fullName() + " is said twice, or is of another service");
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "say in Services who answers these, and for which role: "
              + missing.stream().map(MethodDescriptor::getFullMethodName).sorted().toList());
    }
  }

  static Service of(Scope scope, ServiceDescriptor descriptor, Method... methods) {
    return new Service(descriptor, scope, List.of(methods));
  }
}
