package io.carillon.master.access;

import static io.carillon.master.access.Method.anyMaster;
import static io.carillon.master.access.Method.leader;
import static io.carillon.master.access.Role.ADMIN;
import static io.carillon.master.access.Role.OPERATOR;
import static io.carillon.master.access.Role.READER;
import static io.carillon.master.access.Role.SUBSCRIBER;
import static io.carillon.master.access.Role.WRITER;
import static io.carillon.master.access.Scope.CLUSTER;
import static io.carillon.master.access.Scope.TENANT;
import static io.carillon.master.access.Work.BULK;
import static io.carillon.master.access.Work.COMPUTATION;
import static io.carillon.master.access.Work.CREATION;
import static io.carillon.master.access.Work.DELIVERY;
import static io.carillon.master.access.Work.OPERATION;

import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All services of a master, and what holds of each method. A method that is not here ends the start
 * of every master, and a service that is not here is offered by none.
 */
public final class Services {

  /** The largest request of any method of the API. */
  public static final int API_MOST_BYTES = 16 << 20;

  /** The same of the port for nodes: a node's batch of what was due in an outage. */
  public static final int NODE_MOST_BYTES = 64 << 20;

  /** A calendar of 50 000 single days, and a file of 1 MiB. */
  private static final int DAYS_BYTES = 4 << 20;

  private static final int SMALL_BYTES = 64 << 10;

  private static final Service SCHEDULES =
      Service.of(
          TENANT,
          ScheduleServiceGrpc.getServiceDescriptor(),
          anyMaster(ScheduleServiceGrpc.getGetScheduleMethod(), READER),
          anyMaster(ScheduleServiceGrpc.getListSchedulesMethod(), READER),
          anyMaster(ScheduleServiceGrpc.getPreviewScheduleMethod(), READER).with(COMPUTATION),
          leader(ScheduleServiceGrpc.getCreateScheduleMethod(), WRITER).with(CREATION),
          leader(ScheduleServiceGrpc.getBatchCreateSchedulesMethod(), WRITER)
              .with(BULK)
              .upTo(API_MOST_BYTES),
          leader(ScheduleServiceGrpc.getUpdateScheduleMethod(), WRITER),
          leader(ScheduleServiceGrpc.getDeleteScheduleMethod(), WRITER),
          leader(ScheduleServiceGrpc.getPauseScheduleMethod(), OPERATOR),
          leader(ScheduleServiceGrpc.getResumeScheduleMethod(), OPERATOR),
          leader(ScheduleServiceGrpc.getPauseSchedulesMethod(), OPERATOR),
          leader(ScheduleServiceGrpc.getResumeSchedulesMethod(), OPERATOR),
          leader(ScheduleServiceGrpc.getTriggerScheduleMethod(), OPERATOR),
          leader(ScheduleServiceGrpc.getBackfillScheduleMethod(), OPERATOR));

  private static final Service FIRES =
      Service.of(
          TENANT,
          FireServiceGrpc.getServiceDescriptor(),
          anyMaster(FireServiceGrpc.getGetFireMethod(), READER),
          anyMaster(FireServiceGrpc.getListFiresMethod(), READER),
          anyMaster(FireServiceGrpc.getTailFiresMethod(), READER),
          anyMaster(FireServiceGrpc.getExplainFireMethod(), READER).with(COMPUTATION),
          anyMaster(FireServiceGrpc.getVerifyCompletenessMethod(), READER));

  private static final Service CALENDARS =
      Service.of(
          TENANT,
          CalendarServiceGrpc.getServiceDescriptor(),
          anyMaster(CalendarServiceGrpc.getGetCalendarMethod(), READER),
          anyMaster(CalendarServiceGrpc.getListCalendarsMethod(), READER),
          leader(CalendarServiceGrpc.getCreateCalendarMethod(), WRITER).with(BULK).upTo(DAYS_BYTES),
          leader(CalendarServiceGrpc.getUpdateCalendarMethod(), WRITER).with(BULK).upTo(DAYS_BYTES),
          leader(CalendarServiceGrpc.getImportCalendarMethod(), WRITER).with(BULK).upTo(DAYS_BYTES),
          leader(CalendarServiceGrpc.getDeleteCalendarMethod(), WRITER));

