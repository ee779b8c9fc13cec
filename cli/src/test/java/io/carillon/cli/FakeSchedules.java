package io.carillon.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.FieldMaskUtil;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.DeleteScheduleResponse;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.ResumeSchedulesRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Schedules in a map. It refuses a minute of 99, and whatever else a test sets. */
final class FakeSchedules extends ScheduleServiceGrpc.ScheduleServiceImplBase {

  final TreeMap<String, Schedule> stored = new TreeMap<>();
  final AtomicReference<Status.Code> failure = new AtomicReference<>();
  int batches;
  int writes;
  boolean namesMembers = true;
  UpdateScheduleRequest lastUpdate;
  PreviewScheduleRequest lastPreview;
  PauseScheduleRequest lastPause;
  ResumeScheduleRequest lastResume;
  PauseSchedulesRequest lastBulkPause;
  ResumeSchedulesRequest lastBulkResume;
  BackfillScheduleRequest lastBackfill;
  PreviewScheduleResponse preview =
      PreviewScheduleResponse.newBuilder()
          .addTimes(
              PreviewedTime.newBuilder()
                  .setNominalTime(Timestamp.newBuilder().setSeconds(1_774_746_000))
                  .setLocalTime("2026-03-29T03:00:00+02:00[Europe/Berlin]"))
          .build();
  private final FakeOperations operations;

  FakeSchedules(FakeOperations operations) {
    this.operations = operations;
  }

  private synchronized <T> void answer(StreamObserver<T> observer, Supplier<T> action) {
    try {
      if (failure.get() != null) {
        throw Status.fromCode(failure.get())
            .withDescription("as the test says")
            .asRuntimeException();
      }
      observer.onNext(action.get());
      observer.onCompleted();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    }
  }

