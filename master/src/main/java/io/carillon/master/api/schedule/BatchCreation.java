package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.schedule.ScheduleCreation.Created;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.api.schedule.ScheduleDrafts.NewDraft;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.CreateRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Creates many schedules at once: all or none. */
final class BatchCreation {

  private final Schedules schedules;
  private final ScheduleDrafts drafts;
  private final EarlierCreations earlier;
  private final ScheduleWrites writes;

  BatchCreation(
      Schedules schedules, ScheduleDrafts drafts, EarlierCreations earlier, ScheduleWrites writes) {
    this.schedules = schedules;
    this.drafts = drafts;
    this.earlier = earlier;
    this.writes = writes;
  }

  /**
   * One of a batch.
   *
   * @param request by which a retry finds it
   * @param id that its schedule is to have; empty if it gets one
   */
  record Part(Request request, String id, NewDraft wanted) {}

  /**
   * Supposes at first that none was created before, as nearly always; who is in the way, and what
   * an earlier try created, is looked up if that proves wrong.
   *
   * @param request by which a retry of the whole finds it
   * @param lookable whether all ids of the parts are such that the store can have them
   * @return in the order of the parts
   * @throws ApiException that names the parts that are refused, as requests[i]
   */
  List<Created> create(String tenant, Request request, List<Part> parts, boolean lookable) {
    try {
      return create(request, parts, Map.of());
    } catch (ApiException e) {
      if (e.code() == Code.UNAVAILABLE || !lookable) {
        throw e;
      }
    }
    try {
      return lookAndCreate(tenant, request, parts);
    } catch (ApiException e) {
      // A retry that overtook its first try finds names or request ids taken by it: now they tell.
      if (e.code() == Code.ALREADY_EXISTS) {
        return lookAndCreate(tenant, request, parts);
      }
      throw e;
    }
  }

  private List<Created> lookAndCreate(String tenant, Request request, List<Part> parts) {
    Optional<List<StoredSchedule>> before = earlier.findAll(request, parts.size());
    if (before.isPresent()) {
      return before.get().stream().map(schedule -> new Created(schedule, null)).toList();
    }
    drafts.forgetDestinations();
    Map<String, CreateRequest> used =
        earlier.used(tenant, parts.stream().map(Part::request).toList());
    refuseTaken(tenant, parts);
    return create(request, parts, used);
  }

  private List<Created> create(Request request, List<Part> parts, Map<String, CreateRequest> used) {
    // They follow each other: what the request id of a batch created is known by the first.
    long num = writes.newNums(parts.size());
    List<Mutation> mutations = new ArrayList<>(parts.size());
    List<Created> answers = new ArrayList<>(parts.size());
    Faults faults = new Faults();
    for (int i = 0; i < parts.size() && !faults.isFull(); i++) {
      Part part = parts.get(i);
      try {
        Optional<StoredSchedule> before = earlier.find(part.request(), used);
        if (before.isPresent()) {
          answers.add(new Created(before.get(), null));
        } else {
          Draft draft = part.wanted().of(num + i, writes.partitionOf(num + i));
          answers.add(new Created(null, draft));
          // The request id of a batch goes with its first schedule, as all are stored or none.
          Request noted = i == 0 && request.hasId() ? request : part.request();
          mutations.add(ScheduleCreation.mutation(draft, noted));
        }
      } catch (ApiException e) {
        faults.add(e.within("requests[" + i + "]"));
      }
    }
    faults.refuse();
    if (!mutations.isEmpty()) {
      List<StoredSchedule> stored = writes.run(mutations);
      int next = 0;
      for (int i = 0; i < answers.size(); i++) {
        if (answers.get(i).schedule() == null) {
          answers.set(i, new Created(stored.get(next++), answers.get(i).draft()));
        }
      }
    }
    return answers;
  }

  /** Names the member of a batch whose id is taken: the store would only say that one is. */
  private void refuseTaken(String tenant, List<Part> parts) {
    List<String> ids = new ArrayList<>();
    for (Part part : parts) {
      if (!part.request().hasId() && !part.id().isEmpty()) {
        ids.add(part.id());
      }
    }
    Set<String> taken = ids.isEmpty() ? Set.of() : new HashSet<>(schedules.taken(tenant, ids));
    for (int i = 0; i < parts.size(); i++) {
      String id = parts.get(i).id();
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
