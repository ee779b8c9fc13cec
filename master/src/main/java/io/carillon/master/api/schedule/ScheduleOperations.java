package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.operation.OperationRunner;
import io.carillon.master.operation.OperationWork;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.fires.LogPartitions;
import io.carillon.master.store.operations.OperationKind;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.operations.StoredOperation.Order;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.Selection;
import io.carillon.master.store.sql.Database;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** Begins what is done to schedules in operations, and knows the work that each of them means. */
public final class ScheduleOperations implements AutoCloseable {

  private static final long MOST_TIMES = 10_000_000;

  private final Operations operations;
  private final TimeSource time;
  private final SpecInterner interner;
  private final Schedules schedules;
  private final ScheduleWrites writes;
  private final SchedulePauses pauses;
  private final LogPartitions days;
  private final StoredRequests requests;
  private final OperationRunner runner;

  /** The labels of the schedules to pause, and how: until when, why. */
  record Pausing(Map<String, String> labels, Pause pause) {}

  /**
   * The schedules to resume.
   *
   * @param pauseOperation number of the operation that paused them; 0: whatever did
   * @param catchUp whether to make up for the pause
   */
  record Resuming(Map<String, String> labels, long pauseOperation, boolean catchUp) {}

  /** Reads what operations were asked for, as it is stored with them. */
  public interface StoredRequests {
    Backfill.Range backfill(byte[] request);

    Pausing pause(byte[] request);

    Resuming resume(byte[] request);
  }

  /**
   * The request that begins an operation.
   *
   * @param id empty if it has none
   * @param stored as it is stored with the operation
   * @param isSame whether what is stored is the same request
   */
  record StartRequest(String id, byte[] stored, Predicate<byte[]> isSame) {}

