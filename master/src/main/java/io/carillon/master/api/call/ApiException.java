package io.carillon.master.api.call;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.common.schedule.SpecException;
import io.carillon.common.text.OneLine;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that is refused, as the client sees it: a google.rpc.Status with one ErrorInfo and, for
 * faults in fields, a BadRequest that names them.
 */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE = 400;

  /** So many faults of one request are described, all but the first in so many characters. */
  private static final int MAX_FAULTS = 10;

  private static final int MAX_OTHER = 160;
  private static final String DOMAIN = "carillon.io";

  private final transient Code code;
  private final String reason;
  private final String field;
  private final transient Map<String, String> metadata;

  /** Faults of other fields of the same request. */
  private final transient List<ApiException> others;

  private ApiException(
      Code code, String reason, String field, String message, Map<String, String> metadata) {
    this(code, reason, field, message, metadata, List.of());
  }

  private ApiException(
      Code code,
      String reason,
      String field,
      String message,
      Map<String, String> metadata,
      List<ApiException> others) {
    super(clipped(message));
    this.code = code;
    this.reason = reason;
    this.field = field;
    this.metadata = metadata;
    this.others = others;
  }

  /** A status travels in headers, which clients bound to 8 kB; messages quote what they refuse. */
  private static String clipped(String message) {
    return OneLine.escaped(
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…");
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

  /** The same refusal of a part of a batch: its fields' paths begin with {@code prefix}. */
  public ApiException within(String prefix) {
    List<ApiException> within = others.stream().map(other -> other.within(prefix)).toList();
    if (field.isEmpty()) {
      return new ApiException(code, reason, prefix, prefix + ": " + getMessage(), metadata, within);
    }
    String path = prefix + "." + field;
    Map<String, String> named = new TreeMap<>(metadata);
    named.put("field", path);
    return new ApiException(code, reason, path, prefix + "." + getMessage(), named, within);
  }

  /** One refusal for faults of several fields: the first, which names the others too. */
  static ApiException all(List<ApiException> faults) {
    ApiException first = faults.get(0);
    List<ApiException> others = new ArrayList<>();
    faults.forEach(
        fault -> {
          if (fault != first) {
            others.add(fault);
          }
          others.addAll(fault.others);
        });
    return new ApiException(
        first.code, first.reason, first.field, first.getMessage(), first.metadata, others);
  }

  boolean isOfSameField(ApiException other) {
    return field.equals(other.field);
  }

  public Code code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /** For the wire. */
  public StatusRuntimeException toStatus() {
    List<ApiException> named = others.subList(0, Math.min(others.size(), MAX_FAULTS - 1));
    String more = others.isEmpty() ? "" : " (and " + others.size() + " other faults)";
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(getMessage() + more)
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(DOMAIN)
                        .putAllMetadata(metadata)
                        .build()));
    if (!field.isEmpty()) {
      BadRequest.Builder fields = BadRequest.newBuilder();
      fields.addFieldViolations(violation(getMessage()));
      named.forEach(
          other -> fields.addFieldViolations(other.violation(shortened(other.getMessage()))));
      status.addDetails(Any.pack(fields.build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private BadRequest.FieldViolation violation(String description) {
    return BadRequest.FieldViolation.newBuilder()
        .setField(shortened(field))
        .setReason(reason)
        .setDescription(description)
        .build();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_OTHER ? text : text.substring(0, MAX_OTHER) + "…";
  }
}
