package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.core.Mutation;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.CreateRequest;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Creates many schedules at once: all or none. */
final class BatchCreation {

  private static final int MAX_BATCH = 1000;

  private final Schedules schedules;
  private final ScheduleChanges changes;
  private final ScheduleDrafts drafts;
  private final ScheduleMessages messages;
  private final EarlierCreations earlier;
  private final ScheduleWrites writes;
  private final TimeSource time;

  BatchCreation(
      Schedules schedules,
      ScheduleChanges changes,
      ScheduleDrafts drafts,
      ScheduleMessages messages,
      EarlierCreations earlier,
      ScheduleWrites writes,
      TimeSource time) {
    this.schedules = schedules;
    this.changes = changes;
    this.drafts = drafts;
    this.messages = messages;
    this.earlier = earlier;
    this.writes = writes;
    this.time = time;
  }

  /**
   * Supposes at first that none was created before, as nearly always; who is in the way, and what
   * an earlier try created, is looked up if that proves wrong.
   */
  BatchCreateSchedulesResponse create(BatchCreateSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> changes.tenant(request.getParent()), null);
    faults.in(() -> Texts.requestId(request.getRequestId()));
    if (request.getRequestsCount() < 1 || request.getRequestsCount() > MAX_BATCH) {
      faults.add(
          ApiException.invalid(
              "requests", "FIELD_OUT_OF_RANGE", "must be 1 to " + MAX_BATCH + " requests"));
    }
    faults.refuse();
    boolean lookable = hasValidIds(request);
    try {
      return create(tenant, request, Map.of());
    } catch (ApiException e) {
      if (e.code() == Code.UNAVAILABLE || !lookable) {
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

  /** Whether all ids can be looked for in the store. */
  private static boolean hasValidIds(BatchCreateSchedulesRequest request) {
    try {
      for (CreateScheduleRequest part : request.getRequestsList()) {
        Texts.requestId(part.getRequestId());
        if (!part.getScheduleId().isEmpty()) {
          ResourceName.checkId("schedule_id", part.getScheduleId());
        }
      }
      return true;
    } catch (ApiException e) {
      return false;
    }
  }

  private BatchCreateSchedulesResponse lookAndCreate(
      String tenant, BatchCreateSchedulesRequest request) {
    Optional<BatchCreateSchedulesResponse> before = earlier.answer(tenant, request);
    if (before.isPresent()) {
      return before.get();
    }
    drafts.forgetDestinations();
    Map<String, CreateRequest> used = earlier.used(tenant, request.getRequestsList());
    refuseTaken(tenant, request);
    return create(tenant, request, used);
  }

  private BatchCreateSchedulesResponse create(
      String tenant, BatchCreateSchedulesRequest request, Map<String, CreateRequest> used) {
    int count = request.getRequestsCount();
    // They follow each other: what the request id of a batch created is known by the first.
    long num = writes.newNums(count);
    List<Mutation> mutations = new ArrayList<>(count);
    List<Draft> created = new ArrayList<>(count);
    List<Schedule> answers = new ArrayList<>(count);
    Set<String> ids = new HashSet<>();
    Faults faults = new Faults();
    for (int i = 0; i < count && !faults.isFull(); i++) {
      CreateScheduleRequest part = request.getRequests(i);
      try {
        Faults ofPart = new Faults();
        ofPart.in(() -> checkPart(request, part, ids));
        Optional<Schedule> before = earlier.answer(part, used);
        answers.add(before.orElse(null));
        if (before.isEmpty()) {
          int partition = writes.partitionOf(num + i);
          created.add(drafts.create(ofPart, tenant, part, num + i, partition, time.nowMicros()));
          mutations.add(mutation(request, i, created.get(created.size() - 1)));
        }
      } catch (ApiException e) {
        faults.add(e.within("requests[" + i + "]"));
      }
    }
    faults.refuse();
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

  /** The request id of a batch goes with its first schedule, as all are stored or none. */
  private static Mutation mutation(BatchCreateSchedulesRequest batch, int i, Draft draft) {
    if (i == 0 && !batch.getRequestId().isEmpty()) {
      return ScheduleCreation.mutation(draft, batch.getRequestId(), batch);
    }
    CreateScheduleRequest part = batch.getRequests(i);
    return ScheduleCreation.mutation(draft, part.getRequestId(), part);
  }

  private static void checkPart(
      BatchCreateSchedulesRequest batch, CreateScheduleRequest part, Set<String> ids) {
    if (!part.getRequestId().isEmpty() && !batch.getRequestId().isEmpty()) {
      throw ApiException.invalid(
          "request_id", "FIELD_OUT_OF_RANGE", "must be empty, as the batch has one");
    }
    if (!part.getParent().isEmpty() && !part.getParent().equals(batch.getParent())) {
      throw ApiException.invalid(
          "parent",
          "FIELD_OUT_OF_RANGE",
          "must be empty or that of the batch: " + batch.getParent());
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
