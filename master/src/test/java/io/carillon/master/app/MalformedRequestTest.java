package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.CatchUp;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PauseSchedulesRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.VerifyCompletenessRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whatever is sent, it is INVALID_ARGUMENT with its reason and all of its fields. */
class MalformedRequestTest extends MasterOfOneSchedule {

  /** Sends bytes as they are. */
  private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      return new byte[0];
    }
  }

  private static String sent(ManagedChannel channel, MethodDescriptor<?, ?> method, byte[] bytes) {
    MethodDescriptor<byte[], byte[]> raw =
        method.toBuilder(Raw.MARSHALLER, Raw.MARSHALLER)
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();
    return refusal(() -> ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, bytes));
  }

  @Test
  void bytes_that_are_no_message_and_text_that_is_not_utf8_are_refused_on_both_ports() {
    byte[] noMessage = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    byte[] cut = {10, 50, 'x'};
    byte[] notUtf8 = {10, 2, (byte) 0xc3, (byte) 0x28};
    List<Executable> all = new ArrayList<>();
    for (byte[] bytes : List.of(noMessage, cut, notUtf8)) {
      ScheduleServiceGrpc.getServiceDescriptor()
          .getMethods()
          .forEach(
              method ->
                  all.add(
                      () ->
                          assertEquals(
                              "INVALID_ARGUMENT REQUEST_MALFORMED",
                              sent(fixture.channel, method, bytes),
                              method.getFullMethodName())));
      all.add(
          () ->
              assertEquals(
                  "INVALID_ARGUMENT REQUEST_MALFORMED",
                  sent(fixture.nodeChannel, NodeServiceGrpc.getRegisterMethod(), bytes)));
    }
    assertAll(all);
  }

  // ---- numbers and texts

  private static ScheduleSpec interval(Duration period) {
    return ScheduleSpec.newBuilder()
        .setInterval(IntervalRule.newBuilder().setPeriod(period))
        .build();
  }

  @Test
  void a_duration_of_the_smallest_number_is_not_zero() {
    Duration least = Duration.newBuilder().setSeconds(Long.MIN_VALUE).build();
    Duration nanos = Duration.newBuilder().setNanos(Integer.MIN_VALUE).build();
    for (Duration duration : List.of(least, nanos)) {
      ScheduleSpec jitter = every(60).toBuilder().setJitter(duration).build();
      assertEquals(
          "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.jitter",
          refusal(() -> fixture.schedules.createSchedule(request("", jitter))));
      assertEquals(
          "INVALID_ARGUMENT FIELD_OUT_OF_RANGE schedule.spec.interval.period",
          refusal(() -> fixture.schedules.createSchedule(request("", interval(duration)))));
    }
  }

  @Test
  void negative_nanoseconds_of_a_time_are_refused_by_every_call() {
    Timestamp negative = Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(-500).build();
    FireServiceGrpc.FireServiceBlockingStub fires =
        FireServiceGrpc.newBlockingStub(fixture.channel);
    String refused = "INVALID_ARGUMENT FIELD_OUT_OF_RANGE start_time";
    assertEquals(
        refused,
        refusal(
            () ->
                fires.listFires(
                    ListFiresRequest.newBuilder()
                        .setParent(name("there"))
                        .setStartTime(negative)
                        .build())));
    assertEquals(
        refused,
        refusal(
            () ->
                fires
                    .verifyCompleteness(
                        VerifyCompletenessRequest.newBuilder()
                            .setParent(name("there"))
                            .setStartTime(negative)
                            .build())
                    .hasNext()));
    assertEquals(
        refused,
        refusal(
            () ->
                fixture.schedules.backfillSchedule(
                    BackfillScheduleRequest.newBuilder()
                        .setName(name("there"))
                        .setStartTime(negative)
                        .setEndTime(Timestamp.newBuilder().setSeconds(1_700_000_100))
                        .build())));
  }

  @Test
  void ids_of_a_batch_are_checked_before_they_are_looked_for() {
    for (String id : new String[] {"a\0b", "x".repeat(10_000)}) {
      assertEquals(
          "INVALID_ARGUMENT FIELD_MALFORMED requests[1].schedule_id",
          refusal(
              () ->
                  fixture.schedules.batchCreateSchedules(
                      BatchCreateSchedulesRequest.newBuilder()
                          .setParent(TENANT)
                          .addRequests(request("good", every(60)).toBuilder().clearParent())
                          .addRequests(request(id, every(60)).toBuilder().clearParent())
                          .build())));
    }
  }

  private static List<String> faults(Callable<?> call) throws InvalidProtocolBufferException {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call::call);
    List<String> fields = new ArrayList<>();
    for (Any detail : StatusProto.fromThrowable(refused).getDetailsList()) {
      if (detail.is(BadRequest.class)) {
        detail
            .unpack(BadRequest.class)
            .getFieldViolationsList()
            .forEach(fault -> fields.add(fault.getField()));
      }
    }
    return fields;
  }

  @Test
  void all_fields_that_are_wrong_are_named() throws Exception {
    Schedule schedule =
        Schedule.newBuilder()
            .setDisplayName("a\nb")
            .putLabels("key", "\u001b[31m")
            .setPayloadType("x".repeat(101))
            .setDestination("nowhere")
            .setCatchUp(CatchUp.newBuilder().setWindow(Duration.newBuilder().setSeconds(1)))
            .setSpec(
                cron("61 * * * *").toBuilder()
                    .setTimeZone("Nowhere/Land")
                    .setMaxFires(-1)
                    .setJitter(Duration.newBuilder().setSeconds(-1)))
            .build();
    CreateScheduleRequest create =
        CreateScheduleRequest.newBuilder()
            .setParent("nobody")
            .setScheduleId("NO")
            .setRequestId("a\u0007b")
            .setSchedule(schedule)
            .build();
    List<String> named = faults(() -> fixture.schedules.createSchedule(create));
    assertEquals(10, named.size(), "bounded, as a status travels in headers: " + named);
    assertEquals(List.of("parent", "request_id", "schedule_id"), named.subList(0, 3));
    assertEquals(
        List.of(
            "schedule.spec.time_zone",
            "schedule.spec.jitter",
            "schedule.spec.cron.expression",
            "schedule.spec.max_fires",
            "schedule.catch_up.window",
            "schedule.destination",
            "schedule.display_name",
            "schedule.labels.key",
            "schedule.payload_type"),
        faults(
            () ->
                fixture.schedules.createSchedule(
                    create.toBuilder()
                        .setParent(TENANT)
                        .clearScheduleId()
                        .clearRequestId()
                        .build())));
    assertEquals(
        List.of("name", "request_id"),
        faults(
            () ->
                fixture.schedules.pauseSchedule(
                    PauseScheduleRequest.newBuilder()
                        .setName("x")
                        .setRequestId("x".repeat(101))
                        .build())));
  }

  @Test
  void control_characters_are_refused_in_every_line() {
    for (String text :
        new String[] {"a\nb", "\u001b[2J", "\u0085", "a\u202eb", "a\u2028b", "\u2066"}) {
      String malformed = "INVALID_ARGUMENT FIELD_MALFORMED ";
      assertEquals(
          malformed + "reason",
          refusal(
              () ->
                  fixture.schedules.pauseSchedule(
                      PauseScheduleRequest.newBuilder()
                          .setName(name("there"))
                          .setReason(text)
                          .build())));
      assertEquals(
          malformed + "by",
          refusal(
              () ->
                  fixture.schedules.pauseSchedules(
                      PauseSchedulesRequest.newBuilder().setParent(TENANT).setBy(text).build())));
      assertEquals(
          malformed + "destination.display_name",
          refusal(
              () ->
                  DestinationServiceGrpc.newBlockingStub(fixture.channel)
                      .createDestination(
                          CreateDestinationRequest.newBuilder()
                              .setParent(TENANT)
                              .setDestinationId("line")
                              .setDestination(
                                  Destination.newBuilder()
                                      .setKind(Destination.Kind.STREAM)
                                      .setDisplayName(text))
                              .build())));
      assertEquals(
          malformed + "calendar.display_name",
          refusal(
              () ->
                  CalendarServiceGrpc.newBlockingStub(fixture.channel)
                      .createCalendar(
                          CreateCalendarRequest.newBuilder()
                              .setParent(TENANT)
                              .setCalendarId("line")
                              .setCalendar(Calendar.newBuilder().setDisplayName(text))
                              .build())));
      assertEquals(
          malformed + "name",
          refusal(
              () ->
                  fixture.schedules.pauseSchedule(
                      PauseScheduleRequest.newBuilder().setName(name(text)).build())));
    }
  }
}
