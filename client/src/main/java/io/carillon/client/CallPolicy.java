package io.carillon.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What every call gets that its caller did not say: a deadline, counted from the call itself and
 * not from the making of the stub; and, where its request can have one, a request id, because only
 * with one a retry of a change is safe.
 */
final class CallPolicy implements ClientInterceptor {

  private final long deadlineNanos;

  CallPolicy(Duration deadline) {
    this.deadlineNanos = deadline.toNanos();
  }

  /**
   * What is safe to repeat, by service: reads, changes, which all carry a request id, and what is
   * the same when it is done twice.
   */
  private static final Map<String, Set<String>> REPEATABLE =
      Map.of(
          "carillon.v1.ScheduleService",
          Set.of(
              "GetSchedule",
              "ListSchedules",
              "PreviewSchedule",
              "CreateSchedule",
              "BatchCreateSchedules",
              "UpdateSchedule",
              "DeleteSchedule",
              "PauseSchedule",
              "ResumeSchedule",
              "PauseSchedules",
              "ResumeSchedules",
              "TriggerSchedule",
              "BackfillSchedule"),
          "carillon.v1.CalendarService",
          Set.of(
              "GetCalendar",
              "ListCalendars",
              "CreateCalendar",
              "UpdateCalendar",
              "DeleteCalendar",
              "ImportCalendar"),
          "carillon.v1.OperationService",
          Set.of("GetOperation", "ListOperations", "WaitOperation", "CancelOperation"),
          "carillon.v1.FireService",
          Set.of("GetFire", "ListFires", "ExplainFire", "VerifyCompleteness"),
          "carillon.v1.DestinationService",
          Set.of(
              "GetDestination",
              "ListDestinations",
              "ListParkedFires",
              "CreateDestination",
              "UpdateDestination",
              "DeleteDestination"),
          "carillon.v1.ClusterService",
          Set.of("GetCluster", "ListNodes", "ListPartitions", "GetPartition"));

  /** Whether a call, which has one answer, may be carried out twice. */
  static boolean isRepeatable(MethodDescriptor<?, ?> method) {
    return method.getType() == MethodDescriptor.MethodType.UNARY
        && REPEATABLE
            .getOrDefault(method.getServiceName(), Set.of())
            .contains(method.getBareMethodName());
  }

  /** Repetition by gRPC, on the connection that it has or makes. */
  static Map<String, ?> serviceConfig() {
    Map<String, ?> retry =
        Map.of(
            // A fail-over takes seconds: together they wait 3 s, and masters without a leader wait
            // too.
            "maxAttempts",
            5.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "2s",
            "backoffMultiplier",
            3.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    List<Object> names = new ArrayList<>();
    REPEATABLE.forEach(
        (service, methods) ->
            methods.forEach(method -> names.add(Map.of("service", service, "method", method))));
    return Map.of("methodConfig", List.of(Map.of("name", names, "retryPolicy", retry)));
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallOptions timed =
        method.getType() == MethodDescriptor.MethodType.UNARY && options.getDeadline() == null
            ? options.withDeadlineAfter(deadlineNanos, TimeUnit.NANOSECONDS)
            : options;
    return new SimpleForwardingClientCall<>(next.newCall(method, timed)) {
      @Override
      public void sendMessage(Q message) {
        super.sendMessage(identified(message));
      }
    };
  }

  @SuppressWarnings("unchecked") // The answer is of the class of the argument.
  private static <Q> Q identified(Q message) {
    if (message instanceof CreateScheduleRequest create) {
      return (Q) identifiedCreate(create);
    }
    if (message instanceof BatchCreateSchedulesRequest batch) {
      return (Q) identifiedBatch(batch);
    }
    return message instanceof Message other ? (Q) identified(other) : message;
  }

  /** Of every kind of request that can have an id. */
  private static Message identified(Message request) {
    FieldDescriptor id = request.getDescriptorForType().findFieldByName("request_id");
    return id == null || !request.getField(id).equals("")
        ? request
        : request.toBuilder().setField(id, RequestIds.next()).build();
  }

  /** One id for the whole, unless the caller has given some to its parts. */
  private static BatchCreateSchedulesRequest identifiedBatch(BatchCreateSchedulesRequest batch) {
    if (!batch.getRequestId().isEmpty()) {
      return batch;
    }
    BatchCreateSchedulesRequest.Builder builder = batch.toBuilder();
    if (batch.getRequestsList().stream().allMatch(part -> part.getRequestId().isEmpty())) {
      return builder.setRequestId(RequestIds.next()).build();
    }
    for (int i = 0; i < batch.getRequestsCount(); i++) {
      builder.setRequests(i, identifiedCreate(batch.getRequests(i)));
    }
    return builder.build();
  }

  private static CreateScheduleRequest identifiedCreate(CreateScheduleRequest request) {
    return request.getRequestId().isEmpty()
        ? request.toBuilder().setRequestId(RequestIds.next()).build()
        : request;
  }
}
