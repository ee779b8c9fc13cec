package io.carillon.master.rpc;

import com.google.protobuf.Empty;
import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.Calendars;
import io.carillon.master.store.Database;
import io.carillon.master.store.Revisions;
import io.carillon.master.store.ScheduleWrite;
import io.carillon.master.store.Schedules;
import io.carillon.master.store.StoredSchedule;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
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

/** ScheduleService, as a leader offers it. */
public final class ScheduleRpc extends ScheduleReads {

  private final TimeSource time;
  private final ScheduleMessages messages;
  private final ScheduleWrites writes;
  private final ScheduleCreation creation;
  private final BatchCreation batches;
  private final ScheduleChanges changes;
  private final OperationCalls operations;
  private final ScheduleUpdates updates;
  private final SchedulePauses pauses;

  public ScheduleRpc(
      LeaderLoop loop,
      Database database,
      SpecInterner interner,
      TimeSource time,
      int partitions,
      OperationCalls operations,
      Executor executor) {
    super(database, interner, time);
    this.operations = operations;
    this.time = time;
    Schedules schedules = new Schedules(database.api());
    Specs specs = new Specs(interner, new SpecCalendars(new Calendars(database.api())));
    ScheduleDrafts drafts = new ScheduleDrafts(schedules, specs);
    this.messages = new ScheduleMessages(interner);
    this.writes = new ScheduleWrites(loop, schedules, partitions);
    this.changes = new ScheduleChanges(schedules, writes);
    this.updates = new ScheduleUpdates(drafts, time);
    this.pauses = new SchedulePauses(drafts, new Revisions(database.api()), time);
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
    Set<String> paths = FieldMasks.paths(request.getUpdateMask(), given, ScheduleDrafts.UPDATABLE);
    return messages.of(
        changes.change(
            "schedule.name",
            given.getName(),
            given.getEtag(),
            before -> updates.update(before, given, paths, request.getValidateOnly())),
        time.nowMicros());
  }

  @Override
  public void pauseSchedule(PauseScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(
        caller,
        () -> {
          StoredSchedule.Pause pause =
              pauses.asked(
                  request.getReason(),
                  request.getBy(),
                  request.hasUntilTime() ? request.getUntilTime() : null,
                  0);
          StoredSchedule paused =
              changes.change(
                  "name",
                  request.getName(),
                  request.getEtag(),
                  before -> pauses.pause(before, pause));
          return messages.of(paused, time.nowMicros());
        });
  }

  @Override
  public void resumeSchedule(ResumeScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(
        caller,
        () -> {
          StoredSchedule resumed =
              changes.change(
                  "name",
                  request.getName(),
                  request.getEtag(),
                  before -> pauses.resume(before, request.getCatchUp()));
          return messages.of(resumed, time.nowMicros());
        });
  }

  @Override
  public void deleteSchedule(DeleteScheduleRequest request, StreamObserver<Empty> caller) {
    Calls.answer(
        caller,
        () -> {
          changes.change(
              "name",
              request.getName(),
              request.getEtag(),
              before -> {
                StoredSchedule after = before.withState(StoredSchedule.DELETED);
                return new ScheduleChanges.Change(
                    after, ScheduleWrites.change(ScheduleWrite.of(after, false), null, true));
              });
          return Empty.getDefaultInstance();
        });
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
    Calls.answer(
        caller,
        () -> {
          StoredSchedule schedule = changes.find(request.getName());
          TriggerResult result = writes.trigger(schedule);
          if (result.reason().equals(ScheduleWrites.QUARANTINED)) {
            throw ScheduleWrites.quarantined(schedule.partition());
          }
          if (!result.recorded()) {
            throw ApiException.notFound("SCHEDULE", request.getName());
          }
          FireId fire = new FireId(schedule.num(), result.nominal(), FireKind.MANUAL);
          return TriggerScheduleResponse.newBuilder()
              .setFire(ResourceName.fire(schedule.tenant(), schedule.id(), fire.toString()))
              .setNominalTime(Timestamps.of(result.nominal()))
              .build();
        });
  }
}
