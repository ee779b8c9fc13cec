package io.carillon.master.node;

import com.google.rpc.Code;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.core.Node.NodeReport;
import java.util.Map;

/**
 * What a message of a clock node must be before anything is made of it. Nodes are not trusted: what
 * enters here goes to PostgreSQL, to terminals and to logs. Each check refuses by naming the field.
 */
final class NodeChecks {

  private static final int MAX_TEXT = 200;
  private static final int MAX_WEIGHT = 1000;
  private static final int LEAST_SECRET = 32;
  private static final int MOST_SECRET = 64;

  /** More than a thousand years: no clock is off by that, and messages can carry it. */
  private static final long MOST_MICROS = 50_000_000_000_000_000L;

  private NodeChecks() {}

  static void check(RegisterRequest request) {
    ResourceName.checkId("node_id", request.getNodeId());
    if (request.getInstance().isEmpty()) {
      throw ApiException.required("instance");
    }
    text("instance", request.getInstance());
    text("program_version", request.getProgramVersion());
    text("location", request.getLocation());
    text("tzdb_version", request.getTzdbVersion());
    atLeast("incarnation", request.getIncarnation(), 0);
    checkVersions(request);
    if (request.getWeight() < 1 || request.getWeight() > MAX_WEIGHT) {
      throw outOfRange("weight", "must be 1 to " + MAX_WEIGHT);
    }
    if (request.getSecret().isEmpty()) {
      throw ApiException.required("secret");
    }
    if (request.getSecret().size() < LEAST_SECRET || request.getSecret().size() > MOST_SECRET) {
      throw outOfRange("secret", "must be " + LEAST_SECRET + " to " + MOST_SECRET + " bytes");
    }
  }

  private static void checkVersions(RegisterRequest request) {
    if (request.getProtocolVersion() != NodeRpc.PROTOCOL_VERSION) {
      throw ApiException.invalid(
          "protocol_version",
          "PROTOCOL_VERSION",
          "this master speaks version "
              + NodeRpc.PROTOCOL_VERSION
              + ", the node "
              + request.getProtocolVersion()
              + ": run the same version of both");
    }
    String zones = ScheduleSpec.tzdbVersion();
    if (!request.getTzdbVersion().equals(zones)) {
      String theirs = request.getTzdbVersion().isEmpty() ? "unknown" : request.getTzdbVersion();
      throw ApiException.of(
          Code.FAILED_PRECONDITION,
          "TZDB_MISMATCH",
          "the time zone rules of node "
              + request.getNodeId()
              + " are of version "
              + theirs
              + ", those of this master of version "
              + zones
              + ", so their times would differ: run both on the same release of Java, or bring"
              + " both to the same rules with the JDK's TZUpdater",
          Map.of("node", request.getNodeId(), "node_tzdb", theirs, "master_tzdb", zones));
    }
  }

  /** What a heartbeat says of its node. */
  static NodeReport report(HeartbeatRequest request) {
    within("clock_offset_micros", request.getClockOffsetMicros());
    atLeast("clock_error_micros", request.getClockErrorMicros(), 0);
    atLeast("schedule_count", request.getScheduleCount(), 0);
    atLeast("unacknowledged_events", request.getUnacknowledgedEvents(), 0);
    within("cluster_time_micros", request.getClusterTimeMicros());
    return new NodeReport(
        request.getDraining(),
        request.getClockOffsetMicros(),
        // Of a node that knows no time yet it is without bound.
        Math.min(request.getClockErrorMicros(), MOST_MICROS),
        request.getScheduleCount(),
        request.getUnacknowledgedEvents(),
        request.getClusterTimeMicros());
  }

  /** What partitions and epochs are, the core looks at. */
  static void check(WatchPartitionsRequest request, int partitions) {
    if (request.getOpenCount() > partitions) {
      throw outOfRange("open", "must be at most " + partitions + " partitions");
    }
    if (request.getCloseCount() > partitions) {
      throw outOfRange("close", "must be at most " + partitions + " partitions");
    }
  }

  /** What a batch says, the core looks at, event by event. */
  static void check(PushFiresRequest request) {
    atLeast("batch", request.getBatch(), 1);
  }

  private static void text(String field, String value) {
    if (value.codePointCount(0, value.length()) > MAX_TEXT) {
      throw outOfRange(field, "must be at most " + MAX_TEXT + " characters");
    }
    if (value.codePoints().anyMatch(NodeChecks::breaksLine)) {
      throw ApiException.invalid(
          field, "FIELD_MALFORMED", "must be one line without control characters");
    }
  }

  /** Whether a character could end a line, steer a terminal, or change the order of the text. */
  private static boolean breaksLine(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static void atLeast(String field, long value, long least) {
    if (value < least) {
      throw outOfRange(field, "must be at least " + least + ", but is " + value);
    }
  }

  private static void within(String field, long value) {
    if (value < -MOST_MICROS || value > MOST_MICROS) {
      throw outOfRange(field, "must be within a thousand years, but is " + value + " µs");
    }
  }

  private static ApiException outOfRange(String field, String rule) {
    return ApiException.invalid(field, "FIELD_OUT_OF_RANGE", rule);
  }
}
