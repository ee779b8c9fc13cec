package io.carillon.master.api.call;

import com.google.common.base.Throwables;
import com.google.rpc.Code;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import io.carillon.master.store.sql.StoreMismatchException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How calls end: with an answer, or with a status that tells the client what to do. */
public final class Calls {

  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  /** How long a call waits for what became of a write. */
  public static final long WRITE_SECONDS = 10;

  private Calls() {}

  /** Runs the handler of a unary call and sends its answer, or the refusal it ends with. */
  public static <T> void answer(StreamObserver<T> caller, Callable<T> handler) {
    T answer;
    try {
      answer = handler.call();
    } catch (Throwable failure) {
      caller.onError(refusal(failure));
      return;
    }
    caller.onNext(answer);
    caller.onCompleted();
  }

  /** The same for a handler that does not wait for its answer. */
  public static <T> void answerLater(
      StreamObserver<T> caller, Callable<CompletableFuture<T>> handler) {
    CompletableFuture<T> later;
    try {
      later = handler.call();
    } catch (Throwable failure) {
      caller.onError(refusal(failure));
      return;
    }
    CompletableFuture<T> unused =
        later.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                caller.onError(refusal(failure));
              } else {
                caller.onNext(answer);
                caller.onCompleted();
              }
            });
  }

  /**
   * Waits for an answer of the core.
   *
   * @throws ApiException (OUTCOME_UNKNOWN) if it does not come in time; (STOPPING) if the master
   *     stops meanwhile
   */
  public static <T> T await(CompletableFuture<T> result) {
    try {
      return result.get(WRITE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw outcomeUnknown();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.of(Code.UNAVAILABLE, "STOPPING", "the master is stopping", Map.of());
    }
  }

  /** A write whose outcome was not known in time. */
  public static ApiException outcomeUnknown() {
    return ApiException.of(
        Code.UNAVAILABLE,
        "OUTCOME_UNKNOWN",
        "the store did not answer in time; the change may still happen: read it, or try again"
            + " with the same request id",
        Map.of());
  }

  /**
   * What a client gets to see of a failure. Faults of its request say what is wrong; trouble with
   * PostgreSQL says that a retry may help; everything else is a bug of ours, told by an id that the
   * log has too, and nothing more.
   */
  public static StatusRuntimeException refusal(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ApiException refused) {
      return refused.toStatus();
    }
    if (cause instanceof StatusRuntimeException status) {
      return status;
    }
    if (cause instanceof StatusException status) {
      return status.getStatus().asRuntimeException(status.getTrailers());
    }
    if (deposed(cause)) {
      return ApiException.of(
              Code.UNAVAILABLE,
              "NOT_LEADER",
              "another master leads now: nothing was changed, try again",
              Map.of())
          .toStatus();
    }
    if (DatabaseUnavailableException.explains(cause)) {
      log.warn(
          "refused a call, as the store is not available: {}",
          Throwables.getRootCause(cause).toString());
      return ApiException.of(
              Code.UNAVAILABLE,
              "STORE_UNAVAILABLE",
              "the store cannot be reached or is too busy: try again",
              Map.of())
          .toStatus();
    }
    String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
    log.error("internal error {}", id, cause);
    return ApiException.of(
            Code.INTERNAL,
            "INTERNAL",
            "internal error: the log of the master has it under " + id,
            Map.of("id", id))
        .toStatus();
  }

  private static boolean deposed(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof DeposedException || t instanceof StoreMismatchException) {
        return true;
      }
    }
    return false;
  }
}
