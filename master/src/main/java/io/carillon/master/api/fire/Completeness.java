package io.carillon.master.api.fire;

import com.google.rpc.Code;
import io.carillon.common.fire.FireKind;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.schedule.OperationMessages;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.Owed;
import io.carillon.master.core.ledger.Promise;
import io.carillon.master.core.ledger.RowPlaces;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.fires.LedgerScan.Snapshot.Extent;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.sql.Rows;
import io.carillon.master.verification.LedgerCheck;
import io.carillon.v1.Fire;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Progress;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Proves for a caller that the ledger is complete: slice by slice of nominal times, each in one
 * snapshot of its own, on the caller's thread. Reads PostgreSQL and nothing else, so any master can
 * do it.
 */
final class Completeness {

  private static final String ALL = "-";
  private static final int DEFAULT_GAPS = 100;
  private static final int MOST_GAPS = 1_000;

  /** Bounds what one statement reads and sorts. */
  private static final int SLICE_ROWS = 500_000;

  private static final int ROWS_BETWEEN_LOOKS = 10_000;
  private static final long TALK_EVERY_MICROS = 500_000;

  /** Each holds a connection of the API. */
  private static final int AT_ONCE = 2;

  private final LedgerScan scan;
  private final Schedules schedules;
  private final Revisions revisions;
  private final TimeSource clock;
  private final Semaphore running = new Semaphore(AT_ONCE);

  Completeness(LedgerScan scan, Schedules schedules, Revisions revisions, TimeSource clock) {
    this.scan = scan;
    this.schedules = schedules;
    this.revisions = revisions;
    this.clock = clock;
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
      new Call(request, caller).run();
    } finally {
      running.release();
    }
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

  /** One verification. */
  private final class Call {
    private final ServerCallStreamObserver<VerifyCompletenessResponse> caller;
    private final Scope scope;
    private final long start;
    private final int mostGaps;
    private final long end;
    private final Extent extent;
    private final long before;
    private final Tally tally = new Tally();
    private RowPlaces places = RowPlaces.none();
    private final List<Gap> found = new ArrayList<>();
    private int listed;
    private int rows;
    private long talked;
    private long done;

    Call(
        VerifyCompletenessRequest request,
        ServerCallStreamObserver<VerifyCompletenessResponse> caller) {
      this.caller = caller;
      Faults faults = new Faults();
      this.scope = faults.in(() -> scope(request.getParent()), null);
      if (request.getMaxGaps() < 0) {
        faults.add(ApiException.invalid("max_gaps", "FIELD_OUT_OF_RANGE", "must not be negative"));
      }
      this.mostGaps =
          request.getMaxGaps() == 0 ? DEFAULT_GAPS : Math.min(MOST_GAPS, request.getMaxGaps());
      long from =
          request.hasStartTime()
              ? faults.in(() -> Timestamps.ceilingMicros("start_time", request.getStartTime()), 0L)
              : Long.MIN_VALUE + 1;
      this.before =
          request.hasEndTime()
              ? faults.in(
                  () -> Timestamps.ceilingMicros("end_time", request.getEndTime()), Long.MAX_VALUE)
              : Long.MAX_VALUE;
      if (before < from) {
        faults.add(
            ApiException.invalid(
                "end_time", "FIELD_OUT_OF_RANGE", "must not be before start_time"));
      }
      faults.refuse();
      this.extent = scan.snapshot(picture -> picture.extent(scope, from - 1, before - 1));
      this.start = request.hasStartTime() ? from : Math.min(before, extent.firstRevision());
      this.end = Math.max(start, Math.min(before, extent.leastWatermark() + 1));
      this.done = start;
    }

    void run() {
      talk();
      while (done < before) {
        done = scan.snapshot(this::slice);
        for (Gap gap : found) {
          caller.onNext(VerifyCompletenessResponse.newBuilder().setGap(message(gap)).build());
        }
        found.clear();
        talk();
      }
      caller.onNext(VerifyCompletenessResponse.newBuilder().setVerdict(verdict()).build());
      caller.onCompleted();
    }

