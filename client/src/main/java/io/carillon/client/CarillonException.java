package io.carillon.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A refusal or failure of a call, with what the server said about it in a form to act on. */
public final class CarillonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final String reason;
  private final transient Map<String, String> metadata;
  private final transient List<FieldViolation> violations;

  private CarillonException(
      Throwable cause,
      Status.Code code,
      String message,
      String reason,
      Map<String, String> metadata,
      List<FieldViolation> violations) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
    this.violations = violations;
  }

  /** The exception for whatever a stub or a stream threw. */
  public static CarillonException of(Throwable thrown) {
    if (thrown instanceof CarillonException known) {
      return known;
    }
    Status status = Status.fromThrowable(thrown);
    String reason = "";
    Map<String, String> metadata = Map.of();
    List<FieldViolation> violations = List.of();
    com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            ErrorInfo error = detail.unpack(ErrorInfo.class);
            reason = error.getReason();
            metadata = error.getMetadataMap();
          } else if (detail.is(BadRequest.class)) {
            violations = detail.unpack(BadRequest.class).getFieldViolationsList();
          }
        } catch (InvalidProtocolBufferException e) {
          // A detail that cannot be read takes nothing away from the code and the message.
          continue;
        }
      }
    }
    String message = status.getDescription();
    if (message == null) {
      Throwable cause = status.getCause();
      message = cause == null ? status.getCode().name() : String.valueOf(cause.getMessage());
    }
    return new CarillonException(thrown, status.getCode(), message, reason, metadata, violations);
  }

  /** Makes a call, so that a failure comes as a {@link CarillonException}. */
  public static <T> T translated(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw of(e);
    }
  }

  /** The code of the status. */
  public Status.Code code() {
    return code;
  }

  /** The stable name of the reason, as in {@code CRON_SYNTAX}; empty if the server gave none. */
  public String reason() {
    return reason;
  }

  /** The values that the message speaks of, by name. */
  public Map<String, String> metadata() {
    return metadata == null ? Map.of() : metadata;
  }

  /** The fields at fault, for a fault in the request. */
  public List<FieldViolation> violations() {
    return violations == null ? List.of() : violations;
  }
}
