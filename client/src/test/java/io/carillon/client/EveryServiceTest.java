package io.carillon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.reflect.ClassPath;
import io.carillon.v1.DeliveryServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The client beside all services that the contracts declare. */
class EveryServiceTest {

  /** What must not be done twice for one call: its caller looks, and decides. */
  private static final Set<String> ONCE =
      Set.of(
          "carillon.v1.ClusterService/DrainNode",
          "carillon.v1.ClusterService/DeleteNode",
          "carillon.v1.ClusterService/RepairPartition",
          "carillon.v1.ClusterService/RehearseFailover");

  /** The classes that are generated for the services of the API. */
  private static List<Class<?>> declared() throws Exception {
    List<Class<?>> services = new ArrayList<>();
    for (ClassPath.ClassInfo generated :
        ClassPath.from(EveryServiceTest.class.getClassLoader())
            .getTopLevelClasses("io.carillon.v1")) {
      if (generated.getSimpleName().endsWith("Grpc")) {
        services.add(generated.load());
      }
    }
    return services;
  }

  @Test
  void the_client_has_a_stub_of_every_service_but_the_one_that_it_subscribes_with()
      throws Exception {
    Set<String> services = new TreeSet<>();
    for (Class<?> service : declared()) {
      services.add(service.getSimpleName());
    }
    Set<String> stubs = new TreeSet<>();
    for (Method method : CarillonClient.class.getMethods()) {
      if (method.getReturnType().getSimpleName().endsWith("BlockingStub")) {
        stubs.add(method.getReturnType().getDeclaringClass().getSimpleName());
      }
    }
    stubs.add(DeliveryServiceGrpc.class.getSimpleName());
    assertEquals(services, stubs);
  }

  @Test
  void of_every_call_with_one_answer_it_is_said_whether_it_may_be_repeated() throws Exception {
    Set<String> once = new TreeSet<>();
    for (Class<?> generated : declared()) {
      ServiceDescriptor service =
          (ServiceDescriptor) generated.getMethod("getServiceDescriptor").invoke(null);
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        if (method.getType() == MethodDescriptor.MethodType.UNARY
            && !CallPolicy.isRepeatable(method)) {
          once.add(method.getFullMethodName());
        }
      }
    }
    assertEquals(new TreeSet<>(ONCE), once);
  }
}
