package io.carillon.master.api.cluster;

import com.google.rpc.Code;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.verification.FailoverDrill;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** DrillCall as a client asks for them. */
final class DrillCall {

  private static final String LEADER = "leader";
  private static final long HOUR_MICROS = 3_600 * Micros.PER_SECOND;
  private static final long DEFAULT_TIMEOUT_MICROS = 60 * Micros.PER_SECOND;

  private DrillCall() {}

  static RehearseFailoverResponse run(FailoverDrill drill, RehearseFailoverRequest request)
      throws InterruptedException {
    Faults faults = new Faults();
    String node =
        request.getTarget().equals(LEADER)
            ? null
            : faults.in(
                () -> ResourceName.parse("target", request.getTarget(), "nodes").get(0), null);
    if (request.getMode() == RehearseFailoverRequest.Mode.UNRECOGNIZED) {
      faults.add(ApiException.invalid("mode", "FIELD_OUT_OF_RANGE", "must be ABRUPT or GRACEFUL"));
    }
    boolean inOrder = request.getMode() == RehearseFailoverRequest.Mode.GRACEFUL;
    long lateAfter =
        request.hasLateAfter()
            ? faults.in(
                () ->
                    Timestamps.micros(
                        "late_after", request.getLateAfter(), 1_000, HOUR_MICROS, "1 ms to 1 h"),
                0L)
            : Micros.PER_SECOND;
    faults.refuse();
    Deadline deadline = Context.current().getDeadline();
    long timeout =
        deadline == null
            ? DEFAULT_TIMEOUT_MICROS
            : Math.min(HOUR_MICROS, deadline.timeRemaining(TimeUnit.MICROSECONDS));
    try {
      return message(drill.run(node, inOrder, lateAfter, timeout));
    } catch (FailoverDrill.RefusedException e) {
      throw refusal(e.getMessage(), request.getTarget());
    }
  }

  private static ApiException refusal(String reason, String target) {
    String why =
        switch (reason) {
          case "DRILL_RUNNING" -> "another drill is running: wait for its end";
          case "NO_OTHER_NODE" ->
              "no other node is active that could take the partitions: start one first";
          case "NO_OTHER_MASTER" -> "there is no other master that could lead: start one first";
          case "NODE_NOT_ALIVE" -> target + " is not alive, so it cannot fail";
          default ->
              "not all partitions were recorded past the failure in time; look at them with"
                  + " ListPartitions";
        };
    Code code = reason.equals("TIMEOUT") ? Code.DEADLINE_EXCEEDED : Code.FAILED_PRECONDITION;
    return ApiException.of(code, reason, why, Map.of("target", target));
  }

  private static RehearseFailoverResponse message(FailoverDrill.Outcome outcome) {
    return RehearseFailoverResponse.newBuilder()
        .setStartTime(Timestamps.of(outcome.start()))
        .setRecoveredTime(Timestamps.of(outcome.recovered()))
        .setGap(Timestamps.duration(outcome.cost().gap()))
        .setFireCount(outcome.cost().fires())
        .setLateCount(outcome.cost().late())
        .setMaxLateness(Timestamps.duration(outcome.cost().maxLateness()))
        .setDuplicateCount(outcome.tally().gaps(Gap.Kind.DUPLICATE))
        .setMissingCount(outcome.tally().gaps(Gap.Kind.MISSING))
        .setMovedPartitionCount(outcome.movedPartitions())
        .setLeaderBefore(outcome.before().leader())
        .setLeaderAfter(outcome.after().leader())
        .setLeaderEpochBefore(outcome.before().epoch())
        .setLeaderEpochAfter(outcome.after().epoch())
        .build();
  }
}
