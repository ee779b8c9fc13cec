package io.carillon.master.api.schedule;

import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.operation.OperationReads;
import io.carillon.master.api.schedule.ScheduleOperations.Pausing;
import io.carillon.master.api.schedule.ScheduleOperations.Resuming;
import io.carillon.master.api.schedule.ScheduleOperations.StartRequest;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import java.util.Map;
import java.util.Optional;

/** The calls of ScheduleService that begin operations. */
final class OperationRequests {

  private final ScheduleOperations operations;
  private final ScheduleLookup lookup;
  private final ScheduleRequests requests;
  private final TimeSource time;

  OperationRequests(
      ScheduleOperations operations,
      ScheduleLookup lookup,
      ScheduleRequests requests,
      TimeSource time) {
    this.operations = operations;
    this.lookup = lookup;
    this.requests = requests;
    this.time = time;
  }

  Operation backfill(BackfillScheduleRequest request) {
    Faults faults = new Faults();
    StoredSchedule schedule = faults.in(() -> lookup.find(request.getName()), null);
    Backfill.Range range =
        faults.in(() -> OperationMessages.checked(request, time.nowMicros()), null);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    StartRequest start = OperationMessages.start(request.getRequestId(), request);
    return OperationReads.message(
        operations
            .begun(schedule.tenant(), schedule.num(), start)
            .orElseGet(() -> operations.backfill(schedule, range, start)));
  }

  Operation pause(PauseSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> tenant(request.getParent()), "");
    Map<String, String> labels =
        faults.in(() -> ScheduleRequests.labels("labels", request.getLabelsMap()), Map.of());
    faults.in(() -> Texts.requestId(request.getRequestId()));
    StartRequest start = OperationMessages.start(request.getRequestId(), request);
    if (!faults.any()) {
      faults.refuse();
      // Before its time is looked at: what was in the future then may be past now.
      Optional<StoredOperation> begun = operations.begun(tenant, 0, start);
      if (begun.isPresent()) {
        return OperationReads.message(begun.get());
      }
    }
    Pause pause =
        faults.in(
            () ->
                requests.pause(
                    request.getReason(),
                    request.getBy(),
                    request.hasUntilTime() ? request.getUntilTime() : null),
            null);
    faults.refuse();
    return OperationReads.message(operations.pause(tenant, new Pausing(labels, pause), start));
  }

  Operation resume(ResumeSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> tenant(request.getParent()), "");
    Map<String, String> labels =
        faults.in(() -> ScheduleRequests.labels("labels", request.getLabelsMap()), Map.of());
    long by = faults.in(() -> OperationMessages.pauseOperation(request), 0L);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    StartRequest start = OperationMessages.start(request.getRequestId(), request);
    Resuming wanted = new Resuming(labels, by, request.getCatchUp());
    return OperationReads.message(
        operations
            .begun(tenant, 0, start)
            .orElseGet(() -> operations.resume(tenant, wanted, start)));
  }

  private String tenant(String parent) {
    return parent.equals(ResourceName.tenant(StoredOperation.ALL))
        ? StoredOperation.ALL
        : lookup.tenant(parent);
  }
}
