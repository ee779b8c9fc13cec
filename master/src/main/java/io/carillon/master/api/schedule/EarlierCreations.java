package io.carillon.master.api.schedule;

import com.google.protobuf.Message;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Repeats;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Texts;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.CreateRequest;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** What requests made that came before under the same request id: a retry is answered by it. */
final class EarlierCreations {

  private final Schedules schedules;
  private final ScheduleMessages messages;
  private final TimeSource time;

  EarlierCreations(Schedules schedules, ScheduleMessages messages, TimeSource time) {
    this.schedules = schedules;
    this.messages = messages;
    this.time = time;
  }

  /** The request ids of these requests that were used before. */
  Map<String, CreateRequest> used(String tenant, List<CreateScheduleRequest> requests) {
    List<String> ids = new ArrayList<>();
    for (CreateScheduleRequest request : requests) {
      if (!request.getRequestId().isEmpty()) {
        ids.add(request.getRequestId());
      }
    }
    return schedules.requests(tenant, ids);
  }

  /** What an earlier call with the same request id created. */
  Optional<Schedule> answer(String tenant, CreateScheduleRequest request) {
    return answer(request, used(tenant, List.of(request)));
  }

  /**
   * What an earlier call with the same request id created, as a request that was good once may be
   * refused when it comes again.
   *
   * @throws ApiException {@code refusal} if there was none, or none can have been
   */
  Schedule orElse(CreateScheduleRequest request, ApiException refusal) {
    List<String> tenant;
    try {
      Texts.requestId(request.getRequestId());
      tenant = ResourceName.parse("parent", request.getParent(), "tenants");
    } catch (ApiException e) {
      throw refusal;
    }
    return answer(tenant.get(0), request).orElseThrow(() -> refusal);
  }

  Optional<Schedule> answer(CreateScheduleRequest request, Map<String, CreateRequest> used) {
    CreateRequest before = used.get(request.getRequestId());
    if (before == null) {
      return Optional.empty();
    }
    refuseOther(before, request);
    return Optional.of(answer(schedules.find(before.schedule()).orElse(null)));
  }

  /** What an earlier call with the same request id of the whole batch created. */
  Optional<BatchCreateSchedulesResponse> answer(
      String tenant, BatchCreateSchedulesRequest request) {
    String id = request.getRequestId();
    CreateRequest before = id.isEmpty() ? null : schedules.requests(tenant, List.of(id)).get(id);
    if (before == null) {
      return Optional.empty();
    }
    refuseOther(before, request);
    // They were given numbers that follow each other.
    long first = before.schedule();
    int count = request.getRequestsCount();
    StoredSchedule[] created = new StoredSchedule[count];
    for (StoredSchedule found :
        schedules.find(LongStream.range(first, first + count).boxed().toList())) {
      created[(int) (found.num() - first)] = found;
    }
    BatchCreateSchedulesResponse.Builder response = BatchCreateSchedulesResponse.newBuilder();
    for (int i = 0; i < count; i++) {
      try {
        response.addSchedules(answer(created[i]));
      } catch (ApiException e) {
        throw e.within("requests[" + i + "]");
      }
    }
    return Optional.of(response.build());
  }

  private Schedule answer(StoredSchedule created) {
    if (created == null || created.state() == StoredSchedule.DELETED) {
      throw ApiException.notFound("SCHEDULE", "schedule of this request any more: it was deleted");
    }
    return messages.of(created, time.nowMicros());
  }

  private static void refuseOther(CreateRequest before, Message request) {
    if (!Arrays.equals(before.fingerprint(), Repeats.fingerprint(request))) {
      throw Repeats.reused();
    }
  }
}
