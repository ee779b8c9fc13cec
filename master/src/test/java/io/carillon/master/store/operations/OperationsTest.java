package io.carillon.master.store.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.TestDatabase;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.operations.StoredOperation.Order;
import io.carillon.master.store.operations.StoredOperation.Progress;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.StoreFixture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationsTest {

  private static final Progress SOME = new Progress(5, 50, "");

  private Database database;
  private Operations operations;

  @BeforeEach
  void open() {
    database = TestDatabase.open();
    operations = new Operations(database, StoreFixture.takeLead(database, "me"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Optional<StoredOperation> begin(OperationKind kind, long schedule, String requestId) {
    int version = kind == OperationKind.BACKFILL ? 3 : 0;
    return operations.begin(
        new Order(
            kind,
            "default",
            "tenants/default",
            schedule,
            version,
            requestId,
            new byte[] {1, 2},
            "words",
            9,
            100),
        0);
  }

  private StoredOperation backfill(long schedule) {
    return begin(OperationKind.BACKFILL, schedule, "").get();
  }

  private StoredOperation read(StoredOperation operation) {
    return operations.find(operation.num()).get();
  }

  @Test
  void what_begins_is_read_back_and_progress_and_end_are_seen() {
    StoredOperation begun = backfill(7);
    StoredOperation read = read(begun);
    assertEquals(begun.order().description(), read.order().description());
    assertEquals(
        List.of((byte) 1, (byte) 2), List.of(read.order().request()[0], read.order().request()[1]));
    assertEquals(3, read.order().version());
    assertTrue(read.isRunning());
    assertFalse(operations.progress(begun.num(), SOME, 200));
    assertEquals(5, read(begun).progress().done());
    assertEquals(50, read(begun).progress().position());
    assertEquals(200, read(begun).updateTime());
    operations.cancel(begun.num());
    assertTrue(operations.progress(begun.num(), SOME, 300));
    operations.end(begun.num(), OperationState.CANCELLED, new Progress(6, 60, "why"), 400);
    // An end is final.
    operations.end(begun.num(), OperationState.FAILED, SOME, 500);
    assertTrue(operations.progress(begun.num(), SOME, 600));
    StoredOperation ended = read(begun);
    assertEquals(OperationState.CANCELLED, ended.state());
    assertEquals(6, ended.progress().done());
    assertEquals("why", ended.progress().error());
    assertEquals(400, ended.endTime());
  }

  @Test
  void backfills_are_numbered_by_schedule_up_to_the_last_number_that_a_fire_can_have() {
    assertEquals(1, backfill(7).backfill());
    assertEquals(2, backfill(7).backfill());
    assertEquals(1, backfill(8).backfill());
    database.api().execute("update operation set backfill = 31999 where backfill = 2");
    assertEquals(32_000, backfill(7).backfill());
    assertEquals(Optional.empty(), begin(OperationKind.BACKFILL, 7, ""));
  }

  @Test
  void old_operations_are_forgotten_but_not_backfills_which_their_fires_are_proven_by() {
    StoredOperation first = backfill(7);
    StoredOperation second = backfill(7);
    StoredOperation other = backfill(8);
    StoredOperation pause = begin(OperationKind.PAUSE, 0, "").get();
    StoredOperation young = begin(OperationKind.PAUSE, 0, "").get();
    StoredOperation runs = begin(OperationKind.PAUSE, 0, "").get();
    for (StoredOperation each : List.of(first, second, other, pause)) {
      operations.end(each.num(), OperationState.SUCCEEDED, SOME, 1_000);
    }
    operations.end(young.num(), OperationState.SUCCEEDED, SOME, 2_000);
    operations.forgetEnded(1_500);
    assertEquals(
        List.of(runs.num(), young.num(), other.num(), second.num(), first.num()),
        operations.list("-", false, Long.MAX_VALUE, 100).stream()
            .map(StoredOperation::num)
            .toList());
    assertEquals(3, backfill(7).backfill());
    assertEquals(2, backfill(8).backfill());
  }

  @Test
  void a_request_id_begins_one() {
    StoredOperation first = begin(OperationKind.BACKFILL, 7, "id").get();
    assertEquals(first.num(), begin(OperationKind.BACKFILL, 7, "id").get().num());
    assertEquals(first.num(), operations.find(first.order().tenant(), 7, "id").get().num());
    assertEquals(Optional.empty(), operations.find(first.order().tenant(), 8, "id"));
    assertEquals(Optional.empty(), operations.find(first.order().tenant(), 7, ""));
  }

  @Test
  void a_deposed_leader_writes_nothing() {
    StoredOperation begun = backfill(7);
    StoreFixture.takeLead(database, "another");
    assertThrows(DeposedException.class, () -> backfill(7));
    assertThrows(DeposedException.class, () -> operations.progress(begun.num(), SOME, 200));
    assertThrows(
        DeposedException.class,
        () -> operations.end(begun.num(), OperationState.SUCCEEDED, SOME, 200));
    assertThrows(DeposedException.class, () -> operations.cancel(begun.num()));
    assertThrows(DeposedException.class, () -> operations.forgetEnded(1_000_000));
    StoredOperation read = read(begun);
    assertEquals(0, read.progress().done());
    assertFalse(read.cancelled());
    assertEquals(1, operations.list("-", true, Long.MAX_VALUE, 100).size());
  }
}
