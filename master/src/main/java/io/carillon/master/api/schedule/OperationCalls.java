package io.carillon.master.api.schedule;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.operation.OperationReads;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.operation.OperationRunner;
import io.carillon.master.operation.OperationWork;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LogPartitions;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.Selection;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.master.store.schedules.StoredSchedule.Pause;
import io.carillon.master.store.sql.Database;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** The calls that begin operations, and the work that each of them means. */
public final class OperationCalls implements AutoCloseable {

  private static final long MOST_TIMES = 10_000_000;

  private final Operations operations;
  private final TimeSource time;
  private final SpecInterner interner;
  private final Schedules schedules;
  private final ScheduleWrites writes;
  private final ScheduleChanges changes;
  private final SchedulePauses pauses;
  private final LogPartitions days;
  private final OperationRunner runner;

  /**
   * @param onEnd hears the number of each operation that has ended
   * @param onDeposed called if another master leads
   */
  public OperationCalls(
      LeaderLoop loop,
      Database database,
      Operations operations,
      SpecInterner interner,
      TimeSource time,
      int partitions,
      LongConsumer onEnd,
      Runnable onDeposed,
      Consumer<Throwable> onFailure) {
    this.operations = operations;
    this.time = time;
    this.interner = interner;
    this.schedules = new Schedules(database.api());
    this.writes = new ScheduleWrites(loop, schedules, partitions);
    this.changes = new ScheduleChanges(schedules, writes);
    Specs specs = new Specs(interner, new Calendars(database.api()));
    this.pauses =
        new SchedulePauses(
            new ScheduleDrafts(schedules, specs), new Revisions(database.api()), time);
    this.days = new LogPartitions(database);
    this.runner = new OperationRunner(operations, this::work, time, onEnd, onDeposed, onFailure);
  }

  /** Goes on with what an earlier leader has not ended. */
  public void start() {
    runner.start();
  }

  @Override
  public void close() {
    runner.close();
  }

  /** Stops an operation soon. */
  public void cancel(long num) {
    operations.cancel(num);
    runner.cancel(num);
  }

  Operation backfill(BackfillScheduleRequest request) {
    Faults faults = new Faults();
    StoredSchedule schedule = faults.in(() -> changes.find(request.getName()), null);
    Backfill.Range range = faults.in(() -> BackfillRanges.checked(request, time.nowMicros()), null);
    String requestId = faults.in(() -> Texts.requestId(request.getRequestId()), "");
    faults.refuse();
    Optional<Operation> begun = begun(schedule.tenant(), schedule.num(), requestId, request);
    if (begun.isPresent()) {
      return begun.get();
    }
    long total = total(schedule, range);
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    return begin(
        StoredOperation.BACKFILL,
        schedule.tenant(),
        name,
        schedule,
        requestId,
        request,
        "backfill of "
            + name
            + " from "
            + Micros.format(range.from())
            + " to "
            + Micros.format(range.to()),
        total,
        range.from() - 1);
  }

  /** The range of a backfill, from the request that began it. */
  public static LedgerScan.Range backfillRange(byte[] request) {
    try {
      Backfill.Range range = BackfillRanges.of(BackfillScheduleRequest.parseFrom(request));
      return new LedgerScan.Range(range.from() - 1, range.to() - 1);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private long total(StoredSchedule schedule, Backfill.Range range) {
    Occurrences times = interner.intern(schedule.content().spec());
    long total = times.count(range.from() - 1, range.to() - 1);
    if (total == 0) {
      throw ApiException.invalid(
          "start_time",
          "NO_TIMES",
          "the schedule's spec has no time from start_time to end_time: nothing would fire");
    }
    if (total > MOST_TIMES) {
      throw ApiException.invalid(
          "end_time",
          "TOO_MANY_TIMES",
          "the schedule's spec has "
              + total
              + " times from start_time on, and a backfill at most "
              + MOST_TIMES
              + ": end it earlier");
    }
    return total;
  }

  Operation pause(PauseSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> tenant(request.getParent()), "");
    Map<String, String> labels =
        faults.in(() -> ScheduleDrafts.labels("labels", request.getLabelsMap()), Map.of());
    Timestamp until = request.hasUntilTime() ? request.getUntilTime() : null;
    String requestId = faults.in(() -> Texts.requestId(request.getRequestId()), "");
    if (!faults.any()) {
      faults.refuse();
      // Before its time is looked at: what was in the future then may be past now.
      Optional<Operation> begun = begun(tenant, 0, requestId, request);
      if (begun.isPresent()) {
        return begun.get();
      }
    }
    faults.in(() -> pauses.asked(request.getReason(), request.getBy(), until, 0));
    faults.refuse();
    String reason = request.getReason().isEmpty() ? "" : ": " + request.getReason();
    return begin(
        StoredOperation.PAUSE,
        request.getParent(),
        requestId,
        request,
        "pause of " + scope(request.getParent(), labels) + reason,
        new Selection(tenant, labels, false, 0, time.nowMicros()));
  }

  Operation resume(ResumeSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> tenant(request.getParent()), "");
    Map<String, String> labels =
        faults.in(() -> ScheduleDrafts.labels("labels", request.getLabelsMap()), Map.of());
    long by = faults.in(() -> pauseOperation(request), 0L);
    String requestId = faults.in(() -> Texts.requestId(request.getRequestId()), "");
    faults.refuse();
    Optional<Operation> begun = begun(tenant, 0, requestId, request);
    if (begun.isPresent()) {
      return begun.get();
    }
    if (by != 0 && operations.find(by).filter(o -> o.kind() == StoredOperation.PAUSE).isEmpty()) {
      throw ApiException.invalid(
          "pause_operation",
          "OPERATION_NOT_FOUND",
          "names no operation that paused schedules; ListOperations has those that did");
    }
    String of = by == 0 ? "" : ", as far as " + request.getPauseOperation() + " paused them";
    return begin(
        StoredOperation.RESUME,
        request.getParent(),
        requestId,
        request,
        "resume of " + scope(request.getParent(), labels) + of,
        new Selection(tenant, labels, true, by, time.nowMicros()));
  }

