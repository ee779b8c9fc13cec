package io.carillon.master.api.fire;

import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.schedule.OperationMessages;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.verification.Completeness;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Progress;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** VerifyCompleteness: for few callers at once, each on its own thread. */
final class VerifyCall {

  private static final String ALL = "-";
  private static final int DEFAULT_GAPS = 100;
  private static final int MOST_GAPS = 1_000;

  /** Each holds a connection of the API. */
  private static final int AT_ONCE = 2;

  private final Completeness completeness;
  private final Schedules schedules;
  private final Revisions revisions;
  private final Semaphore running = new Semaphore(AT_ONCE);

  VerifyCall(LedgerScan scan, Schedules schedules, Revisions revisions, TimeSource clock) {
    this.completeness = new Completeness(scan, OperationMessages::backfillRange, clock);
    this.schedules = schedules;
    this.revisions = revisions;
  }

  void verify(
      VerifyCompletenessRequest request,
      ServerCallStreamObserver<VerifyCompletenessResponse> caller) {
    if (!running.tryAcquire()) {
      throw ApiException.of(
          Code.RESOURCE_EXHAUSTED,
          "TOO_MANY_VERIFICATIONS",
          "this master verifies for " + AT_ONCE + " callers already: try again later",
          Map.of());
    }
    try {
      caller.onNext(
          VerifyCompletenessResponse.newBuilder()
              .setVerdict(FireMessages.message(run(request, caller)))
              .build());
      caller.onCompleted();
    } finally {
      running.release();
    }
  }

  private Completeness.Verdict run(
      VerifyCompletenessRequest request,
      ServerCallStreamObserver<VerifyCompletenessResponse> caller) {
    Faults faults = new Faults();
    Scope scope = faults.in(() -> scope(request.getParent()), null);
    if (request.getMaxGaps() < 0) {
      faults.add(ApiException.invalid("max_gaps", "FIELD_OUT_OF_RANGE", "must not be negative"));
    }
    int mostGaps =
        request.getMaxGaps() == 0 ? DEFAULT_GAPS : Math.min(MOST_GAPS, request.getMaxGaps());
    long from =
        request.hasStartTime()
            ? faults.in(() -> Timestamps.ceilingMicros("start_time", request.getStartTime()), 0L)
            : Completeness.NO_START;
    long before =
        request.hasEndTime()
            ? faults.in(
                () -> Timestamps.ceilingMicros("end_time", request.getEndTime()), Long.MAX_VALUE)
            : Long.MAX_VALUE;
    if (before < from) {
      faults.add(
          ApiException.invalid("end_time", "FIELD_OUT_OF_RANGE", "must not be before start_time"));
    }
    faults.refuse();
    return completeness.verify(scope, from, before, mostGaps, listener(caller));
  }

  private Completeness.Listener listener(
      ServerCallStreamObserver<VerifyCompletenessResponse> caller) {
    return new Completeness.Listener() {
      @Override
      public boolean isGone() {
        return caller.isCancelled();
      }

      @Override
      public void progress(long schedulesDone, long schedulesTotal) {
        caller.onNext(
            VerifyCompletenessResponse.newBuilder()
                .setProgress(
                    Progress.newBuilder()
                        .setSchedulesDone(schedulesDone)
                        .setSchedulesTotal(schedulesTotal))
                .build());
      }

      @Override
      public void gap(Gap gap) {
        caller.onNext(
            VerifyCompletenessResponse.newBuilder()
                .setGap(FireMessages.message(gap, name(gap.schedule())))
                .build());
      }
    };
  }

  private Scope scope(String parent) {
    if (!parent.contains("/schedules/")) {
      String tenant = ResourceName.parse("parent", parent, "tenants").get(0);
      if (tenant.equals(ALL)) {
        return Scope.ALL;
      }
      checkTenant(tenant);
      return new Scope(tenant, null, null);
    }
    List<String> ids = ResourceName.parse("parent", parent, "tenants", "schedules");
    checkTenant(ids.get(0));
    List<Long> nums = revisions.namesakes(ids.get(0), ids.get(1));
    if (nums.isEmpty()) {
      throw ApiException.notFound("SCHEDULE", parent);
    }
    return new Scope(null, nums, null);
  }

  private void checkTenant(String tenant) {
    if (!schedules.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
  }

  private String name(long schedule) {
    return schedules
        .find(schedule)
        .map(found -> ResourceName.schedule(found.tenant(), found.id()))
        // A row of a schedule that there never was.
        .orElse(ResourceName.schedule(ALL, Long.toString(schedule)));
  }
}
