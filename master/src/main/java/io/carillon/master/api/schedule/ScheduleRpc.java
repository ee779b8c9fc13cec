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
import java.util.Set;
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
  private final OperationCalls operations;
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
      OperationCalls operations,
      Requests requests,
      Executor executor) {
    super(database, interner, time);
    this.operations = operations;
    this.time = time;
    this.schedules = new Schedules(database.api());
    this.repeats = new Repeats(requests);
    Specs specs = new Specs(interner, new Calendars(database.api()));
    ScheduleDrafts drafts = new ScheduleDrafts(schedules, specs);
    this.messages = new ScheduleMessages(interner);
    this.writes = new ScheduleWrites(loop, schedules, partitions);
    this.changes = new ScheduleChanges(schedules, writes);
    this.updates = new ScheduleUpdates(drafts, time);
    this.pauses = new SchedulePauses(drafts, new Revisions(database.api()), time);
    this.triggers = new Triggers(changes, writes, requests, schedules, new Ledger(database), time);
    EarlierCreations earlier = new EarlierCreations(schedules, messages, time);
    this.creation =
        new ScheduleCreation(changes, drafts, messages, earlier, writes, time, executor);
    this.batches = new BatchCreation(schedules, changes, drafts, messages, earlier, writes, time);
  }

  @Override
  public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answerLater(caller, () -> creation.create(request));
  }

  @Override
  public void batchCreateSchedules(
      BatchCreateSchedulesRequest request, StreamObserver<BatchCreateSchedulesResponse> caller) {
    Calls.answer(caller, () -> batches.create(request));
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
            () -> FieldMasks.paths(request.getUpdateMask(), given, ScheduleDrafts.UPDATABLE),
            Set.of());
    faults.in(() -> ResourceName.parse("schedule.name", given.getName(), NAME));
    faults.in(() -> Texts.requestId(request.getRequestId()));
    faults.refuse();
    Request asked = Repeats.of(given.getName(), request.getRequestId(), request);
    return repeats.answer(
        asked,
        () ->
            messages.of(
                changes.change(
                    "schedule.name",
                    given.getName(),
                    given.getEtag(),
                    asked,
                    before -> updates.update(before, given, paths, request.getValidateOnly())),
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
        () -> pauses.asked(request.getReason(), request.getBy(), until, 0),
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
   * @param asked what is asked for, checked
   */
  private <T> Schedule change(
      Message request,
      String name,
      String etag,
      String requestId,
      Supplier<T> asked,
      BiFunction<StoredSchedule, T, ScheduleChanges.Change> decision) {
    checkNames(name, requestId);
    Request noted = Repeats.of(name, requestId, request);
    return repeats.answer(
        noted,
        () -> {
          T wanted = asked.get();
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
    Calls.answer(caller, () -> triggers.trigger(request));
  }
}