  /**
   * @param requests reads what this master or an earlier one has stored
   * @param onEnd hears the number of each operation that has ended
   * @param onDeposed called if another master leads
   */
  public ScheduleOperations(
      LeaderLoop loop,
      Database database,
      Operations operations,
      SpecInterner interner,
      TimeSource time,
      int partitions,
      StoredRequests requests,
      LongConsumer onEnd,
      Runnable onDeposed,
      Consumer<Throwable> onFailure) {
    this.operations = operations;
    this.time = time;
    this.requests = requests;
    this.interner = interner;
    this.schedules = new Schedules(database.api());
    this.writes = new ScheduleWrites(loop, schedules, partitions);
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

  /**
   * The operation that a request with this id began.
   *
   * @param schedule number of the schedule that it is about, 0 if it is about many
   * @throws ApiException (REQUEST_ID_REUSED) if that was another request
   */
  Optional<StoredOperation> begun(String tenant, long schedule, StartRequest start) {
    Optional<StoredOperation> begun = operations.find(tenant, schedule, start.id());
    if (begun.isPresent() && !start.isSame().test(begun.get().order().request())) {
      throw Repeats.reused();
    }
    return begun;
  }

  /** Fires times of the past. */
  StoredOperation backfill(StoredSchedule schedule, Backfill.Range range, StartRequest start) {
    long total = total(schedule, range);
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    return begin(
        OperationKind.BACKFILL,
        schedule.tenant(),
        name,
        schedule,
        start,
        "backfill of "
            + name
            + " from "
            + Micros.format(range.from())
            + " to "
            + Micros.format(range.to()),
        total,
        range.from() - 1);
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

  /**
   * Pauses schedules.
   *
   * @param tenant {@link StoredOperation#ALL} for those of all
   */
  StoredOperation pause(String tenant, Pausing wanted, StartRequest start) {
    String reason = wanted.pause().reason();
    return begin(
        OperationKind.PAUSE,
        start,
        "pause of " + scope(tenant, wanted.labels()) + (reason.isEmpty() ? "" : ": " + reason),
        new Selection(tenant, wanted.labels(), false, 0, time.nowMicros()));
  }

  /**
   * Resumes schedules.
   *
   * @param tenant {@link StoredOperation#ALL} for those of all
   * @throws ApiException that names pause_operation
   */
  StoredOperation resume(String tenant, Resuming wanted, StartRequest start) {
    long by = wanted.pauseOperation();
    if (by != 0
        && operations.find(by).filter(o -> o.order().kind() == OperationKind.PAUSE).isEmpty()) {
      throw ApiException.invalid(
          "pause_operation",
          "OPERATION_NOT_FOUND",
          "names no operation that paused schedules; ListOperations has those that did");
    }
    String of = by == 0 ? "" : ", as far as " + ResourceName.operation(by) + " paused them";
    return begin(
        OperationKind.RESUME,
        start,
        "resume of " + scope(tenant, wanted.labels()) + of,
        new Selection(tenant, wanted.labels(), true, by, time.nowMicros()));
  }

  private static String scope(String tenant, Map<String, String> labels) {
    StringBuilder text = new StringBuilder(ResourceName.tenant(tenant));
    String separator = " with ";
    for (Map.Entry<String, String> label : labels.entrySet()) {
      text.append(separator).append(label.getKey()).append('=').append(label.getValue());
      separator = ", ";
    }
    return text.toString();
  }

  private StoredOperation begin(
      OperationKind kind, StartRequest start, String description, Selection selection) {
    return begin(
        kind,
        selection.tenant(),
        ResourceName.tenant(selection.tenant()),
        null,
        start,
        description,
        schedules.count(selection, selection.createdBy()),
        0);
  }

  private StoredOperation begin(
      OperationKind kind,
      String tenant,
      String subject,
      StoredSchedule schedule,
      StartRequest start,
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
    StoredOperation begun =
        operations
            .begin(
                new Order(
                    kind,
                    tenant,
                    subject,
                    schedule == null ? 0 : schedule.num(),
                    schedule == null ? 0 : schedule.revisionVersion(),
                    start.id(),
                    start.stored(),
                    description,
                    total,
                    time.nowMicros()),
                position)
            .orElseThrow(
                () ->
                    ApiException.of(
                        Code.FAILED_PRECONDITION,
                        "TOO_MANY_BACKFILLS",
                        "a schedule can have "
                            + FireKind.MAX_BACKFILL
                            + " backfills: make another one with the same spec",
                        Map.of()));
    runner.run(begun.num());
    return begun;
  }

  /** What an operation does, as far as it is not done. */
  private OperationWork work(StoredOperation operation) {
    return switch (operation.order().kind()) {
      case BACKFILL ->
          new Backfill(
              operation,
              requests.backfill(operation.order().request()),
              operations,
              days,
              writes,
              interner,
              time);
      case PAUSE -> pausing(operation, requests.pause(operation.order().request()));
      case RESUME -> resuming(operation, requests.resume(operation.order().request()));
    };
  }

  private OperationWork pausing(StoredOperation operation, Pausing wanted) {
    Pause given = wanted.pause();
    Pause pause = new Pause(given.reason(), given.by(), 0, given.until(), operation.num());
    return bulk(operation, wanted.labels(), 0, schedule -> pauses.pause(schedule, pause));
  }

  private OperationWork resuming(StoredOperation operation, Resuming wanted) {
    long by = wanted.pauseOperation();
    return bulk(
        operation,
        wanted.labels(),
        by,
        schedule ->
            by != 0 && schedule.pause().operation() != by
                ? new Change(schedule, null)
                : pauses.resume(schedule, wanted.catchUp()));
  }

  private OperationWork bulk(
      StoredOperation operation,
      Map<String, String> labels,
      long pauseOperation,
      Function<StoredSchedule, Change> decision) {
    return new BulkChange(
        operation,
        new Selection(
            operation.order().tenant(),
            labels,
            operation.order().kind() == OperationKind.RESUME,
            pauseOperation,
            operation.order().createTime()),
        decision,
        schedules,
        writes,
        time);
  }
}
