package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.Schedule;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Creations that meet others, or what was there before. */
class CreationTest {

  private static MasterFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static void delete(String id) {
    fixture.schedules.deleteSchedule(DeleteScheduleRequest.newBuilder().setName(name(id)).build());
  }

  @Test
  void of_many_creations_at_once_with_few_names_one_of_each_name_is_done() {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      CreateScheduleRequest request =
          request("contended-" + i % 6, every(3600)).toBuilder().setRequestId("c" + i).build();
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return fixture.schedules.createSchedule(request).getName();
                } catch (StatusRuntimeException e) {
                  return refusal(
                      () -> {
                        throw e;
                      });
                }
              }));
    }
    List<String> ends = calls.stream().map(CompletableFuture::join).toList();
    assertEquals(6, ends.stream().filter(end -> end.startsWith("tenants/")).distinct().count());
    assertEquals(54, ends.stream().filter("ALREADY_EXISTS SCHEDULE_EXISTS"::equals).count());
    assertEquals(6, fixture.value("select count(*) from schedule where id like 'contended-%'"));
  }

  @Test
  void a_batch_that_is_partly_a_retry_creates_the_rest() {
    CreateScheduleRequest again =
        request("", every(60)).toBuilder().setRequestId("batch-again").build();
    Schedule before = fixture.schedules.createSchedule(again);
    BatchCreateSchedulesRequest batch =
        BatchCreateSchedulesRequest.newBuilder()
            .setParent(TENANT)
            .addRequests(request("beside-it", every(60)).toBuilder().setRequestId("batch-new"))
            .addRequests(again)
            .build();
    List<Schedule> first = fixture.schedules.batchCreateSchedules(batch).getSchedulesList();
    assertEquals(before, first.get(1));
    long rows = fixture.rows();
    assertEquals(first, fixture.schedules.batchCreateSchedules(batch).getSchedulesList());
    assertEquals(rows, fixture.rows());
  }

  private static BatchCreateSchedulesRequest batch(String requestId, int count) {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(TENANT).setRequestId(requestId);
    for (int i = 0; i < count; i++) {
      batch.addRequests(request("", every(60 + i)));
    }
    return batch.build();
  }

  @Test
  void a_retry_of_a_batch_with_a_request_id_is_answered_by_what_the_first_try_did() {
    BatchCreateSchedulesRequest batch = batch("as-a-whole", 700);
    List<Schedule> first = fixture.schedules.batchCreateSchedules(batch).getSchedulesList();
    assertEquals(700, first.size());
    long rows = fixture.rows();
    assertEquals(first, fixture.schedules.batchCreateSchedules(batch).getSchedulesList());
    assertEquals(rows, fixture.rows());
    assertEquals(
        1, fixture.value("select count(*) from create_request where request_id = 'as-a-whole'"));
  }

  @Test
  void a_request_id_of_a_batch_stands_for_all_of_it() {
    fixture.schedules.batchCreateSchedules(batch("for-all", 3));
    long rows = fixture.rows();
    assertEquals(
        "ALREADY_EXISTS REQUEST_ID_REUSED",
        refusal(() -> fixture.schedules.batchCreateSchedules(batch("for-all", 4))));
    assertEquals(
        "ALREADY_EXISTS REQUEST_ID_REUSED",
        refusal(
            () ->
                fixture.schedules.createSchedule(
                    request("", every(60)).toBuilder().setRequestId("for-all").build())));
    assertEquals(rows, fixture.rows());
  }

  @Test
  void of_equal_batches_at_once_one_is_done_and_answers_all() {
    BatchCreateSchedulesRequest batch = batch("at-once", 50);
    List<CompletableFuture<List<Schedule>>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          CompletableFuture.supplyAsync(
              () -> fixture.schedules.batchCreateSchedules(batch).getSchedulesList()));
    }
    List<List<Schedule>> answers = calls.stream().map(CompletableFuture::join).distinct().toList();
    assertEquals(1, answers.size());
    assertEquals(50, answers.get(0).stream().map(Schedule::getName).distinct().count());
  }

  @Test
  void a_retry_of_a_batch_says_which_of_its_schedules_was_deleted_since() {
    BatchCreateSchedulesRequest batch = batch("deleted-since", 3);
    Schedule second = fixture.schedules.batchCreateSchedules(batch).getSchedules(1);
    fixture.schedules.deleteSchedule(
        DeleteScheduleRequest.newBuilder().setName(second.getName()).build());
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND requests[1]",
        refusal(() -> fixture.schedules.batchCreateSchedules(batch)));
  }

  @Test
  void a_batch_with_a_request_id_has_none_in_its_requests() {
    BatchCreateSchedulesRequest.Builder batch = batch("on-top", 2).toBuilder();
    batch.getRequestsBuilder(1).setRequestId("within");
    assertEquals(
        "INVALID_ARGUMENT FIELD_OUT_OF_RANGE requests[1].request_id",
        refusal(() -> fixture.schedules.batchCreateSchedules(batch.build())));
  }

  private static void destination(String id, boolean exists) {
    var destinations = DestinationServiceGrpc.newBlockingStub(fixture.channel);
    if (exists) {
      destinations.createDestination(
          CreateDestinationRequest.newBuilder()
              .setParent(TENANT)
              .setDestinationId(id)
              .setDestination(Destination.newBuilder().setKind(Destination.Kind.STREAM))
              .build());
    } else {
      destinations.deleteDestination(
          DeleteDestinationRequest.newBuilder().setName(TENANT + "/destinations/" + id).build());
    }
  }

  private static CreateScheduleRequest pointing(String id, String destination) {
    CreateScheduleRequest request = request(id, every(3600));
    return request.toBuilder()
        .setSchedule(
            request.getSchedule().toBuilder()
                .setDestination(TENANT + "/destinations/" + destination))
        .build();
  }

  @Test
  void a_destination_that_was_replaced_is_found_at_once_under_its_name() {
    destination("replaced", true);
    fixture.schedules.createSchedule(pointing("to-the-first", "replaced"));
    delete("to-the-first");
    destination("replaced", false);
    destination("replaced", true);
    fixture.schedules.createSchedule(pointing("to-the-second", "replaced"));
    delete("to-the-second");
    destination("replaced", false);
    assertEquals(
        "NOT_FOUND DESTINATION_NOT_FOUND",
        refusal(() -> fixture.schedules.createSchedule(pointing("to-none", "replaced"))));
  }

  @Test
  void a_retry_is_answered_by_what_the_first_try_did_even_if_it_could_not_be_done_now() {
    destination("short-lived", true);
    CreateScheduleRequest request =
        pointing("its-schedule", "short-lived").toBuilder().setRequestId("short-lived").build();
    fixture.schedules.createSchedule(request);
    delete("its-schedule");
    destination("short-lived", false);
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND", refusal(() -> fixture.schedules.createSchedule(request)));
  }
}