    /**
     * Checks the next slice and answers where the one after it begins. Beyond what is settled
     * nothing is asked for, but of what is there each row is judged.
     */
    private long slice(Snapshot picture) {
      long after = done - 1;
      long upTo = picture.sliceEnd(after, before - 1, SLICE_ROWS);
      var partitions = picture.partitions();
      places = places.in(picture.owners(null), picture.logEnd());
      try (Rows<Promise> promises = promises(picture, after, upTo)) {
        new LedgerCheck(
                picture,
                places,
                (revision, partition) ->
                    Owed.ofNominals(
                        revision,
                        partitions.get(partition).settled(),
                        after,
                        Math.max(after, Math.min(upTo, end - 1))),
                partition -> tally,
                this::found,
                this::look)
            .nominals(scope, promises, after, upTo);
      }
      return upTo + 1;
    }

    private Rows<Promise> promises(Snapshot picture, long after, long upTo) {
      return picture.promises(scope, after, upTo, OperationMessages::backfillRange);
    }

    private void found(Gap gap) {
      if (listed < mostGaps) {
        listed++;
        found.add(gap);
      }
    }

    private void look(LedgerRow row, long due) {
      if (++rows % ROWS_BETWEEN_LOOKS == 0) {
        if (caller.isCancelled()) {
          throw Status.CANCELLED.asRuntimeException();
        }
        if (clock.nowMicros() - talked > TALK_EVERY_MICROS) {
          talk();
        }
      }
    }

    /** Time is swept, not schedules: each of them is done as far as the range is. */
    private void talk() {
      talked = clock.nowMicros();
      double share = end <= done ? 1 : (double) (done - start) / (end - start);
      caller.onNext(
          VerifyCompletenessResponse.newBuilder()
              .setProgress(
                  Progress.newBuilder()
                      .setSchedulesDone((long) (extent.schedules() * share))
                      .setSchedulesTotal(extent.schedules()))
              .build());
    }

    private VerifyCompletenessResponse.Gap message(Gap gap) {
      return VerifyCompletenessResponse.Gap.newBuilder()
          .setKind(VerifyCompletenessResponse.Gap.Kind.valueOf(gap.kind().name()))
          .setSchedule(name(gap.schedule()))
          .setFirstNominalTime(Timestamps.of(gap.first()))
          .setLastNominalTime(Timestamps.of(gap.last()))
          .setCount(gap.count())
          .setVersion(gap.version())
          .setPartition(gap.partition())
          .setFireKind(kind(gap.fireKind()))
          .setBackfill(FireKind.backfillOf(gap.fireKind()))
          .setDetail(gap.detail())
          .build();
    }

    /** A row may say anything. */
    private static Fire.Kind kind(int code) {
      return code < 0 || code > FireKind.BACKFILL.code(FireKind.MAX_BACKFILL)
          ? Fire.Kind.KIND_UNSPECIFIED
          : FireRpc.kind(FireKind.ofCode(code));
    }

    private Verdict verdict() {
      return Verdict.newBuilder()
          .setComplete(tally.gaps() == 0)
          .setStartTime(Timestamps.of(start))
          .setEndTime(Timestamps.of(end))
          .setScheduleCount(extent.schedules())
          .setRevisionCount(extent.revisions())
          .setOwedCount(tally.owed)
          .setFiredCount(tally.fired)
          .setSkippedCount(tally.skipped)
          .setMissingCount(tally.gaps(Gap.Kind.MISSING))
          .setUnexpectedCount(tally.gaps(Gap.Kind.UNEXPECTED))
          .setDuplicateCount(tally.gaps(Gap.Kind.DUPLICATE))
          .setEarlyCount(tally.gaps(Gap.Kind.EARLY))
          .setAlteredCount(tally.gaps(Gap.Kind.ALTERED))
          .build();
    }
  }
}
