package io.carillon.master.app;

import com.google.rpc.Code;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.access.Method;
import io.carillon.master.access.Service;
import io.carillon.master.access.Services;
import io.carillon.master.api.calendar.CalendarReads;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.delivery.DestinationReads;
import io.carillon.master.api.fire.FireRpc;
import io.carillon.master.api.operation.OperationReads;
import io.carillon.master.api.schedule.ScheduleReads;
import io.carillon.master.election.Lease;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.sql.Database;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a master offers while another leads, or none: the whole API. What only reads PostgreSQL is
 * answered here, and is as fresh as at the leader; all else is passed on to the leader. Clock nodes
 * are sent away, with the leader's address.
 */
final class FollowerServices implements AutoCloseable {

  /** What a node begins with. */
  private static final String REGISTER = NodeServiceGrpc.getRegisterMethod().getFullMethodName();

  private final ClusterStore.Identity identity;
  private final Leaders leaders;
  private final EarlyNodes early;
  private final FireRpc fires;
  private final LeaderProxy proxy;

  /** Methods that can be carried out without a leader, and some that no call comes to. */
  private final Map<String, ServerMethodDefinition<?, ?>> here = new HashMap<>();

  /**
   * Who leads.
   *
   * @param lease of the leader as far as it is known; null if none is
   * @param comesHere whether this master is about to lead
   * @param isHere whether this master leads now
   */
  record Leaders(Supplier<Lease> lease, BooleanSupplier comesHere, BooleanSupplier isHere) {}

  /**
   * @param early has nodes wait that come while this master is about to lead
   * @param patience how long a call of a client waits for a leader
   */
  FollowerServices(
      Database database,
      ClusterStore.Identity identity,
      SpecInterner specs,
      TimeSource time,
      Leaders leaders,
      EarlyNodes early,
      Duration patience) {
    this.identity = identity;
    this.leaders = leaders;
    this.early = early;
    Schedules schedules = new Schedules(database.api());
    fires =
        new FireRpc(
            new Ledger(database),
            schedules,
            new Revisions(database.api()),
            new LedgerScan(database, specs::intern),
            time);
    proxy = new LeaderProxy(leaders.lease(), leaders.isHere(), Services.API_MOST_BYTES, patience);
    // An epoch that nobody has: should anything be written by mistake, the fence refuses it.
    Operations operations = new Operations(database, 0);
    bind(new ScheduleReads(database, specs, time).bindService());
    bind(fires.bindService());
    bind(new CalendarReads(new Calendars(database.api()), schedules).bindService());
    bind(new DestinationReads(new Destinations(database, 0)).bindService());
    bind(new OperationReads(operations, schedules::tenantExists).bindService());
  }

  private void bind(ServerServiceDefinition service) {
    service
        .getMethods()
        .forEach(method -> here.put(method.getMethodDescriptor().getFullMethodName(), method));
  }

  /** The services of the API port. */
  List<ServerServiceDefinition> api() {
    List<ServerServiceDefinition> services = new ArrayList<>();
    for (Service service : Services.API) {
      services.add(
          definition(service.descriptor(), service.methods().stream().map(this::served).toList()));
    }
    return services;
  }

  private ServerMethodDefinition<?, ?> served(Method method) {
    return switch (method.answerer()) {
      case ANY_MASTER -> Objects.requireNonNull(here.get(method.fullName()), method.fullName());
      case LEADER -> proxy.method(method.descriptor());
    };
  }

  /** The service for clock nodes: look elsewhere. */
  List<ServerServiceDefinition> nodes() {
    ServiceDescriptor service = Services.NODES.descriptor();
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    service.getMethods().forEach(method -> methods.add(refused(method)));
    return List.of(definition(service, methods));
  }

  private <Q, R> ServerMethodDefinition<Q, R> refused(MethodDescriptor<Q, R> method) {
    boolean first = method.getFullMethodName().equals(REGISTER);
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          if (first && leaders.comesHere().getAsBoolean()) {
            return early.hold(call, headers, () -> refuse(call));
          }
          refuse(call);
          return new ServerCall.Listener<>() {};
        });
  }

  private void refuse(ServerCall<?, ?> call) {
    Lease known = leaders.lease().get();
    String leader = known == null ? "" : known.nodeAddress();
    StatusRuntimeException status =
        ApiException.of(
                Code.UNAVAILABLE,
                "NOT_LEADER",
                leader.isEmpty()
                    ? "this master does not lead, and knows of none that does: try again"
                    : "this master does not lead: nodes of cluster "
                        + identity.clusterUid()
                        + " belong to "
                        + leader,
                leader.isEmpty() ? Map.of() : Map.of("leader", leader))
            .toStatus();
    call.close(status.getStatus(), status.getTrailers());
  }

  /** The service of that name and schema, by these methods: those passed on have other types. */
  private static ServerServiceDefinition definition(
      ServiceDescriptor service, List<ServerMethodDefinition<?, ?>> methods) {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getName())
            .setSchemaDescriptor(service.getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  /** How many calls wait for a leader. */
  int waiting() {
    return proxy.waiting();
  }

  /** Ends the calls that have been passed on. */
  @Override
  public void close() {
    proxy.close();
    fires.close();
  }
}
