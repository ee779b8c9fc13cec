package io.carillon.master.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.reflect.ClassPath;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of services beside all that the contracts declare. */
class ServicesTest {

  /** By the classes that are generated for the services of a package, and so of every file. */
  private static Set<String> declaredIn(String contracts) {
    Set<String> methods = new TreeSet<>();
    try {
      for (ClassPath.ClassInfo generated :
          ClassPath.from(ServicesTest.class.getClassLoader()).getTopLevelClasses(contracts)) {
        if (generated.getSimpleName().endsWith("Grpc")) {
          ServiceDescriptor service =
              (ServiceDescriptor) generated.load().getMethod("getServiceDescriptor").invoke(null);
          service.getMethods().forEach(method -> methods.add(method.getFullMethodName()));
        }
      }
    } catch (IOException | ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
    assertTrue(!methods.isEmpty(), contracts);
    return methods;
  }

  private static Set<String> named(List<Service> services) {
    Set<String> methods = new TreeSet<>();
    services.forEach(service -> service.methods().forEach(m -> methods.add(m.fullName())));
    return methods;
  }

  @Test
  void every_method_of_the_contracts_is_in_the_table() {
    assertEquals(declaredIn("io.carillon.v1"), named(Services.API));
    assertEquals(declaredIn("io.carillon.cluster.v1"), named(List.of(Services.NODES)));
  }

  @Test
  void a_service_is_refused_that_says_nothing_of_one_of_its_methods() {
    Method subscribe = Method.leader(DeliveryServiceGrpc.getSubscribeMethod(), Role.SUBSCRIBER);
    ServiceDescriptor deliveries = DeliveryServiceGrpc.getServiceDescriptor();
    assertEquals(
        "say in Services who answers these, and for which role:"
            + " [carillon.v1.DeliveryService/Subscribe]",
        refusal(deliveries));
    assertEquals(
        "carillon.v1.DeliveryService/Subscribe is said twice, or is of another service",
        refusal(deliveries, subscribe, subscribe));
    assertEquals(
        "carillon.v1.DeliveryService/Subscribe is said twice, or is of another service",
        refusal(NodeServiceGrpc.getServiceDescriptor(), subscribe));
  }

  private static String refusal(ServiceDescriptor service, Method... methods) {
    return assertThrows(
            IllegalArgumentException.class, () -> Service.of(Scope.TENANT, service, methods))
        .getMessage();
  }

  @Test
  void methods_are_found_by_name_and_what_is_not_ours_is_treated_as_usual() {
    Method create = Services.find(name(ScheduleServiceGrpc.getCreateScheduleMethod()));
    assertEquals(Answerer.LEADER, create.answerer());
    assertEquals(Role.WRITER, create.role());
    assertEquals(Work.CREATION, Services.work(create.fullName()));
    assertEquals(4 << 20, Services.maxBytes(name(CalendarServiceGrpc.getImportCalendarMethod())));
    assertEquals(null, Services.find("grpc.health.v1.Health/Check"));
    assertEquals(Work.OTHER, Services.work("grpc.health.v1.Health/Check"));
    assertEquals(256 << 10, Services.maxBytes("grpc.health.v1.Health/Check"));
  }

  @Test
  void roles_belong_to_their_scope_and_sizes_to_their_port() {
    for (Service service : Services.API) {
      for (Method method : service.methods()) {
        assertTrue(method.maxBytes() <= Services.API_MOST_BYTES, method.fullName());
        assertTrue(method.role() != Role.NODE, method.fullName());
        assertTrue(
            service.scope() == Scope.TENANT || method.role() != Role.WRITER, method.fullName());
      }
    }
    for (Method method : Services.NODES.methods()) {
      assertTrue(method.maxBytes() <= Services.NODE_MOST_BYTES, method.fullName());
      assertEquals(Role.NODE, method.role());
    }
  }

  /** Nobody who only reads changes anything, as far as names tell. */
  @Test
  void what_any_master_answers_is_for_readers() {
    List<String> others = new ArrayList<>();
    for (Service service : Services.API) {
      for (Method method : service.methods()) {
        if (method.answerer() == Answerer.ANY_MASTER && method.role() != Role.READER) {
          others.add(method.fullName());
        }
      }
    }
    assertEquals(List.of(), others);
  }

  private static String name(MethodDescriptor<?, ?> method) {
    return method.getFullMethodName();
  }
}
