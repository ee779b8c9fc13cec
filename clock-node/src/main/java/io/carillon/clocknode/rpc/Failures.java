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
    com.google.rpc.Status status = cause == null ? null : StatusProto.fromThrowable(cause);
    if (status == null) {
      return false;
    }
    for (com.google.protobuf.Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)
            && detail.unpack(ErrorInfo.class).getReason().equals(reason)) {
          return true;
        }
      } catch (InvalidProtocolBufferException e) {
        // No detail that could be read: not one of ours.
      }
    }
    return false;
  }
}
