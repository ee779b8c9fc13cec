package io.carillon.master.rpc;

import com.google.common.hash.Hashing;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.Mutation;
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

  ScheduleCreation(
      Schedules schedules,
      ScheduleChanges changes,
      ScheduleDrafts drafts,
      ScheduleMessages messages,
      ScheduleWrites writes,
      TimeSource time) {
    this.schedules = schedules;
    this.changes = changes;
    this.drafts = drafts;
    this.messages = messages;
    this.writes = writes;
    this.time = time;
  }

  Schedule create(CreateScheduleRequest request) {
    String tenant = changes.tenant(request.getParent());
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
    return answeredBefore(request, usedBefore(tenant, List.of(request)));
  }

  /** The request ids of these requests that were used before. */
  private Map<String, CreateRequest> usedBefore(
      String tenant, List<CreateScheduleRequest> requests) {
    List<String> ids = new ArrayList<>();
    for (CreateScheduleRequest request : requests) {
      String id = ScheduleDrafts.text("request_id", request.getRequestId(), MAX_REQUEST_ID);
      if (!id.isEmpty()) {
        ids.add(id);
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

  private Mutation creation(String tenant, CreateScheduleRequest request) {
    String requestId = ScheduleDrafts.text("request_id", request.getRequestId(), MAX_REQUEST_ID);
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
    Draft draft =
        drafts.create(
            "schedule",
            tenant,
            id,
            num,
            writes.partitionOf(num),
            request.getSchedule(),
            time.nowMicros());
    ScheduleWrite write =
        new ScheduleWrite(
            draft.schedule(),
            true,
            requestId,
            requestId.isEmpty() ? new byte[0] : fingerprint(request));
    return ScheduleWrites.change(write, draft.content(), false);
  }

  BatchCreateSchedulesResponse batchCreate(BatchCreateSchedulesRequest request) {
    try {
      return tryBatchCreate(request);
    } catch (ApiException e) {
      // A retry that overtook its first try finds names or request ids taken by it: now they tell.
      if (e.code() == Code.ALREADY_EXISTS) {
        return tryBatchCreate(request);
      }
      throw e;
    }
  }

  private BatchCreateSchedulesResponse tryBatchCreate(BatchCreateSchedulesRequest request) {
    String tenant = changes.tenant(request.getParent());
    if (request.getRequestsCount() < 1 || request.getRequestsCount() > MAX_BATCH) {
      throw ApiException.invalid(
          "requests", "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_BATCH + " requests");
    }
    List<Mutation> mutations = new ArrayList<>();
    List<Schedule> answers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Map<String, CreateRequest> used = usedBefore(tenant, request.getRequestsList());
    for (int i = 0; i < request.getRequestsCount(); i++) {
      CreateScheduleRequest part = request.getRequests(i);
      try {
        checkPart(request.getParent(), part, ids);
        Optional<Schedule> before = answeredBefore(part, used);
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
}
