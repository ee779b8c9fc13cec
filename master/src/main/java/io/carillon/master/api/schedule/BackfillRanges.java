package io.carillon.master.api.schedule;

import com.google.protobuf.Timestamp;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import io.carillon.v1.BackfillScheduleRequest;

/** The times that backfills are asked for. */
final class BackfillRanges {

  private static final int MOST_FIRES_PER_SECOND = 20_000;
  private static final int DEFAULT_FIRES_PER_SECOND = 1_000;

  private BackfillRanges() {}

  /**
   * What a request asks for, checked.
   *
   * @param now nothing after it can be made up for
   */
  static Backfill.Range checked(BackfillScheduleRequest request, long now) {
    Faults faults = new Faults();
    int rate = request.getFiresPerSecond();
    if (rate < 0 || rate > MOST_FIRES_PER_SECOND) {
      faults.add(
          ApiException.invalid(
              "fires_per_second",
              "FIELD_OUT_OF_RANGE",
              "must be 1 to "
                  + MOST_FIRES_PER_SECOND
                  + ", or 0 for "
                  + DEFAULT_FIRES_PER_SECOND
                  + ", but is "
                  + rate));
    }
    Backfill.Range range = faults.in(() -> of(request), null);
    if (range != null && range.from() < 0) {
      faults.add(
          ApiException.invalid("start_time", "FIELD_OUT_OF_RANGE", "must not be before 1970"));
    }
    if (range != null && range.to() <= range.from()) {
      faults.add(
          ApiException.invalid("end_time", "FIELD_OUT_OF_RANGE", "must be after start_time"));
    } else if (range != null && range.to() > now) {
      faults.add(
          ApiException.invalid("end_time", "FIELD_OUT_OF_RANGE", "must not be in the future"));
    }
    faults.refuse();
    return range;
  }

  /** The range of a request that was checked before. */
  static Backfill.Range of(BackfillScheduleRequest request) {
    Faults faults = new Faults();
    long from =
        faults.in(() -> ceiling("start_time", request.hasStartTime(), request.getStartTime()), 0L);
    long to = faults.in(() -> ceiling("end_time", request.hasEndTime(), request.getEndTime()), 0L);
    faults.refuse();
    return new Backfill.Range(
        from,
        to,
        request.getFiresPerSecond() == 0 ? DEFAULT_FIRES_PER_SECOND : request.getFiresPerSecond());
  }

  private static long ceiling(String field, boolean given, Timestamp time) {
    if (!given) {
      throw ApiException.required(field);
    }
    return Timestamps.ceilingMicros(field, time);
  }
}
