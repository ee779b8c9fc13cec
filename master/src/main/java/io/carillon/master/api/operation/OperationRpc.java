package io.carillon.master.api.operation;

import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.operation.OperationWaits;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OperationService, as a leader offers it. */
public final class OperationRpc extends OperationReads {

  private static final Logger log = LoggerFactory.getLogger(OperationRpc.class);
  private static final long DEFAULT_WAIT = 60_000_000;
  private static final long LONGEST_WAIT = 600_000_000;

  /** Before the deadline of a call, so that the answer is there in time. */
  private static final long MARGIN = 100_000;

  private final LongConsumer cancel;
  private final OperationWaits waits;

  /**
   * @param cancel asks for the end of the operation of this number
   */
  public OperationRpc(
      Operations operations, LongConsumer cancel, OperationWaits waits, Tenants tenants) {
    super(operations, tenants);
    this.cancel = cancel;
    this.waits = waits;
  }

  @Override
  public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> caller) {
    StoredOperation operation;
    long micros;
    try {
      Faults faults = new Faults();
      micros = faults.in(() -> timeout(request), 0L);
      operation = faults.in(() -> find(request.getName()), null);
      faults.refuse();
    } catch (RuntimeException e) {
      caller.onError(Calls.refusal(e));
      return;
    }
    if (!operation.isRunning() || micros <= 0) {
      caller.onNext(message(operation));
      caller.onCompleted();
      return;
    }
    long num = operation.num();
    Runnable givesUp =
        waits.await(
            num, micros, () -> Calls.answer(caller, () -> message(find(request.getName()))));
    ((ServerCallStreamObserver<Operation>) caller).setOnCancelHandler(givesUp);
    try {
      // It may have ended before we waited for it.
      if (!find(request.getName()).isRunning()) {
        waits.ended(num);
      }
    } catch (RuntimeException e) {
      // Answered when it ends, or when the time is up.
      log.debug("cannot look at operation {} again: {}", num, e.toString());
    }
  }

  private static long timeout(WaitOperationRequest request) {
    long micros =
        request.hasTimeout()
            ? Timestamps.micros("timeout", request.getTimeout(), 0, LONGEST_WAIT, "0 to 10 minutes")
            : DEFAULT_WAIT;
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? micros
        : Math.min(micros, deadline.timeRemaining(TimeUnit.MICROSECONDS) - MARGIN);
  }

  @Override
  public void cancelOperation(CancelOperationRequest request, StreamObserver<Operation> caller) {
    Calls.answer(
        caller,
        () -> {
          if (find(request.getName()).isRunning()) {
            cancel.accept(num("name", request.getName()));
          }
          return message(find(request.getName()));
        });
  }
}
