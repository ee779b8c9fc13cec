package io.carillon.master.app;

import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc;
import java.util.Map;

/** How large a request of a method may be: what none needs is refused before it is all here. */
final class MessageLimits {

  /** The largest message of any method of the API. */
  static final int API_MOST = 16 << 20;

  /** The same of the port for nodes: a node's batch of what was due in an outage. */
  static final int NODE_MOST = 64 << 20;

  /** A schedule with its payload, labels and a spec with all exclusions is smaller. */
  private static final int USUAL = 256 << 10;

  private static final int SMALL = 64 << 10;

  /** A calendar of 50 000 single days, and a file of 1 MiB. */
  private static final int DAYS = 4 << 20;

  private static final Map<String, Integer> OTHERS =
      Map.of(
          ScheduleServiceGrpc.getBatchCreateSchedulesMethod().getFullMethodName(), API_MOST,
          CalendarServiceGrpc.getCreateCalendarMethod().getFullMethodName(), DAYS,
          CalendarServiceGrpc.getUpdateCalendarMethod().getFullMethodName(), DAYS,
          CalendarServiceGrpc.getImportCalendarMethod().getFullMethodName(), DAYS,
          NodeServiceGrpc.getPushFiresMethod().getFullMethodName(), NODE_MOST,
          NodeServiceGrpc.getWatchPartitionsMethod().getFullMethodName(), DAYS,
          NodeServiceGrpc.getRegisterMethod().getFullMethodName(), SMALL,
          NodeServiceGrpc.getHeartbeatMethod().getFullMethodName(), SMALL);

  private MessageLimits() {}

  /** In bytes, as sent and as unpacked. */
  static int of(String fullMethodName) {
    return OTHERS.getOrDefault(fullMethodName, USUAL);
  }

  /** Whether a method may have requests that are much larger than usual ones. */
  static boolean isLarge(String fullMethodName) {
    return of(fullMethodName) > USUAL;
  }
}
