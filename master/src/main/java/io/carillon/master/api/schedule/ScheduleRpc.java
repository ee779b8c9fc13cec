package io.carillon.master.api.schedule;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.FieldMasks;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.schedule.ScheduleCreation.Created;
import io.carillon.master.api.schedule.ScheduleDrafts.NewDraft;
import io.carillon.master.api.schedule.ScheduleDrafts.NextDraft;
import io.carillon.master.api.schedule.Triggers.Triggered;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Made;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.ScheduleWrite;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.master.store.sql.Database;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.DeleteScheduleResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** ScheduleService, as a leader offers it. */
public final class ScheduleRpc extends ScheduleReads {

  private static final String[] NAME = {"tenants", "schedules"};

  private final TimeSource time;
  private final ScheduleMessages messages;
  private final ScheduleWrites writes;
  private final ScheduleCreation creation;
  private final BatchCreation batches;
  private final ScheduleChanges changes;
  private final OperationRequests operations;
  private final ScheduleRequests requests;
  private final ScheduleUpdates updates;
  private final SchedulePauses pauses;
  private final Schedules schedules;
  private final Repeats repeats;
  private final Triggers triggers;

  public ScheduleRpc(
      LeaderLoop loop,
      Database database,
      SpecInterner interner,
      TimeSource time,
      int partitions,
      ScheduleOperations operations,
      Requests stored,
      Executor executor) {
    super(database, interner, time);
    this.time = time;
    this.schedules = new Schedules(database.api());
    this.repeats = new Repeats(stored);
    Specs specs = new Specs(interner, new Calendars(database.api()));
    ScheduleDrafts drafts = new ScheduleDrafts(schedules, specs);
    this.messages = new ScheduleMessages(interner);
    this.writes = new ScheduleWrites(loop, schedules, partitions);
    this.changes = new ScheduleChanges(schedules, writes);
    this.requests = new ScheduleRequests(changes, drafts, specs, time);
    this.updates = new ScheduleUpdates(drafts, time);
    this.pauses = new SchedulePauses(drafts, new Revisions(database.api()), time);
    this.triggers = new Triggers(changes, writes, stored, schedules, new Ledger(database), time);
    this.operations = new OperationRequests(operations, changes, requests, time);
    EarlierCreations earlier = new EarlierCreations(schedules);
    this.creation = new ScheduleCreation(drafts, earlier, writes, executor);
    this.batches = new BatchCreation(schedules, drafts, earlier, writes);
  }