  private static StatusRuntimeException refusal(
      int code, String reason, String message, String field) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code)
            .setMessage(message)
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder().setReason(reason).setDomain("carillon.io").build()));
    if (field != null) {
      status.addDetails(
          Any.pack(
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(field)
                          .setDescription(message))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private Schedule find(String name) {
    Schedule schedule = stored.get(name);
    if (schedule == null) {
      throw refusal(Code.NOT_FOUND_VALUE, "SCHEDULE_NOT_FOUND", "no schedule " + name, null);
    }
    return schedule;
  }

  private Schedule checked(CreateScheduleRequest request, String parent, String path) {
    if (request.getSchedule().getSpec().getCron().getExpression().startsWith("99")) {
      throw refusal(
          Code.INVALID_ARGUMENT_VALUE,
          "CRON_SYNTAX",
          "99 is not a minute",
          namesMembers || path.isEmpty() ? path + "schedule.spec.cron.expression" : null);
    }
    String name = parent + "/schedules/" + request.getScheduleId();
    if (stored.containsKey(name)) {
      throw refusal(Code.ALREADY_EXISTS_VALUE, "SCHEDULE_EXISTS", name + " exists", null);
    }
    Schedule.Builder schedule =
        request.getSchedule().toBuilder().setName(name).setState(Schedule.State.ACTIVE);
    if (schedule.getDestination().isEmpty()) {
      schedule.setDestination(parent + "/destinations/default");
    }
    return schedule.setVersion(1).setEtag("e1").build();
  }

  @Override
  public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> observer) {
    answer(
        observer,
        () -> {
          Schedule schedule = checked(request, request.getParent(), "");
          if (!request.getValidateOnly()) {
            stored.put(schedule.getName(), schedule);
            writes++;
          }
          return schedule;
        });
  }

  @Override
  public void batchCreateSchedules(
      BatchCreateSchedulesRequest request, StreamObserver<BatchCreateSchedulesResponse> observer) {
    answer(
        observer,
        () -> {
          batches++;
          List<Schedule> made = new ArrayList<>();
          for (int i = 0; i < request.getRequestsCount(); i++) {
            made.add(checked(request.getRequests(i), request.getParent(), "requests[" + i + "]."));
          }
          made.forEach(schedule -> stored.put(schedule.getName(), schedule));
          writes++;
          return BatchCreateSchedulesResponse.newBuilder().addAllSchedules(made).build();
        });
  }

  @Override
  public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> observer) {
    answer(observer, () -> find(request.getName()));
  }

  @Override
  public void listSchedules(
      ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> observer) {
    answer(
        observer,
        () -> {
          // Pages of two, so that every test of a list turns pages.
          ListSchedulesResponse.Builder page = ListSchedulesResponse.newBuilder();
          for (Schedule schedule : stored.tailMap(request.getPageToken(), false).values()) {
            if (!schedule.getName().startsWith(request.getParent() + "/")
                || !schedule
                    .getLabelsMap()
                    .entrySet()
                    .containsAll(request.getLabelsMap().entrySet())) {
              continue;
            }
            if (page.getSchedulesCount() == 2) {
              page.setNextPageToken(page.getSchedules(1).getName());
              break;
            }
            page.addSchedules(schedule);
          }
          return page.build();
        });
  }

  @Override
  public void updateSchedule(UpdateScheduleRequest request, StreamObserver<Schedule> observer) {
    answer(
        observer,
        () -> {
          lastUpdate = request;
          Schedule old = find(request.getSchedule().getName());
          String etag = request.getSchedule().getEtag();
          if (!etag.isEmpty() && !etag.equals(old.getEtag())) {
            throw refusal(Code.ABORTED_VALUE, "ETAG_MISMATCH", "the etag is stale", null);
          }
          Schedule.Builder changed = old.toBuilder();
          FieldMaskUtil.merge(
              request.getUpdateMask(),
              request.getSchedule(),
              changed,
              new FieldMaskUtil.MergeOptions()
                  .setReplaceMessageFields(true)
                  .setReplaceRepeatedFields(true));
          changed.setVersion(old.getVersion() + 1).setEtag("e" + (old.getVersion() + 1));
          stored.put(old.getName(), changed.build());
          writes++;
          return changed.build();
        });
  }

  @Override
  public void deleteSchedule(
      DeleteScheduleRequest request, StreamObserver<DeleteScheduleResponse> observer) {
    answer(
        observer,
        () -> {
          stored.remove(find(request.getName()).getName());
          return DeleteScheduleResponse.newBuilder()
              .setEffectiveTime(Timestamp.newBuilder().setSeconds(1_800_000_000))
              .build();
        });
  }

  @Override
  public void pauseSchedule(PauseScheduleRequest request, StreamObserver<Schedule> observer) {
    answer(
        observer,
        () -> {
          lastPause = request;
          if (find(request.getName()).getState() == Schedule.State.PAUSED) {
            throw refusal(
                Code.FAILED_PRECONDITION_VALUE, "ALREADY_PAUSED", "it is paused already", null);
          }
          Schedule.Builder paused =
              find(request.getName()).toBuilder()
                  .setState(Schedule.State.PAUSED)
                  .setPauseReason(request.getReason())
                  .setPausedBy(request.getBy());
          if (request.hasUntilTime()) {
            paused.setPausedUntil(request.getUntilTime());
          }
          stored.put(paused.getName(), paused.build());
          return paused.build();
        });
  }

  @Override
  public void resumeSchedule(ResumeScheduleRequest request, StreamObserver<Schedule> observer) {
    answer(
        observer,
        () -> {
          lastResume = request;
          return find(request.getName()).toBuilder().setState(Schedule.State.ACTIVE).build();
        });
  }

  @Override
  public void pauseSchedules(PauseSchedulesRequest request, StreamObserver<Operation> observer) {
    answer(
        observer,
        () -> {
          lastBulkPause = request;
          return operations.begin(Operation.Kind.PAUSE, request.getParent());
        });
  }

  @Override
  public void resumeSchedules(ResumeSchedulesRequest request, StreamObserver<Operation> observer) {
    answer(
        observer,
        () -> {
          lastBulkResume = request;
          return operations.begin(Operation.Kind.RESUME, request.getParent());
        });
  }

  @Override
  public void backfillSchedule(
      BackfillScheduleRequest request, StreamObserver<Operation> observer) {
    answer(
        observer,
        () -> {
          lastBackfill = request;
          return operations.begin(Operation.Kind.BACKFILL, find(request.getName()).getName());
        });
  }

  @Override
  public void triggerSchedule(
      TriggerScheduleRequest request, StreamObserver<TriggerScheduleResponse> observer) {
    answer(
        observer,
        () ->
            TriggerScheduleResponse.newBuilder()
                .setFire(find(request.getName()).getName() + "/fires/f1")
                .setNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                .build());
  }

  @Override
  public void previewSchedule(
      PreviewScheduleRequest request, StreamObserver<PreviewScheduleResponse> observer) {
    answer(
        observer,
        () -> {
          lastPreview = request;
          return preview;
        });
  }
}
