package io.carillon.master.rpc;

import com.google.common.hash.Hashing;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.Mutation;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.rpc.ScheduleDrafts.Draft;
import io.carillon.master.store.Database;
import io.carillon.master.store.ScheduleWrite;
import io.carillon.master.store.Schedules;
import io.carillon.master.store.StoredSchedule;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** ScheduleService. */
public final class ScheduleRpc extends ScheduleServiceGrpc.ScheduleServiceImplBase {

  private static final int MAX_BATCH = 1000;
  private static final int MAX_REQUEST_ID = 100;
  private static final int MAX_REASON = 500;
  private static final int MAX_PREVIEW = 1000;
  private static final int DEFAULT_PREVIEW = 10;
  private static final int CONFLICT_RETRIES = 20;

  private final TimeSource time;
  private final Schedules schedules;
  private final Specs specs;
  private final ScheduleDrafts drafts;
  private final ScheduleMessages messages;
  private final ScheduleWrites writes;

  public ScheduleRpc(
      LeaderLoop loop, Database database, SpecInterner interner, TimeSource time, int partitions) {
    this.time = time;
    this.schedules = new Schedules(database.api());
    this.specs = new Specs(interner);
    this.drafts = new ScheduleDrafts(schedules, specs);
    this.messages = new ScheduleMessages(interner);
    this.writes = new ScheduleWrites(loop, database, partitions);
  }

