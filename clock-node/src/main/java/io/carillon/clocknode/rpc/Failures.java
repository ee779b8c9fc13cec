package io.carillon.clocknode.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;

/** What the failures of calls say. */
final class Failures {

  private Failures() {}

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

  /** Where a master that does not lead says that the leader is; empty if it does not say. */
  static String leader(Throwable cause) {
    ErrorInfo info = info(cause);
    return info == null ? "" : info.getMetadataOrDefault("leader", "");
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
