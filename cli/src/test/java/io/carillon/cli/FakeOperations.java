package io.carillon.cli;

import com.google.protobuf.Timestamp;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListOperationsResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.TreeMap;

/** Operations that do a third of their work each time that somebody waits for them. */
final class FakeOperations extends OperationServiceGrpc.OperationServiceImplBase {

  private static final int TOTAL = 300;

  final TreeMap<String, Operation> stored = new TreeMap<>();
  ListOperationsRequest lastList;
  int waits;

  /** So many of the next waits find no master. */
  int outages;

  /** How operations end. */
  Operation.State end = Operation.State.SUCCEEDED;

  synchronized Operation begin(Operation.Kind kind, String subject) {
    Operation begun =
        Operation.newBuilder()
            .setName("operations/" + (stored.size() + 7))
            .setKind(kind)
            .setState(Operation.State.RUNNING)
            .setSubject(subject)
            .setTotalCount(TOTAL)
            .setCreateTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
            .setDescription("as the test says")
            .build();
    stored.put(begun.getName(), begun);
    return begun;
  }

  private <T> void answer(StreamObserver<T> observer, T answer) {
    if (answer == null) {
      observer.onError(Status.NOT_FOUND.withDescription("no such operation").asException());
    } else {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }

  @Override
  public synchronized void getOperation(
      GetOperationRequest request, StreamObserver<Operation> observer) {
    answer(observer, stored.get(request.getName()));
  }

  @Override
  public synchronized void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
    lastList = request;
    answer(
        observer,
        ListOperationsResponse.newBuilder()
            .addAllOperations(stored.descendingMap().values())
            .build());
  }

  @Override
  public synchronized void waitOperation(
      WaitOperationRequest request, StreamObserver<Operation> observer) {
    waits++;
    if (request.getTimeout().getNanos() % 1_000 != 0) {
      observer.onError(Status.INVALID_ARGUMENT.withDescription("timeout").asException());
      return;
    }
    if (outages > 0) {
      outages--;
      observer.onError(Status.UNAVAILABLE.withDescription("no leader").asException());
      return;
    }
    answer(observer, stored.computeIfPresent(request.getName(), (name, o) -> moved(o)));
  }

  private Operation moved(Operation operation) {
    Operation.Builder moved =
        operation.toBuilder().setDoneCount(operation.getDoneCount() + TOTAL / 3);
    if (moved.getDoneCount() == TOTAL) {
      moved.setState(end);
      if (end == Operation.State.FAILED) {
        moved.setError("the schedule was deleted");
      }
    }
    return moved.build();
  }

  @Override
  public synchronized void cancelOperation(
      CancelOperationRequest request, StreamObserver<Operation> observer) {
    answer(
        observer,
        stored.computeIfPresent(
            request.getName(),
            (name, o) -> o.toBuilder().setState(Operation.State.CANCELLED).build()));
  }
}
