package io.carillon.master.api.schedule;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.calendars.Calendars;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.Schedules.Phase;
import io.carillon.master.store.sql.Database;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.ListSchedulesResponse;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The calls of ScheduleService that only read PostgreSQL: any master answers them, and a leader
 * answers them the same way.
 */
public class ScheduleReads extends ScheduleServiceGrpc.ScheduleServiceImplBase {

  /**
   * A page ends once it is this large: with the last payload it stays below what gRPC clients take.
   */
  private static final int MAX_PAGE_BYTES = 3 << 20;

  private final TimeSource time;
  private final Schedules schedules;
  private final ScheduleLookup lookup;
  private final ScheduleMessages messages;
  private final PreviewCall previews;

  public ScheduleReads(Database database, SpecInterner interner, TimeSource time) {
    this.time = time;
    this.schedules = new Schedules(database.api());
    this.lookup = new ScheduleLookup(schedules);
    this.messages = new ScheduleMessages(interner);
    Specs specs = new Specs(interner, new Calendars(database.api()));
    this.previews = new PreviewCall(lookup, specs, interner, time);
  }

  @Override
  public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> caller) {
    Calls.answer(caller, () -> messages.of(lookup.find(request.getName()), time.nowMicros()));
  }

  @Override
  public void listSchedules(
      ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  /** None given: all. */
  private static Set<Phase> phases(Set<Schedule.State> states) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    states.forEach(state -> phases.add(Phase.valueOf(state.name())));
    return phases.isEmpty() ? EnumSet.allOf(Phase.class) : phases;
  }

  private ListSchedulesResponse list(ListSchedulesRequest request) {
    Faults faults = new Faults();
    String tenant = faults.in(() -> lookup.tenant(request.getParent()), "");
    int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
    Map<String, String> labels =
        faults.in(() -> ScheduleRequests.labels("labels", request.getLabelsMap()), Map.of());
    Set<Schedule.State> states = new HashSet<>(request.getStatesList());
    if (states.contains(Schedule.State.STATE_UNSPECIFIED)
        || states.contains(Schedule.State.UNRECOGNIZED)) {
      faults.add(
          ApiException.invalid(
              "states", "FIELD_OUT_OF_RANGE", "must be of ACTIVE, PAUSED and COMPLETED"));
    }
    // What a token belongs to is known once the rest is right.
    faults.refuse();
    String listed = "schedules/" + tenant + labels + new java.util.TreeSet<>(states);
    long now = time.nowMicros();
    List<StoredSchedule> page =
        schedules.list(
            tenant,
            PageToken.lastId(listed, request.getPageToken()),
            labels,
            phases(states),
            now,
            size + 1);
    ListSchedulesResponse.Builder response = ListSchedulesResponse.newBuilder();
    int shown = 0;
    for (int bytes = 0; shown < Math.min(size, page.size()) && bytes < MAX_PAGE_BYTES; shown++) {
      Schedule schedule = messages.of(page.get(shown), now);
      bytes += schedule.getSerializedSize();
      response.addSchedules(schedule);
    }
    if (page.size() > shown) {
      response.setNextPageToken(PageToken.of(listed, page.get(shown - 1).id()));
    }
    return response.build();
  }

  @Override
  public void previewSchedule(
      PreviewScheduleRequest request, StreamObserver<PreviewScheduleResponse> caller) {
    Calls.answer(caller, () -> previews.preview(request));
  }
}
