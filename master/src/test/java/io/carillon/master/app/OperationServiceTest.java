package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListOperationsResponse;
import io.carillon.v1.Operation;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.WaitOperationRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationServiceTest {

  /** A thread for each call. */
  private static final Executor EACH = call -> new Thread(call).start();

  private MasterFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MasterFixture();
    fixture.schedules.createSchedule(request("s", every(1)));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** Takes hours if nobody stops it. */
  private Operation slow() {
    return fixture.schedules.backfillSchedule(
        BackfillScheduleRequest.newBuilder()
            .setName(name("s"))
            .setStartTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
            .setEndTime(Timestamp.newBuilder().setSeconds(1_700_100_000))
            .setFiresPerSecond(2)
            .build());
  }

  private Operation quick() {
    return fixture.schedules.pauseSchedules(
        PauseSchedulesRequest.newBuilder().setParent("tenants/-").putLabels("no", "one").build());
  }

  private Operation wait(Operation operation, long seconds) {
    return fixture.operations.waitOperation(
        WaitOperationRequest.newBuilder()
            .setName(operation.getName())
            .setTimeout(Duration.newBuilder().setSeconds(seconds))
            .build());
  }

  private Operation get(Operation operation) {
    return fixture.operations.getOperation(
        GetOperationRequest.newBuilder().setName(operation.getName()).build());
  }

  private void cancel(Operation operation) {
    var unused =
        fixture.operations.cancelOperation(
            CancelOperationRequest.newBuilder().setName(operation.getName()).build());
  }

  private List<String> names(ListOperationsRequest.Builder request) {
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      ListOperationsResponse page =
          fixture.operations.listOperations(request.setPageToken(token).build());
      assertTrue(request.getPageSize() == 0 || page.getOperationsCount() <= request.getPageSize());
      page.getOperationsList().forEach(operation -> names.add(operation.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return names;
  }

  private static ListOperationsRequest.Builder of(String parent) {
    return ListOperationsRequest.newBuilder().setParent(parent);
  }

  @Test
  void they_are_listed_latest_first_whatever_the_page_size() {
    List<String> all = new ArrayList<>();
    List<String> ofTenant = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Operation operation = i % 2 == 0 ? slow() : fixture.ended(quick());
      all.add(operation.getName());
      if (i % 2 == 0) {
        ofTenant.add(operation.getName());
      }
    }
    Collections.reverse(all);
    Collections.reverse(ofTenant);
    for (int size : new int[] {0, 1, 3, 7, 1000}) {
      assertEquals(all, names(of("tenants/-").setPageSize(size)));
      assertEquals(ofTenant, names(of(TENANT).setPageSize(size)));
      assertEquals(ofTenant, names(of("tenants/-").setPageSize(size).setRunning(true)));
    }
    String token =
        fixture
            .operations
            .listOperations(of("tenants/-").setPageSize(1).build())
            .getNextPageToken();
    assertEquals(
        "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token",
        refusal(() -> fixture.operations.listOperations(of(TENANT).setPageToken(token).build())));
  }

  @Test
  void who_waits_is_answered_as_soon_as_it_ends() {
    Operation operation = slow();
    List<CompletableFuture<Operation>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> wait(operation, 600), EACH));
    }
    cancel(operation);
    for (CompletableFuture<Operation> each : waiting) {
      assertEquals(
          Operation.State.CANCELLED, each.orTimeout(30, TimeUnit.SECONDS).join().getState());
    }
    // At once, as it has ended.
    assertEquals(Operation.State.CANCELLED, wait(operation, 600).getState());
  }

  @Test
  void who_waits_in_vain_is_answered_when_the_time_is_up_and_before_the_deadline_of_the_call() {
    Operation operation = slow();
    assertEquals(Operation.State.RUNNING, wait(operation, 0).getState());
    assertEquals(Operation.State.RUNNING, wait(operation, 1).getState());
    // A call that is past its deadline would end in an error.
    assertEquals(
        Operation.State.RUNNING,
        fixture
            .operations
            .withDeadlineAfter(3, TimeUnit.SECONDS)
            .waitOperation(WaitOperationRequest.newBuilder().setName(operation.getName()).build())
            .getState());
  }

  @Test
  void operations_of_an_earlier_master_go_on_and_their_cancellation_is_not_forgotten() {
    Operation goesOn = slow();
    Operation stops = slow();
    fixture.close();
    fixture.value(
        "update operation set cancelled = true where num = "
            + stops.getName().replace("operations/", "")
            + " returning 1");
    fixture = new MasterFixture(fixture.database);
    assertEquals(Operation.State.CANCELLED, fixture.ended(stops).getState());
    long done = get(goesOn).getDoneCount();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (get(goesOn).getDoneCount() <= done) {
      assertTrue(System.nanoTime() < limit, "goes on");
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void what_is_wrong_with_a_request_is_named() {
    String invalid = "INVALID_ARGUMENT ";
    for (String malformed :
        new String[] {"x", "operations/x", "operations/-1", "operations/0", "operations/1/x"}) {
      assertEquals(
          invalid + "FIELD_MALFORMED name",
          refusal(
              () ->
                  fixture.operations.getOperation(
                      GetOperationRequest.newBuilder().setName(malformed).build())));
    }
    GetOperationRequest unnamed = GetOperationRequest.getDefaultInstance();
    assertEquals(
        invalid + "FIELD_REQUIRED name", refusal(() -> fixture.operations.getOperation(unnamed)));
    Operation nobody = Operation.newBuilder().setName("operations/123456789").build();
    String missing = "NOT_FOUND OPERATION_NOT_FOUND";
    assertEquals(missing, refusal(() -> get(nobody)));
    assertEquals(missing, refusal(() -> wait(nobody, 1)));
    assertEquals(
        missing,
        refusal(
            () ->
                fixture.operations.cancelOperation(
                    CancelOperationRequest.newBuilder().setName(nobody.getName()).build())));
    assertEquals(invalid + "FIELD_OUT_OF_RANGE timeout", refusal(() -> wait(nobody, 601)));
    assertEquals(invalid + "FIELD_OUT_OF_RANGE timeout", refusal(() -> wait(nobody, -1)));
    assertEquals(invalid + "FIELD_REQUIRED parent", refusal(() -> names(of(""))));
    assertEquals("NOT_FOUND TENANT_NOT_FOUND", refusal(() -> names(of("tenants/nobody"))));
    assertEquals(
        invalid + "FIELD_OUT_OF_RANGE page_size", refusal(() -> names(of(TENANT).setPageSize(-1))));
  }
}