  private static final Service OPERATIONS =
      Service.of(
          TENANT,
          OperationServiceGrpc.getServiceDescriptor(),
          anyMaster(OperationServiceGrpc.getGetOperationMethod(), READER),
          anyMaster(OperationServiceGrpc.getListOperationsMethod(), READER),
          leader(OperationServiceGrpc.getWaitOperationMethod(), READER),
          leader(OperationServiceGrpc.getCancelOperationMethod(), OPERATOR));

  /** A destination's status is the leader's; what is parked is in PostgreSQL. */
  private static final Service DESTINATIONS =
      Service.of(
          TENANT,
          DestinationServiceGrpc.getServiceDescriptor(),
          leader(DestinationServiceGrpc.getGetDestinationMethod(), READER),
          leader(DestinationServiceGrpc.getListDestinationsMethod(), READER),
          anyMaster(DestinationServiceGrpc.getListParkedFiresMethod(), READER),
          leader(DestinationServiceGrpc.getCreateDestinationMethod(), WRITER),
          leader(DestinationServiceGrpc.getUpdateDestinationMethod(), WRITER),
          leader(DestinationServiceGrpc.getDeleteDestinationMethod(), WRITER));

  private static final Service DELIVERIES =
      Service.of(
          TENANT,
          DeliveryServiceGrpc.getServiceDescriptor(),
          leader(DeliveryServiceGrpc.getSubscribeMethod(), SUBSCRIBER).with(DELIVERY));

  private static final Service CLUSTERS =
      Service.of(
          CLUSTER,
          ClusterServiceGrpc.getServiceDescriptor(),
          leader(ClusterServiceGrpc.getGetClusterMethod(), READER).with(OPERATION),
          leader(ClusterServiceGrpc.getListNodesMethod(), READER).with(OPERATION),
          leader(ClusterServiceGrpc.getListPartitionsMethod(), READER).with(OPERATION),
          leader(ClusterServiceGrpc.getGetPartitionMethod(), READER).with(OPERATION),
          leader(ClusterServiceGrpc.getWatchEventsMethod(), READER).with(OPERATION),
          leader(ClusterServiceGrpc.getDrainNodeMethod(), OPERATOR).with(OPERATION),
          leader(ClusterServiceGrpc.getRepairPartitionMethod(), OPERATOR).with(OPERATION),
          leader(ClusterServiceGrpc.getRehearseFailoverMethod(), OPERATOR).with(OPERATION),
          leader(ClusterServiceGrpc.getDeleteNodeMethod(), ADMIN).with(OPERATION));

  /** The API: on the port for clients. */
  public static final List<Service> API =
      List.of(SCHEDULES, OPERATIONS, FIRES, CALENDARS, DESTINATIONS, DELIVERIES, CLUSTERS);

  /** On the port for clock nodes, whose calls run on threads of that port. */
  public static final Service NODES =
      Service.of(
          CLUSTER,
          NodeServiceGrpc.getServiceDescriptor(),
          leader(NodeServiceGrpc.getRegisterMethod(), Role.NODE).upTo(SMALL_BYTES),
          leader(NodeServiceGrpc.getHeartbeatMethod(), Role.NODE).upTo(SMALL_BYTES),
          leader(NodeServiceGrpc.getWatchPartitionsMethod(), Role.NODE).upTo(DAYS_BYTES),
          leader(NodeServiceGrpc.getPushFiresMethod(), Role.NODE).upTo(NODE_MOST_BYTES));

  private static final Map<String, Method> METHODS = new HashMap<>();

  static {
    API.forEach(Services::add);
    add(NODES);
  }

  private Services() {}

  private static void add(Service service) {
    service.methods().forEach(method -> METHODS.put(method.fullName(), method));
  }

  /** Null if no service has it: it is gRPC's own, such as health, or unknown. */
  public static Method find(String fullMethodName) {
    return METHODS.get(fullMethodName);
  }

  /** How large a request may be, in bytes: what none needs is refused before it is all here. */
  public static int maxBytes(String fullMethodName) {
    Method method = find(fullMethodName);
    return method == null ? Method.USUAL_BYTES : method.maxBytes();
  }

  /** On which threads a call runs. */
  public static Work work(String fullMethodName) {
    Method method = find(fullMethodName);
    return method == null ? Work.OTHER : method.work();
  }
}