  @Override
  public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(caller, () -> create(request));
  }

  private Schedule create(CreateScheduleRequest request) {
    String tenant = tenant(request.getParent());
    Optional<Schedule> before = answeredBefore(tenant, request);
    if (before.isPresent()) {
      return before.get();
    }
    Mutation mutation = creation(tenant, request);
    if (request.getValidateOnly()) {
      return messages.of(((ScheduleWrite) mutation.write()).after(), time.nowMicros());
    }
    try {
      return messages.of(writes.run(List.of(mutation)).get(0), time.nowMicros());
    } catch (ApiException e) {
      // A retry that overtook its first try finds the name or the request id taken by it.
      if (e.code() == Code.ALREADY_EXISTS) {
        return answeredBefore(tenant, request).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  /** What an earlier call with the same request id created. */
  private Optional<Schedule> answeredBefore(String tenant, CreateScheduleRequest request) {
    String requestId = ScheduleDrafts.text("request_id", request.getRequestId(), MAX_REQUEST_ID);
    if (requestId.isEmpty()) {
      return Optional.empty();
    }
    return schedules
        .request(tenant, requestId)
        .map(
            before -> {
              if (!java.util.Arrays.equals(before.fingerprint(), fingerprint(request))) {
                throw ScheduleWrites.requestIdReused();
              }
              return schedules
                  .find(before.schedule())
                  .filter(schedule -> schedule.state() != StoredSchedule.DELETED)
                  .map(schedule -> messages.of(schedule, time.nowMicros()))
                  .orElseThrow(
                      () ->
                          ApiException.notFound(
                              "SCHEDULE", "schedule of this request any more: it was deleted"));
            });
  }

  private static byte[] fingerprint(Message request) {
    byte[] bytes = new byte[request.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      request.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Hashing.sha256().hashBytes(bytes).asBytes();
  }

  private Mutation creation(String tenant, CreateScheduleRequest request) {
    String requestId = ScheduleDrafts.text("request_id", request.getRequestId(), MAX_REQUEST_ID);
    if (!request.getScheduleId().isEmpty()) {
      ResourceName.checkId("schedule_id", request.getScheduleId());
    }
    if (!request.hasSchedule()) {
      throw ApiException.required("schedule");
    }
    String id = request.getScheduleId();
    Draft draft = drafts.create("schedule", tenant, id, request.getSchedule(), time.nowMicros());
    long num = request.getValidateOnly() ? 0 : writes.newNum();
    StoredSchedule numbered =
        draft
            .schedule()
            .numbered(
                num, writes.partitionOf(num), id.isEmpty() ? "s-" + Long.toString(num, 36) : id);
    ScheduleWrite write =
        new ScheduleWrite(
            numbered, true, requestId, requestId.isEmpty() ? new byte[0] : fingerprint(request));
    return ScheduleWrites.change(write, draft.content(), false);
  }

  @Override
  public void batchCreateSchedules(
      BatchCreateSchedulesRequest request, StreamObserver<BatchCreateSchedulesResponse> caller) {
    Calls.answer(caller, () -> batchCreate(request));
  }

  private BatchCreateSchedulesResponse batchCreate(BatchCreateSchedulesRequest request) {
    String tenant = tenant(request.getParent());
    if (request.getRequestsCount() < 1 || request.getRequestsCount() > MAX_BATCH) {
      throw ApiException.invalid(
          "requests", "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_BATCH + " requests");
    }
    List<Mutation> mutations = new ArrayList<>();
    List<Schedule> answers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < request.getRequestsCount(); i++) {
      CreateScheduleRequest part = request.getRequests(i);
      try {
        checkPart(request.getParent(), part, ids);
        Optional<Schedule> before = answeredBefore(tenant, part);
        answers.add(before.orElse(null));
        if (before.isEmpty()) {
          mutations.add(creation(tenant, part));
        }
      } catch (ApiException e) {
        throw e.within("requests[" + i + "]");
      }
    }
    refuseTaken(tenant, request);
    List<StoredSchedule> created = mutations.isEmpty() ? List.of() : writes.run(mutations);
    long now = time.nowMicros();
    BatchCreateSchedulesResponse.Builder response = BatchCreateSchedulesResponse.newBuilder();
    int next = 0;
    for (Schedule answer : answers) {
      response.addSchedules(answer != null ? answer : messages.of(created.get(next++), now));
    }
    return response.build();
  }

  private static void checkPart(String parent, CreateScheduleRequest part, Set<String> ids) {
    if (!part.getParent().isEmpty() && !part.getParent().equals(parent)) {
      throw ApiException.invalid(
          "parent", "FIELD_OUT_OF_RANGE", "must be empty or that of the batch: " + parent);
    }
    if (part.getValidateOnly()) {
      throw ApiException.invalid(
          "validate_only", "FIELD_OUT_OF_RANGE", "cannot be set within a batch");
    }
    if (!part.getScheduleId().isEmpty() && !ids.add(part.getScheduleId())) {
      throw ApiException.invalid(
          "schedule_id",
          "FIELD_OUT_OF_RANGE",
          "is twice in the batch: \"" + part.getScheduleId() + '"');
    }
  }

  /** Names the member of a batch whose id is taken: the store would only say that one is. */
  private void refuseTaken(String tenant, BatchCreateSchedulesRequest request) {
    List<String> ids = new ArrayList<>();
    for (CreateScheduleRequest part : request.getRequestsList()) {
      if (part.getRequestId().isEmpty() && !part.getScheduleId().isEmpty()) {
        ids.add(part.getScheduleId());
      }
    }
    Set<String> taken = ids.isEmpty() ? Set.of() : new HashSet<>(schedules.taken(tenant, ids));
    for (int i = 0; i < request.getRequestsCount(); i++) {
      String id = request.getRequests(i).getScheduleId();
      if (taken.contains(id)) {
        throw ApiException.of(
                Code.ALREADY_EXISTS,
                "SCHEDULE_EXISTS",
                "there is a schedule \"" + id + "\" already",
                Map.of("name", ResourceName.schedule(tenant, id)))
            .within("requests[" + i + "]");
      }
    }
  }

  @Override
  public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(caller, () -> messages.of(find(request.getName()), time.nowMicros()));
  }

  @Override
  public void listSchedules(
      ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  private ListSchedulesResponse list(ListSchedulesRequest request) {
    String tenant = tenant(request.getParent());
    int size = PageToken.pageSize(request.getPageSize());
    Map<String, String> labels = ScheduleDrafts.labels("labels", request.getLabelsMap());
    Set<Schedule.State> states = new HashSet<>(request.getStatesList());
    if (states.contains(Schedule.State.STATE_UNSPECIFIED)
        || states.contains(Schedule.State.UNRECOGNIZED)) {
      throw ApiException.invalid(
          "states", "FIELD_OUT_OF_RANGE", "must be of ACTIVE, PAUSED and COMPLETED");
    }
    String asked = "schedules/" + tenant + labels + new java.util.TreeSet<>(states);
    long now = time.nowMicros();
    List<StoredSchedule> page =
        schedules.list(
            tenant,
            PageToken.lastKey(asked, request.getPageToken()),
            labels,
            states.isEmpty() || states.contains(Schedule.State.ACTIVE),
            states.isEmpty() || states.contains(Schedule.State.PAUSED),
            states.isEmpty() || states.contains(Schedule.State.COMPLETED),
            now,
            size + 1);
    ListSchedulesResponse.Builder response = ListSchedulesResponse.newBuilder();
    for (StoredSchedule schedule : page.subList(0, Math.min(size, page.size()))) {
      response.addSchedules(messages.of(schedule, now));
    }
    if (page.size() > size) {
      response.setNextPageToken(PageToken.of(asked, page.get(size - 1).id()));
    }
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
    Set<String> paths = FieldMasks.paths(request.getUpdateMask(), given, ScheduleDrafts.UPDATABLE);
    return messages.of(
        change(
            "schedule.name",
            given.getName(),
            given.getEtag(),
            before -> {
              Draft draft = drafts.update(before, given, paths, time.nowMicros());
              if (request.getValidateOnly() || draft.schedule().equalContent(before)) {
                return new Change(draft.schedule(), null);
              }
              boolean active = before.state() == StoredSchedule.ACTIVE;
              return new Change(
                  draft.schedule(),
                  ScheduleWrites.change(
                      ScheduleWrite.of(draft.schedule(), true),
                      active ? draft.content() : null,
                      false));
            }),
        time.nowMicros());
  }

  @Override
  public void pauseSchedule(PauseScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(
        caller,
        () -> {
          String reason = ScheduleDrafts.text("reason", request.getReason(), MAX_REASON);
          StoredSchedule paused =
              change(
                  "name",
                  request.getName(),
                  request.getEtag(),
                  before -> {
                    if (before.state() == StoredSchedule.PAUSED) {
                      throw wrongState("ALREADY_PAUSED", before, "is paused already");
                    }
                    StoredSchedule after = before.withState(StoredSchedule.PAUSED, reason);
                    return new Change(
                        after, ScheduleWrites.change(ScheduleWrite.of(after, false), null, false));
                  });
          return messages.of(paused, time.nowMicros());
        });
  }

  @Override
  public void resumeSchedule(ResumeScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(
        caller,
        () -> {
          StoredSchedule resumed =
              change(
                  "name",
                  request.getName(),
                  request.getEtag(),
                  before -> {
                    if (before.state() != StoredSchedule.PAUSED) {
                      throw wrongState("NOT_PAUSED", before, "is not paused");
                    }
                    StoredSchedule after = before.withState(StoredSchedule.ACTIVE, "");
                    return new Change(
                        after,
                        ScheduleWrites.change(
                            ScheduleWrite.of(after, false), drafts.content(after), false));
                  });
          return messages.of(resumed, time.nowMicros());
        });
  }

  @Override
  public void deleteSchedule(DeleteScheduleRequest request, StreamObserver<Empty> caller) {
    Calls.answer(
        caller,
        () -> {
          change(
              "name",
              request.getName(),
              request.getEtag(),
              before -> {
                StoredSchedule after = before.withState(StoredSchedule.DELETED, "");
                return new Change(
                    after, ScheduleWrites.change(ScheduleWrite.of(after, false), null, true));
              });
          return Empty.getDefaultInstance();
        });
  }

  /** A change to make, or none: {@code mutation} null answers {@code after} as it is. */
  private record Change(StoredSchedule after, Mutation mutation) {}

  /**
   * Reads, decides, writes; and again if another mutation came between and the client gave no etag.
   */
  private StoredSchedule change(
      String field, String name, String etag, Function<StoredSchedule, Change> decision) {
    for (int attempt = 1; ; attempt++) {
      StoredSchedule before = find(field, name);
      if (!etag.isEmpty() && !etag.equals(Long.toString(before.version()))) {
        throw ApiException.of(
            Code.ABORTED,
            "ETAG_MISMATCH",
            "the schedule was changed since: read it, and try again with its etag",
            Map.of("etag", Long.toString(before.version())));
      }
      Change change = decision.apply(before);
      if (change.mutation() == null) {
        return change.after();
      }
      List<StoredSchedule> after = writes.run(List.of(change.mutation()));
      if (after != null) {
        return after.get(0);
      }
      if (attempt == CONFLICT_RETRIES) {
        throw ApiException.of(
            Code.ABORTED,
            "TOO_MANY_CHANGES",
            "the schedule is being changed all the time: try again",
            Map.of());
      }
    }
  }

  private static ApiException wrongState(String reason, StoredSchedule schedule, String text) {
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    return ApiException.of(
        Code.FAILED_PRECONDITION, reason, name + " " + text, Map.of("name", name));
  }

  @Override
  public void triggerSchedule(
      TriggerScheduleRequest request, StreamObserver<TriggerScheduleResponse> caller) {
    Calls.answer(
        caller,
        () -> {
          StoredSchedule schedule = find(request.getName());
          TriggerResult result = writes.trigger(schedule);
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

  @Override
  public void previewSchedule(
      PreviewScheduleRequest request, StreamObserver<PreviewScheduleResponse> caller) {
    Calls.answer(caller, () -> preview(request));
  }

  private PreviewScheduleResponse preview(PreviewScheduleRequest request) {
    if (request.getCount() < 0 || request.getCount() > MAX_PREVIEW) {
      throw ApiException.invalid(
          "count", "FIELD_OUT_OF_RANGE", "must be 0 (for 10) to " + MAX_PREVIEW);
    }
    long now = time.nowMicros();
    Specs.Checked spec =
        switch (request.getSubjectCase()) {
          case NAME ->
              specs.check(
                  "spec",
                  Specs.message(ScheduleSpec.parse(find(request.getName()).spec())),
                  null,
                  now);
          case SPEC -> specs.check("spec", request.getSpec(), null, now);
          case SUBJECT_NOT_SET ->
              throw ApiException.invalid("subject", "FIELD_REQUIRED", "give a name or a spec");
        };
    long after =
        request.hasAfterTime() ? Timestamps.micros("after_time", request.getAfterTime()) : now;
    if (request.hasSpec()) {
      Specs.refuseIfNever("spec", spec, request.hasAfterTime() ? Long.MIN_VALUE : now);
    }
    PreviewScheduleResponse.Builder response =
        PreviewScheduleResponse.newBuilder().setSpec(Specs.message(spec.spec()));
    int count = request.getCount() == 0 ? DEFAULT_PREVIEW : request.getCount();
    for (int i = 0; i < count; i++) {
      after = spec.times().nextAfter(after);
      if (after == Occurrences.NEVER) {
        break;
      }
      ZonedDateTime local =
          io.carillon.common.time.Micros.toInstant(after).atZone(spec.spec().zone());
      response.addTimes(
          PreviewedTime.newBuilder()
              .setNominalTime(Timestamps.of(after))
              .setLocalTime(local.toString()));
    }
    return response.build();
  }

  private String tenant(String parent) {
    String tenant = ResourceName.parseTenant("parent", parent);
    if (!schedules.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
    return tenant;
  }

  private StoredSchedule find(String name) {
    return find("name", name);
  }

  private StoredSchedule find(String field, String name) {
    List<String> ids = ResourceName.parse(field, name, "tenants", "schedules");
    return schedules
        .find(ids.get(0), ids.get(1))
        .orElseThrow(() -> ApiException.notFound("SCHEDULE", name));
  }
}
