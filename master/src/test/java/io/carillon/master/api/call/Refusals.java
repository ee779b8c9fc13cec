package io.carillon.master.api.call;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;

/** What a client can tell from a refusal, in one line: code, reason, field. */
public final class Refusals {

  private Refusals() {}

  public static String of(Throwable failure) {
    Status status = StatusProto.fromThrowable(failure);
    StringBuilder line = new StringBuilder(String.valueOf(Code.forNumber(status.getCode())));
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          line.append(' ').append(detail.unpack(ErrorInfo.class).getReason());
        } else if (detail.is(BadRequest.class)) {
          line.append(' ').append(detail.unpack(BadRequest.class).getFieldViolations(0).getField());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return line.toString();
  }
}