  private static long pauseOperation(ResumeSchedulesRequest request) {
    return request.getPauseOperation().isEmpty()
        ? 0
        : OperationReads.num("pause_operation", request.getPauseOperation());
  }

  private String tenant(String parent) {
    return parent.equals(ResourceName.tenant(StoredOperation.ALL))
        ? StoredOperation.ALL
        : changes.tenant(parent);
  }

  private static String scope(String parent, Map<String, String> labels) {
    StringBuilder text = new StringBuilder(parent);
    String separator = " with ";
    for (Map.Entry<String, String> label : labels.entrySet()) {
      text.append(separator).append(label.getKey()).append('=').append(label.getValue());
      separator = ", ";
    }
    return text.toString();
  }

  /**
   * The operation that a request with this id began.
   *
   * @throws ApiException (REQUEST_ID_REUSED) if that was another request
   */
  private Optional<Operation> begun(
      String tenant, long schedule, String requestId, Message request) {
    return operations
        .find(tenant, schedule, requestId)
        .map(
            begun -> {
              try {
                if (!request.getParserForType().parseFrom(begun.request()).equals(request)) {
                  throw Repeats.reused();
                }
              } catch (InvalidProtocolBufferException e) {
                throw Repeats.reused();
              }
              return OperationReads.message(begun);
            });
  }

  private Operation begin(
      int kind,
      String subject,
      String requestId,
      Message request,
      String description,
      Selection selection) {
    long total = schedules.count(selection, selection.createdBy());
    return begin(
        kind, selection.tenant(), subject, null, requestId, request, description, total, 0);
  }

  private Operation begin(
      int kind,
      String tenant,
      String subject,
      StoredSchedule schedule,
      String requestId,
      Message request,
      String description,
      long total,
      long position) {
    if (runner.isFull()) {
      throw ApiException.of(
          Code.UNAVAILABLE,
          "TOO_MANY_OPERATIONS",
          OperationRunner.MOST_RUNNING + " operations are running: wait for some, or cancel some",
          Map.of());
    }
    long now = time.nowMicros();
    StoredOperation begun =
        operations
            .begin(
                new StoredOperation(
                    0,
                    kind,
                    StoredOperation.RUNNING,
                    tenant,
                    subject,
                    schedule == null ? 0 : schedule.num(),
                    0,
                    schedule == null ? 0 : schedule.revisionVersion(),
                    requestId,
                    request.toByteArray(),
                    description,
                    0,
                    total,
                    position,
                    false,
                    "",
                    now,
                    now,
                    0))
            .orElseThrow(
                () ->
                    ApiException.of(
                        Code.FAILED_PRECONDITION,
                        "TOO_MANY_BACKFILLS",
                        "a schedule can have "
                            + Operations.MOST_BACKFILLS
                            + " backfills: make another one with the same spec",
                        Map.of()));
    runner.run(begun.num());
    return OperationReads.message(begun);
  }

  /** What an operation does, as far as it is not done. */
  private OperationWork work(StoredOperation operation) {
    try {
      return switch (operation.kind()) {
        case StoredOperation.BACKFILL ->
            new Backfill(
                operation,
                BackfillRanges.of(BackfillScheduleRequest.parseFrom(operation.request())),
                operations,
                days,
                writes,
                interner,
                time);
        case StoredOperation.PAUSE ->
            pausing(operation, PauseSchedulesRequest.parseFrom(operation.request()));
        case StoredOperation.RESUME ->
            resuming(operation, ResumeSchedulesRequest.parseFrom(operation.request()));
        default -> throw new IllegalStateException("no such kind: " + operation.kind());
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private OperationWork pausing(StoredOperation operation, PauseSchedulesRequest request) {
    long until =
        request.hasUntilTime()
            ? Timestamps.micros("until_time", request.getUntilTime())
            : Long.MAX_VALUE;
    Pause pause = new Pause(request.getReason(), request.getBy(), 0, until, operation.num());
    return bulk(operation, request.getLabelsMap(), 0, schedule -> pauses.pause(schedule, pause));
  }

  private OperationWork resuming(StoredOperation operation, ResumeSchedulesRequest request) {
    long by = pauseOperation(request);
    return bulk(
        operation,
        request.getLabelsMap(),
        by,
        schedule ->
            by != 0 && schedule.pause().operation() != by
                ? new Change(schedule, null)
                : pauses.resume(schedule, request.getCatchUp()));
  }

  private OperationWork bulk(
      StoredOperation operation,
      Map<String, String> labels,
      long pauseOperation,
      java.util.function.Function<StoredSchedule, Change> decision) {
    return new BulkChange(
        operation,
        new Selection(
            operation.tenant(),
            labels,
            operation.kind() == StoredOperation.RESUME,
            pauseOperation,
            operation.createTime()),
        decision,
        schedules,
        writes,
        time);
  }
}
