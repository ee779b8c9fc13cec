package io.carillon.master.rpc;

import com.google.common.hash.Hashing;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.rpc.ScheduleDrafts.Draft;
import io.carillon.master.store.ScheduleWrite;
import io.carillon.master.store.Schedules;
import io.carillon.master.store.Schedules.CreateRequest;
import io.carillon.master.store.StoredSchedule;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Creates schedules, one or many, and answers a repeated request as it answered the first. */
final class ScheduleCreation {

  private static final int MAX_BATCH = 1000;
  private static final int MAX_REQUEST_ID = 100;

  private final Schedules schedules;
  private final ScheduleChanges changes;
  private final ScheduleDrafts drafts;
  private final ScheduleMessages messages;
  private final ScheduleWrites writes;
  private final TimeSource time;

  /** For what may wait for PostgreSQL. */
  private final Executor executor;

  /** For what does not: the many answers to one write are made by one thread, one after another. */
  private final Executor answers;

  private final Deadlines deadlines;

  ScheduleCreation(
      Schedules schedules,
      ScheduleChanges changes,
      ScheduleDrafts drafts,
      ScheduleMessages messages,
      ScheduleWrites writes,
      TimeSource time,
      Executor executor) {
    this.schedules = schedules;
    this.changes = changes;
    this.drafts = drafts;
    this.messages = messages;
    this.writes = writes;
    this.time = time;
    this.executor = executor;
    this.answers = MoreExecutors.newSequentialExecutor(executor);
    this.deadlines =
        new Deadlines(TimeUnit.SECONDS.toMillis(ScheduleWrites.TIMEOUT_SECONDS), executor);
  }

  /**
   * Creates one, and holds no thread while it is being written. Whether its request id was used
   * before is found by the write itself: it is looked up only if something is in the way.
   */
  CompletableFuture<Schedule> create(CreateScheduleRequest request) {
    String tenant = changes.tenant(request.getParent());
    ScheduleDrafts.text("request_id", request.getRequestId(), MAX_REQUEST_ID);
    if (request.getValidateOnly()) {
      return CompletableFuture.completedFuture(validate(tenant, request));
    }
    Draft draft;
    try {
      draft = draft(tenant, request);
    } catch (ApiException e) {
      return CompletableFuture.completedFuture(
          answeredBefore(tenant, request).orElseThrow(() -> e));
    }
    return deadlines
        .limit(writes.begin(List.of(creation(request, draft))))
        .handleAsync((outcome, failure) -> created(draft, outcome, failure), answers)
        .exceptionallyCompose(failure -> afterFailure(tenant, request, failure));
  }

  private Schedule created(Draft draft, GroupResult outcome, Throwable failure) {
    if (failure != null) {
      throw ScheduleWrites.outcomeUnknown();
    }
    return messages.of(ScheduleWrites.schedules(outcome).get(0), draft, time.nowMicros());
  }

  private Schedule validate(String tenant, CreateScheduleRequest request) {
    Optional<Schedule> before = answeredBefore(tenant, request);
    if (before.isPresent()) {
      return before.get();
    }
    Draft draft = draft(tenant, request);
    return messages.of(draft.schedule(), draft, time.nowMicros());
  }

