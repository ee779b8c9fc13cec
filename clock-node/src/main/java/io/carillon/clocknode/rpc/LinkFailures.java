package io.carillon.clocknode.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.carillon.clocknode.core.MasterChoice.Ending;
import io.carillon.clocknode.core.MasterChoice.Failure;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;

/** What the failures of calls say. */
final class LinkFailures {

  private LinkFailures() {}

  /** In one line. */
  static String text(Throwable cause) {
    if (cause == null) {
      return "no answer";
    }
    Status status = Status.fromThrowable(cause);
    Throwable root = status.getCause();
    String said = status.getDescription() == null ? "" : " " + status.getDescription();
    return status.getCode()
        + said
        + (root == null
            ? ""
            : ": " + String.valueOf(root.getMessage()).lines().findFirst().orElse(""));
  }

  /** Whether the master refused for this reason. */
  static boolean hasReason(Throwable cause, String reason) {
    ErrorInfo info = info(cause);
    return info != null && info.getReason().equals(reason);
  }

  /** What it means for the choice of the next master. */
  static Failure of(Throwable cause) {
    ErrorInfo info = info(cause);
    String leader = info == null ? "" : info.getMetadataOrDefault("leader", "");
    if (hasReason(cause, "NOT_LEADER")) {
      return new Failure(Ending.NOT_LEADER, leader);
    }
    boolean unanswered =
        cause != null && Status.fromThrowable(cause).getCode() == Status.Code.DEADLINE_EXCEEDED;
    return new Failure(unanswered ? Ending.UNANSWERED : Ending.OTHER, leader);
  }

  private static ErrorInfo info(Throwable cause) {
    com.google.rpc.Status status = cause == null ? null : StatusProto.fromThrowable(cause);
    if (status == null) {
      return null;
    }
    for (com.google.protobuf.Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      } catch (InvalidProtocolBufferException e) {
        // No detail that could be read: not one of ours.
      }
    }
    return null;
  }
}
