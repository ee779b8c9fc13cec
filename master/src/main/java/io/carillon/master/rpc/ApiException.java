package io.carillon.master.rpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.common.schedule.SpecException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that is refused, as the client sees it: a google.rpc.Status with one ErrorInfo and, for
 * a fault in a field, a BadRequest that names it.
 */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE = 400;
  private static final String DOMAIN = "carillon.io";

  private final transient Code code;
  private final String reason;
  private final String field;
  private final transient Map<String, String> metadata;

  private ApiException(
      Code code, String reason, String field, String message, Map<String, String> metadata) {
    super(clipped(message));
    this.code = code;
    this.reason = reason;
    this.field = field;
    this.metadata = metadata;
  }

  /** A status travels in headers, which clients bound to 8 kB; messages quote what they refuse. */
  private static String clipped(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
  }

  /** A field is wrong. {@code field} is its path in the request, {@code reason} upper case. */
  public static ApiException invalid(String field, String reason, String message) {
    return new ApiException(
        Code.INVALID_ARGUMENT, reason, field, field + ": " + message, Map.of("field", field));
  }

  public static ApiException required(String field) {
    return invalid(field, "FIELD_REQUIRED", "is required");
  }

  /** A spec is refused; {@code prefix} is the path of the spec in the request. */
  public static ApiException invalid(String prefix, SpecException fault) {
    String field = prefix + "." + fault.field();
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("field", field);
    String message = field + ": " + fault.getMessage();
    if (fault.position() >= 0) {
      metadata.put("position", Integer.toString(fault.position()));
      message += " (at position " + fault.position() + ")";
    }
    return new ApiException(Code.INVALID_ARGUMENT, fault.reason(), field, message, metadata);
  }

  /** What is named does not exist. {@code type} is upper case, as in SCHEDULE. */
  public static ApiException notFound(String type, String name) {
    return of(Code.NOT_FOUND, type + "_NOT_FOUND", "there is no " + name, Map.of("name", name));
  }

  /** Any other refusal. */
  public static ApiException of(
      Code code, String reason, String message, Map<String, String> metadata) {
    return new ApiException(code, reason, "", message, metadata);
  }

  /** The same refusal of a part of a batch: its field's path begins with {@code prefix}. */
  public ApiException within(String prefix) {
    if (field.isEmpty()) {
      return new ApiException(code, reason, prefix, prefix + ": " + getMessage(), metadata);
    }
    Map<String, String> named = new TreeMap<>(metadata);
    named.put("field", prefix + "." + field);
    return new ApiException(code, reason, prefix + "." + field, prefix + "." + getMessage(), named);
  }

  public Code code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /** For the wire. */
  public StatusRuntimeException toStatus() {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(getMessage())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(DOMAIN)
                        .putAllMetadata(metadata)
                        .build()));
    if (!field.isEmpty()) {
      status.addDetails(
          Any.pack(
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(field)
                          .setReason(reason)
                          .setDescription(getMessage()))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }
}
