package io.carillon.master.api.schedule;

import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.CreateRequest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** What requests made that came before under the same request id: a retry is answered by it. */
final class EarlierCreations {

  private final Schedules schedules;

  EarlierCreations(Schedules schedules) {
    this.schedules = schedules;
  }

  /** The request ids of these requests that were used before. */
  Map<String, CreateRequest> used(String tenant, Collection<Request> requests) {
    return schedules.requests(
        tenant, requests.stream().filter(Request::hasId).map(Request::id).toList());
  }

  /** What an earlier call with the same request id created. */
  Optional<StoredSchedule> find(Request request) {
    return find(request, used(request.tenant(), List.of(request)));
  }

  /**
   * What an earlier call with the same request id created, as a request that was good once may be
   * refused when it comes again.
   *
   * @throws ApiException {@code refusal} if there was none, or none can have been
   */
  StoredSchedule orElse(Request request, ApiException refusal) {
    return find(request).orElseThrow(() -> refusal);
  }

  /**
   * @param used what {@link #used} found of this request and of others
   */
  Optional<StoredSchedule> find(Request request, Map<String, CreateRequest> used) {
    CreateRequest before = used.get(request.id());
    if (before == null) {
      return Optional.empty();
    }
    refuseOther(before, request);
    return Optional.of(created(schedules.find(before.schedule()).orElse(null)));
  }

  /** What an earlier call with the same request id of a whole batch of so many created. */
  Optional<List<StoredSchedule>> findAll(Request request, int count) {
    CreateRequest before = used(request.tenant(), List.of(request)).get(request.id());
    if (before == null) {
      return Optional.empty();
    }
    refuseOther(before, request);
    // They were given numbers that follow each other.
    long first = before.schedule();
    StoredSchedule[] created = new StoredSchedule[count];
    for (StoredSchedule found :
        schedules.find(LongStream.range(first, first + count).boxed().toList())) {
      created[(int) (found.num() - first)] = found;
    }
    for (int i = 0; i < count; i++) {
      try {
        created(created[i]);
      } catch (ApiException e) {
        throw e.within("requests[" + i + "]");
      }
    }
    return Optional.of(List.of(created));
  }

  private static StoredSchedule created(StoredSchedule created) {
    if (created == null || created.state() == ScheduleState.DELETED) {
      throw ApiException.notFound("SCHEDULE", "schedule of this request any more: it was deleted");
    }
    return created;
  }

  private static void refuseOther(CreateRequest before, Request request) {
    if (!Arrays.equals(before.fingerprint(), request.fingerprint())) {
      throw Repeats.reused();
    }
  }
}
