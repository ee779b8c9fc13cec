package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.lead.Requests.Request;
import io.carillon.master.store.schedules.Schedules;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Changes schedules: read, decide, write. */
final class ScheduleChanges extends ScheduleLookup {

  private static final int CONFLICT_RETRIES = 20;

  private final ScheduleWrites writes;

  ScheduleChanges(Schedules schedules, ScheduleWrites writes) {
    super(schedules);
    this.writes = writes;
  }

  /** A change to make, or none: {@code mutation} null answers {@code after} as it is. */
  public record Change(StoredSchedule after, Mutation mutation) {}

  /**
   * Reads, decides, writes; and again if another mutation came between and the client gave no etag.
   *
   * @param request is noted with what is written
   */
  StoredSchedule change(
      String field,
      String name,
      String etag,
      Request request,
      Function<StoredSchedule, Change> decision) {
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
      List<StoredSchedule> after = writes.run(List.of(by(request, change.mutation())));
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

  private static Mutation by(Request request, Mutation mutation) {
    return request.hasId() ? mutation.by(request.id(), request.fingerprint()) : mutation;
  }
}
