package io.carillon.master.rpc;

import io.carillon.master.operation.OperationWaits;
import io.carillon.master.store.Operations;
import io.carillon.master.store.StoredOperation;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListOperationsResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OperationService. */
public final class OperationRpc extends OperationServiceGrpc.OperationServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(OperationRpc.class);
  private static final String COLLECTION = "operations";
  private static final long DEFAULT_WAIT = 60_000_000;
  private static final long LONGEST_WAIT = 600_000_000;

  /** Before the deadline of a call, so that the answer is there in time. */
  private static final long MARGIN = 100_000;

  private final Operations operations;
  private final OperationCalls calls;
  private final OperationWaits waits;
  private final Tenants tenants;

  /** Whether there is a tenant of that id. */
  public interface Tenants {
    boolean exists(String tenant);
  }

  public OperationRpc(
      Operations operations, OperationCalls calls, OperationWaits waits, Tenants tenants) {
    this.operations = operations;
    this.calls = calls;
    this.waits = waits;
    this.tenants = tenants;
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> caller) {
    Calls.answer(caller, () -> message(find(request.getName())));
  }

  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> caller) {
    Calls.answer(caller, () -> list(request));
  }

  private ListOperationsResponse list(ListOperationsRequest request) {
    String tenant = ResourceName.parseTenant("parent", request.getParent());
    int size = PageToken.pageSize(request.getPageSize());
    String asked = COLLECTION + "/" + tenant + request.getRunning();
    String last = PageToken.lastKey(asked, request.getPageToken());
    if (!tenant.equals(StoredOperation.ALL) && !tenants.exists(tenant)) {
      throw ApiException.notFound("TENANT", request.getParent());
    }
    List<StoredOperation> page =
        operations.list(
            tenant,
            request.getRunning(),
            last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last),
            size + 1);
    ListOperationsResponse.Builder response = ListOperationsResponse.newBuilder();
    page.stream().limit(size).forEach(operation -> response.addOperations(message(operation)));
    if (page.size() > size) {
      response.setNextPageToken(PageToken.of(asked, Long.toString(page.get(size - 1).num())));
    }
    return response.build();
  }

  @Override
  public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> caller) {
    StoredOperation operation;
    long micros;
    try {
      micros = timeout(request);
      operation = find(request.getName());
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
            calls.cancel(num("name", request.getName()));
          }
          return message(find(request.getName()));
        });
  }

  private StoredOperation find(String name) {
    return operations
        .find(num("name", name))
        .orElseThrow(() -> ApiException.notFound("OPERATION", name));
  }

  /** The number of "operations/{operation}". */
  static long num(String field, String name) {
    String id = ResourceName.parse(field, name, COLLECTION).get(0);
    if (!id.matches("[1-9][0-9]{0,17}")) {
      throw ApiException.invalid(
          field, "FIELD_MALFORMED", "must end with a number but is \"" + name + '"');
    }
    return Long.parseLong(id);
  }

  static Operation message(StoredOperation operation) {
    Operation.Builder message =
        Operation.newBuilder()
            .setName(ResourceName.operation(operation.num()))
            .setKindValue(operation.kind())
            .setStateValue(operation.state())
            .setSubject(operation.subject())
            .setDoneCount(operation.done())
            .setTotalCount(operation.total())
            .setCreateTime(Timestamps.of(operation.createTime()))
            .setUpdateTime(Timestamps.of(operation.updateTime()))
            .setDescription(operation.description())
            .setBackfill(operation.backfill());
    if (!operation.isRunning()) {
      message.setEndTime(Timestamps.of(operation.endTime()));
    }
    if (operation.state() == StoredOperation.FAILED) {
      message.setError(operation.error());
    }
    if (operation.kind() == StoredOperation.BACKFILL && operation.done() > 0) {
      message.setPositionTime(Timestamps.of(operation.position()));
    }
    return message.build();
  }
}
