package io.carillon.master.api.schedule;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.operation.OperationReads;
import io.carillon.master.api.schedule.ScheduleOperations.Pausing;
import io.carillon.master.api.schedule.ScheduleOperations.Resuming;
import io.carillon.master.api.schedule.ScheduleOperations.StartRequest;
import io.carillon.master.api.schedule.ScheduleOperations.StoredRequests;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.schedules.StoredSchedule.Pause;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.ResumeSchedulesRequest;

/** What operations are asked for: in requests, and as it is stored with operations. */
public final class OperationMessages implements StoredRequests {

  private static final int MOST_FIRES_PER_SECOND = 20_000;
  private static final int DEFAULT_FIRES_PER_SECOND = 1_000;

  /** The range of a backfill, from the request that is stored with it. */
  public static LedgerScan.Range backfillRange(byte[] stored) {
    Backfill.Range range = range(read(BackfillScheduleRequest.parser(), stored));
    return new LedgerScan.Range(range.from() - 1, range.to() - 1);
  }

  @Override
  public Backfill.Range backfill(byte[] stored) {
    return range(read(BackfillScheduleRequest.parser(), stored));
  }

  @Override
  public Pausing pause(byte[] stored) {
    PauseSchedulesRequest request = read(PauseSchedulesRequest.parser(), stored);
    long until =
        request.hasUntilTime()
            ? Timestamps.micros("until_time", request.getUntilTime())
            : Long.MAX_VALUE;
    return new Pausing(
        request.getLabelsMap(), new Pause(request.getReason(), request.getBy(), 0, until, 0));
  }

  @Override
  public Resuming resume(byte[] stored) {
    ResumeSchedulesRequest request = read(ResumeSchedulesRequest.parser(), stored);
    return new Resuming(request.getLabelsMap(), pauseOperation(request), request.getCatchUp());
  }

  private static <T> T read(Parser<T> parser, byte[] stored) {
    try {
      return parser.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number of the operation that paused what is to be resumed; 0 if none is named. */
  static long pauseOperation(ResumeSchedulesRequest request) {
    return request.getPauseOperation().isEmpty()
        ? 0
        : OperationReads.num("pause_operation", request.getPauseOperation());
  }

  /** A request that begins an operation; its id was not checked. */
  static StartRequest start(String requestId, Message request) {
    return new StartRequest(
        requestId,
        request.toByteArray(),
        stored -> {
          try {
            return request.getParserForType().parseFrom(stored).equals(request);
          } catch (InvalidProtocolBufferException e) {
            return false;
          }
        });
  }

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
    Backfill.Range range = faults.in(() -> range(request), null);
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
  private static Backfill.Range range(BackfillScheduleRequest request) {
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
