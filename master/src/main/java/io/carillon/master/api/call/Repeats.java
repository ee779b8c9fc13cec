package io.carillon.master.api.call;

import com.google.common.hash.Hashing;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.carillon.master.store.lead.Requests;
import io.carillon.master.store.lead.Requests.Made;
import io.carillon.master.store.lead.Requests.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers a request that comes again under its id by what it did the first time. */
public final class Repeats {

  private final Requests requests;

  public Repeats(Requests requests) {
    this.requests = requests;
  }

  /**
   * The request as it is stored with its change.
   *
   * @param name of what it is about, or of its parent: begins with the tenant
   * @throws ApiException that names request_id
   */
  public static Request of(String name, String requestId, Message request) {
    Texts.requestId(requestId);
    String[] parts = name.length() > ResourceName.MAX_NAME ? new String[0] : name.split("/", -1);
    if (requestId.isEmpty() || parts.length < 2 || !ResourceName.isId(parts[1])) {
      // Without an id, or refused for its name.
      return Request.NONE;
    }
    return new Request(parts[1], requestId, fingerprint(request));
  }

  /**
   * Carries it out, or finds that it was carried out before: most are new, so that is looked up
   * only if something is in the way, as it is for whoever does the same twice.
   *
   * @param change notes the request together with its change
   * @param earlier the answer to what was made before
   */
  public <R> R answer(Request request, Supplier<R> change, Function<Made, R> earlier) {
    ApiException refusal;
    try {
      return change.get();
    } catch (Requests.UsedException e) {
      refusal = reused();
    } catch (ApiException e) {
      refusal = e;
    }
    if (refusal.code() != Code.UNAVAILABLE && request.hasId()) {
      Optional<Made> made = find(request);
      if (made.isPresent()) {
        return earlier.apply(made.get());
      }
    }
    throw refusal;
  }

  /**
   * What a request made before.
   *
   * @throws ApiException (REQUEST_ID_REUSED) if the id is of another one
   */
  private Optional<Made> find(Request request) {
    Optional<Made> made = requests.find(request.tenant(), request.id());
    made.ifPresent(before -> check(before, request));
    return made;
  }

  /**
   * Refuses a request that comes under the id of another one.
   *
   * @throws ApiException (REQUEST_ID_REUSED)
   */
  public static void check(Made made, Request request) {
    if (!Arrays.equals(made.fingerprint(), request.fingerprint())) {
      throw reused();
    }
  }

  /** The id of a request is that of another one. */
  public static ApiException reused() {
    return ApiException.of(
        Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED",
        "the request id was used before, with another request",
        Map.of());
  }

  /** Of the whole request and its kind: the same id with another one is a mistake of the client. */
  public static byte[] fingerprint(Message request) {
    byte[] bytes = new byte[request.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      request.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Hashing.sha256()
        .newHasher()
        .putUnencodedChars(request.getDescriptorForType().getFullName())
        .putBytes(bytes)
        .hash()
        .asBytes();
  }
}