  /** A retry finds its name, its request id or whatever else taken or changed by its first try. */
  private CompletionStage<Schedule> afterFailure(
      String tenant, CreateScheduleRequest request, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof ApiException refused) || refused.code() == Code.UNAVAILABLE) {
      return CompletableFuture.failedFuture(failure);
    }
    return CompletableFuture.supplyAsync(
        () ->
            answeredBefore(tenant, request).orElseGet(() -> createAgain(tenant, request, refused)),
        executor);
  }

  /** Under the name of a destination that was deleted there may be another by now. */
  private Schedule createAgain(String tenant, CreateScheduleRequest request, ApiException refused) {
    if (!refused.reason().equals("DESTINATION_NOT_FOUND")) {
      throw refused;
    }
    drafts.forgetDestinations();
    Draft draft = draft(tenant, request);
    return messages.of(
        writes.run(List.of(creation(request, draft))).get(0), draft, time.nowMicros());
  }

  /** What an earlier call with the same request id created. */
  private Optional<Schedule> answeredBefore(String tenant, CreateScheduleRequest request) {
    return answeredBefore(request, usedBefore(tenant, List.of(request)));
  }

  /** The request ids of these requests that were used before. */
  private Map<String, CreateRequest> usedBefore(
      String tenant, List<CreateScheduleRequest> requests) {
    List<String> ids = new ArrayList<>();
    for (CreateScheduleRequest request : requests) {
      if (!request.getRequestId().isEmpty()) {
        ids.add(request.getRequestId());
      }
    }
    return schedules.requests(tenant, ids);
  }

  private Optional<Schedule> answeredBefore(
      CreateScheduleRequest request, Map<String, CreateRequest> used) {
    CreateRequest before = used.get(request.getRequestId());
    if (before == null) {
      return Optional.empty();
    }
    if (!Arrays.equals(before.fingerprint(), fingerprint(request))) {
      throw ScheduleWrites.requestIdReused();
    }
    StoredSchedule created =
        schedules
            .find(before.schedule())
            .filter(schedule -> schedule.state() != StoredSchedule.DELETED)
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        "SCHEDULE", "schedule of this request any more: it was deleted"));
    return Optional.of(messages.of(created, time.nowMicros()));
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

  private Draft draft(String tenant, CreateScheduleRequest request) {
    if (!request.getScheduleId().isEmpty()) {
      ResourceName.checkId("schedule_id", request.getScheduleId());
    }
    if (!request.hasSchedule()) {
      throw ApiException.required("schedule");
    }
    long num = request.getValidateOnly() ? 0 : writes.newNum();
    // Made before the spec is: the values of H depend on it.
    String id =
        request.getScheduleId().isEmpty() ? "s-" + Long.toString(num, 36) : request.getScheduleId();
    return drafts.create(
        "schedule",
        tenant,
        id,
        num,
        writes.partitionOf(num),
        request.getSchedule(),
        time.nowMicros());
  }

  private static Mutation creation(CreateScheduleRequest request, Draft draft) {
    String requestId = request.getRequestId();
    ScheduleWrite write =
        new ScheduleWrite(
            draft.schedule(),
            true,
            requestId,
            requestId.isEmpty() ? new byte[0] : fingerprint(request));
    return ScheduleWrites.change(write, draft.content(), false);
  }

  /**
   * Creates all or none. Supposes at first that none was created before, as nearly always; who is
   * in the way, and what an earlier try created, is looked up if that proves wrong.
   */
  BatchCreateSchedulesResponse batchCreate(BatchCreateSchedulesRequest request) {
    String tenant = changes.tenant(request.getParent());
    if (request.getRequestsCount() < 1 || request.getRequestsCount() > MAX_BATCH) {
      throw ApiException.invalid(
          "requests", "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_BATCH + " requests");
    }
    try {
      return batchCreate(tenant, request, Map.of());
    } catch (ApiException e) {
      if (e.code() == Code.UNAVAILABLE) {
        throw e;
      }
    }
    try {
      return lookAndCreate(tenant, request);
    } catch (ApiException e) {
      // A retry that overtook its first try finds names or request ids taken by it: now they tell.
      if (e.code() == Code.ALREADY_EXISTS) {
        return lookAndCreate(tenant, request);
      }
      throw e;
    }
  }

  private BatchCreateSchedulesResponse lookAndCreate(
      String tenant, BatchCreateSchedulesRequest request) {
    drafts.forgetDestinations();
    Map<String, CreateRequest> used = usedBefore(tenant, request.getRequestsList());
    refuseTaken(tenant, request);
    return batchCreate(tenant, request, used);
  }

  private BatchCreateSchedulesResponse batchCreate(
      String tenant, BatchCreateSchedulesRequest request, Map<String, CreateRequest> used) {
    List<Mutation> mutations = new ArrayList<>();
    List<Draft> created = new ArrayList<>();
    List<Schedule> answers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < request.getRequestsCount(); i++) {
      CreateScheduleRequest part = request.getRequests(i);
      try {
        checkPart(request.getParent(), part, ids);
        Optional<Schedule> before = answeredBefore(part, used);
        answers.add(before.orElse(null));
        if (before.isEmpty()) {
          Draft draft = draft(tenant, part);
          created.add(draft);
          mutations.add(creation(part, draft));
        }
      } catch (ApiException e) {
        throw e.within("requests[" + i + "]");
      }
    }
    List<StoredSchedule> stored = mutations.isEmpty() ? List.of() : writes.run(mutations);
    long now = time.nowMicros();
    BatchCreateSchedulesResponse.Builder response = BatchCreateSchedulesResponse.newBuilder();
    int next = 0;
    for (Schedule answer : answers) {
      if (answer == null) {
        answer = messages.of(stored.get(next), created.get(next), now);
        next++;
      }
      response.addSchedules(answer);
    }
    return response.build();
  }

  private static void checkPart(String parent, CreateScheduleRequest part, Set<String> ids) {
    ScheduleDrafts.text("request_id", part.getRequestId(), MAX_REQUEST_ID);
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
}