  @Override
  public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answerLater(caller, () -> create(request));
  }

  private CompletableFuture<Schedule> create(CreateScheduleRequest request) {
    Request noted = ScheduleRequests.noted(request);
    NewDraft wanted = requests.creation(request);
    CompletableFuture<Created> created =
        request.getValidateOnly()
            ? CompletableFuture.completedFuture(creation.validate(noted, wanted))
            : creation.create(noted, wanted);
    return created.thenApply(schedule -> messages.of(schedule, time.nowMicros()));
  }

  @Override
  public void batchCreateSchedules(
      BatchCreateSchedulesRequest request, StreamObserver<BatchCreateSchedulesResponse> caller) {
    Calls.answer(caller, () -> create(request));
  }

  private BatchCreateSchedulesResponse create(BatchCreateSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> changes.tenant(request.getParent()), null);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.in(() -> ScheduleRequests.checkCount(request));
    faults.refuse();
    List<Created> created =
        batches.create(
            tenant,
            ScheduleRequests.noted(tenant, request.getRequestId(), request),
            requests.parts(tenant, request),
            ScheduleRequests.hasValidIds(request));
    long now = time.nowMicros();
    BatchCreateSchedulesResponse.Builder response = BatchCreateSchedulesResponse.newBuilder();
    created.forEach(schedule -> response.addSchedules(messages.of(schedule, now)));
    return response.build();
  }

  @Override
  public void updateSchedule(UpdateScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(caller, () -> update(request));
  }

  private Schedule update(UpdateScheduleRequest request) {
    if (!request.hasSchedule()) {
      throw ApiException.required("schedule");
    }
    Schedule given = request.getSchedule();
    Faults faults = new Faults();
    Set<String> paths =
        faults.in(
            () -> FieldMasks.paths(request.getUpdateMask(), given, ScheduleRequests.UPDATABLE),
            Set.of());
    faults.in(() -> ResourceName.parse("schedule.name", given.getName(), NAME));
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    Request noted = Repeats.of(given.getName(), request.getRequestId(), request);
    NextDraft wanted =
        (before, validFrom, now) -> requests.update(before, given, paths, validFrom, now);
    return repeats.answer(
        noted,
        () ->
            messages.of(
                changes.change(
                    "schedule.name",
                    given.getName(),
                    given.getEtag(),
                    noted,
                    before -> updates.update(before, wanted, request.getValidateOnly())),
                time.nowMicros()),
        this::asItIs);
  }

  /** A schedule that an earlier request changed. */
  private Schedule asItIs(Made made) {
    return messages.of(
        schedules
            .find(made.num())
            .filter(schedule -> schedule.state() != StoredSchedule.DELETED)
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        "SCHEDULE", "schedule of this request any more: it was deleted")),
        time.nowMicros());
  }

  @Override
  public void pauseSchedule(PauseScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(caller, () -> pause(request));
  }

  private Schedule pause(PauseScheduleRequest request) {
    Timestamp until = request.hasUntilTime() ? request.getUntilTime() : null;
    return change(
        request,
        request.getName(),
        request.getEtag(),
        request.getRequestId(),
        () -> requests.pause(request.getReason(), request.getBy(), until),
        pauses::pause);
  }

  @Override
  public void resumeSchedule(ResumeScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(
        caller,
        () ->
            change(
                request,
                request.getName(),
                request.getEtag(),
                request.getRequestId(),
                request::getCatchUp,
                pauses::resume));
  }

  /**
   * A change that is answered with the schedule.
   *
   * @param given what the request says, checked
   */
  private <T> Schedule change(
      Message request,
      String name,
      String etag,
      String requestId,
      Supplier<T> given,
      BiFunction<StoredSchedule, T, ScheduleChanges.Change> decision) {
    checkNames(name, requestId);
    Request noted = Repeats.of(name, requestId, request);
    return repeats.answer(
        noted,
        () -> {
          T wanted = given.get();
          return messages.of(
              changes.change("name", name, etag, noted, before -> decision.apply(before, wanted)),
              time.nowMicros());
        },
        this::asItIs);
  }

  private static void checkNames(String name, String requestId) {
    Faults faults = new Faults();
    faults.in(() -> ResourceName.parse("name", name, NAME));
    faults.in(() -> Texts.requestId(requestId));
    faults.refuse();
  }

  @Override
  public void deleteSchedule(
      DeleteScheduleRequest request, StreamObserver<DeleteScheduleResponse> caller) {
    Calls.answer(caller, () -> delete(request));
  }

  private DeleteScheduleResponse delete(DeleteScheduleRequest request) {
    checkNames(request.getName(), request.getRequestId());
    Request noted = Repeats.of(request.getName(), request.getRequestId(), request);
    return repeats.answer(
        noted,
        () ->
            deleted(
                changes.change(
                    "name", request.getName(), request.getEtag(), noted, ScheduleRpc::deletion)),
        made -> deleted(schedules.find(made.num()).orElseThrow()));
  }

  private static ScheduleChanges.Change deletion(StoredSchedule before) {
    StoredSchedule after = before.withState(StoredSchedule.DELETED);
    return new ScheduleChanges.Change(
        after, ScheduleWrites.change(ScheduleWrite.of(after, false), null, true));
  }

  private static DeleteScheduleResponse deleted(StoredSchedule schedule) {
    return DeleteScheduleResponse.newBuilder()
        .setEffectiveTime(Timestamps.of(schedule.effectiveTime()))
        .build();
  }

  @Override
  public void pauseSchedules(PauseSchedulesRequest request, StreamObserver<Operation> caller) {
    Calls.answer(caller, () -> operations.pause(request));
  }

  @Override
  public void resumeSchedules(ResumeSchedulesRequest request, StreamObserver<Operation> caller) {
    Calls.answer(caller, () -> operations.resume(request));
  }

  @Override
  public void backfillSchedule(BackfillScheduleRequest request, StreamObserver<Operation> caller) {
    Calls.answer(caller, () -> operations.backfill(request));
  }

  @Override
  public void triggerSchedule(
      TriggerScheduleRequest request, StreamObserver<TriggerScheduleResponse> caller) {
    Calls.answer(caller, () -> trigger(request));
  }

  private TriggerScheduleResponse trigger(TriggerScheduleRequest request) {
    checkNames(request.getName(), request.getRequestId());
    Request noted = Repeats.of(request.getName(), request.getRequestId(), request);
    Triggered done = triggers.trigger(request.getName(), noted);
    StoredSchedule schedule = done.schedule();
    return TriggerScheduleResponse.newBuilder()
        .setFire(ResourceName.fire(schedule.tenant(), schedule.id(), done.fire().toString()))
        .setNominalTime(Timestamps.of(done.fire().nominalMicros()))
        .build();
  }
}
