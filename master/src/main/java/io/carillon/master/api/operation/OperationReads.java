package io.carillon.master.api.operation;

import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.PageToken;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.store.operations.OperationKind;
import io.carillon.master.store.operations.OperationState;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListOperationsResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.OperationServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * The calls of OperationService that only read PostgreSQL: any master answers them, and a leader
 * answers them the same way.
 */
public class OperationReads extends OperationServiceGrpc.OperationServiceImplBase {

  private static final String COLLECTION = "operations";

  private final Operations operations;
  private final Tenants tenants;

  /** Whether there is a tenant of that id. */
  public interface Tenants {
    boolean exists(String tenant);
  }

  public OperationReads(Operations operations, Tenants tenants) {
    this.operations = operations;
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
    Faults faults = new Faults();
    String tenant = faults.in(() -> ResourceName.parseTenant("parent", request.getParent()), "");
    int size = faults.in(() -> PageToken.pageSize(request.getPageSize()), 0);
    faults.refuse();
    String asked = COLLECTION + "/" + tenant + request.getRunning();
    long last =
        PageToken.lastKey(asked, request.getPageToken(), Long.MAX_VALUE, Long::parseUnsignedLong);
    if (!tenant.equals(StoredOperation.ALL) && !tenants.exists(tenant)) {
      throw ApiException.notFound("TENANT", request.getParent());
    }
    List<StoredOperation> page = operations.list(tenant, request.getRunning(), last, size + 1);
    ListOperationsResponse.Builder response = ListOperationsResponse.newBuilder();
    page.stream().limit(size).forEach(operation -> response.addOperations(message(operation)));
    if (page.size() > size) {
      response.setNextPageToken(PageToken.of(asked, Long.toString(page.get(size - 1).num())));
    }
    return response.build();
  }

  final StoredOperation find(String name) {
    return operations
        .find(num("name", name))
        .orElseThrow(() -> ApiException.notFound("OPERATION", name));
  }

  /** The number of "operations/{operation}". */
  public static long num(String field, String name) {
    String id = ResourceName.parse(field, name, COLLECTION).get(0);
    if (!id.matches("[1-9][0-9]{0,17}")) {
      throw ApiException.invalid(
          field, "FIELD_MALFORMED", "must end with a number but is \"" + name + '"');
    }
    return Long.parseLong(id);
  }

  public static Operation message(StoredOperation operation) {
    Operation.Builder message =
        Operation.newBuilder()
            .setName(ResourceName.operation(operation.num()))
            .setKindValue(operation.order().kind().code())
            .setStateValue(operation.state().code())
            .setSubject(operation.order().subject())
            .setDoneCount(operation.progress().done())
            .setTotalCount(operation.order().total())
            .setCreateTime(Timestamps.of(operation.order().createTime()))
            .setUpdateTime(Timestamps.of(operation.updateTime()))
            .setDescription(operation.order().description())
            .setBackfill(operation.backfill());
    if (!operation.isRunning()) {
      message.setEndTime(Timestamps.of(operation.endTime()));
    }
    if (operation.state() == OperationState.FAILED) {
      message.setError(operation.progress().error());
    }
    if (operation.order().kind() == OperationKind.BACKFILL && operation.progress().done() > 0) {
      message.setPositionTime(Timestamps.of(operation.progress().position()));
    }
    return message.build();
  }
}
