package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.TENANT;
import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.Calendar;
import io.carillon.v1.CalendarServiceGrpc;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.CreateCalendarRequest;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.GetCalendarRequest;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetDestinationRequest;
import io.carillon.v1.GetFireRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ListCalendarsRequest;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListOperationsRequest;
import io.carillon.v1.ListParkedFiresRequest;
import io.carillon.v1.ListSchedulesRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.TailFiresRequest;
import io.carillon.v1.TailFiresResponse;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.UpdateScheduleRequest;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client of a master that follows, next to one of the leader: it cannot tell the difference. */
class FollowerTest {

  private static MasterFixture leader;
  private static FollowerFixture follower;

  @BeforeAll
  static void start() {
    leader = new MasterFixture();
    follower = new FollowerFixture(leader.database);
  }

  @AfterAll
  static void stop() {
    follower.close();
    leader.close();
  }

  @BeforeEach
  void follow() {
    follower.follow(leader.master);
  }

  private static ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules() {
    return ScheduleServiceGrpc.newBlockingStub(follower.channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static GetScheduleRequest get(String id) {
    return GetScheduleRequest.newBuilder().setName(name(id)).build();
  }

  private static Timestamp at(long seconds) {
    return Timestamp.newBuilder().setSeconds(seconds).build();
  }

  private static Operation backfill(Channel channel, String id, int seconds) {
    Operation begun =
        ScheduleServiceGrpc.newBlockingStub(channel)
            .backfillSchedule(
                BackfillScheduleRequest.newBuilder()
                    .setName(name(id))
                    .setStartTime(at(1_700_000_000))
                    .setEndTime(at(1_700_000_000 + seconds))
                    .setFiresPerSecond(20_000)
                    .setRequestId("backfill of " + id)
                    .build());
    return OperationServiceGrpc.newBlockingStub(channel)
        .waitOperation(WaitOperationRequest.newBuilder().setName(begun.getName()).build());
  }

  private static Destination destination(String id) {
    return DestinationServiceGrpc.newBlockingStub(follower.channel)
        .createDestination(
            CreateDestinationRequest.newBuilder()
                .setParent(TENANT)
                .setDestinationId(id)
                .setDestination(Destination.newBuilder().setKind(Destination.Kind.STREAM))
                .build());
  }

  // ---- what is read here

  /** Everything that reads, as one would ask it of any master. */
  private static List<Object> everythingReadFrom(Channel channel, String fire, String operation) {
    List<Object> answers = new ArrayList<>();
    var schedules = ScheduleServiceGrpc.newBlockingStub(channel);
    answers.add(schedules.getSchedule(get("read")));
    answers.add(
        schedules.listSchedules(
            ListSchedulesRequest.newBuilder().setParent(TENANT).putLabels("test", "read").build()));
    answers.add(
        schedules.previewSchedule(
            PreviewScheduleRequest.newBuilder()
                .setName(name("read"))
                .setAfterTime(at(1_800_000_000))
                .build()));
    var fires = FireServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    answers.add(fires.getFire(GetFireRequest.newBuilder().setName(fire).build()));
    answers.add(fires.listFires(ListFiresRequest.newBuilder().setParent(name("read")).build()));
    answers.add(
        DestinationServiceGrpc.newBlockingStub(channel)
            .listParkedFires(
                ListParkedFiresRequest.newBuilder()
                    .setParent(TENANT + "/destinations/default")
                    .build()));
    answers.add(fires.explainFire(ExplainFireRequest.newBuilder().setFire(fire).build()));
    Iterator<TailFiresResponse> tail =
        fires.tailFires(
            TailFiresRequest.newBuilder().setParent(name("read")).setAfterSeq(0).build());
    answers.add(tail.next());
    answers.add(tail.next());
    try {
      Iterator<VerifyCompletenessResponse> verified =
          fires.verifyCompleteness(
              VerifyCompletenessRequest.newBuilder()
                  .setParent(name("read"))
                  .setStartTime(at(1_700_000_000))
                  .setEndTime(at(1_700_000_100))
                  .build());
      verified.forEachRemaining(answers::add);
    } catch (StatusRuntimeException e) {
      answers.add(e.getStatus().getCode());
    }
    var calendars = CalendarServiceGrpc.newBlockingStub(channel);
    answers.add(
        calendars.getCalendar(
            GetCalendarRequest.newBuilder().setName(TENANT + "/calendars/days").build()));
    answers.add(
        calendars.listCalendars(ListCalendarsRequest.newBuilder().setParent(TENANT).build()));
    var operations = OperationServiceGrpc.newBlockingStub(channel);
    answers.add(
        operations.getOperation(GetOperationRequest.newBuilder().setName(operation).build()));
    answers.add(
        operations.listOperations(ListOperationsRequest.newBuilder().setParent(TENANT).build()));
    return answers;
  }

  @Test
  void what_only_reads_is_answered_without_a_leader_and_as_the_leader_does() {
    CreateScheduleRequest create = request("read", cron("0 3 * * *"));
    leader.schedules.createSchedule(
        create.toBuilder()
            .setSchedule(create.getSchedule().toBuilder().putLabels("test", "read"))
            .build());
    String fire =
        leader
            .schedules
            .triggerSchedule(TriggerScheduleRequest.newBuilder().setName(name("read")).build())
            .getFire();
    String operation = backfill(leader.channel, "read", 10 * 86_400).getName();
    CalendarServiceGrpc.newBlockingStub(leader.channel)
        .createCalendar(
            CreateCalendarRequest.newBuilder()
                .setParent(TENANT)
                .setCalendarId("days")
                .setCalendar(Calendar.getDefaultInstance())
                .build());
    List<Object> ofLeader = everythingReadFrom(leader.channel, fire, operation);
    follower.lease.set(null);
    assertEquals(ofLeader, everythingReadFrom(follower.channel, fire, operation));
    assertEquals(0, follower.services.waiting());
  }

  @Test
  void a_read_sees_what_another_master_has_just_confirmed() {
    for (int i = 0; i < 50; i++) {
      Schedule made = leader.create("fresh-" + i);
      assertEquals(made, schedules().getSchedule(get("fresh-" + i)));
    }
  }

  // ---- what is passed on

  @Test
  void schedules_are_made_changed_paused_and_deleted_through_a_follower() {
    Schedule made = schedules().createSchedule(request("changed", cron("0 3 * * *")));
    assertEquals(made, leader.schedules.getSchedule(get("changed")));
    Schedule renamed =
        schedules()
            .updateSchedule(
                UpdateScheduleRequest.newBuilder()
                    .setSchedule(made.toBuilder().setDisplayName("Ünïcode ✓"))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("display_name"))
                    .build());
    assertEquals("Ünïcode ✓", renamed.getDisplayName());
    assertEquals(renamed, leader.schedules.getSchedule(get("changed")));
    Schedule paused =
        schedules()
            .pauseSchedule(PauseScheduleRequest.newBuilder().setName(name("changed")).build());
    assertEquals(Schedule.State.PAUSED, paused.getState());
    Schedule resumed =
        schedules()
            .resumeSchedule(ResumeScheduleRequest.newBuilder().setName(name("changed")).build());
    assertEquals(Schedule.State.ACTIVE, resumed.getState());
    assertEquals(resumed, leader.schedules.getSchedule(get("changed")));
    var unused =
        schedules()
            .deleteSchedule(DeleteScheduleRequest.newBuilder().setName(name("changed")).build());
    assertEquals(
        "NOT_FOUND SCHEDULE_NOT_FOUND",
        refusal(() -> leader.schedules.getSchedule(get("changed"))));
  }

  @Test
  void triggers_backfills_and_destinations_are_passed_on() {
    schedules().createSchedule(request("run", every(1)));
    String fire =
        schedules()
            .triggerSchedule(TriggerScheduleRequest.newBuilder().setName(name("run")).build())
            .getFire();
    var fires = FireServiceGrpc.newBlockingStub(follower.channel);
    assertEquals(fire, fires.getFire(GetFireRequest.newBuilder().setName(fire).build()).getName());
    Operation ended = backfill(follower.channel, "run", 300);
    assertEquals(Operation.State.SUCCEEDED, ended.getState());
    assertEquals(300, ended.getDoneCount());
    var destinations = DestinationServiceGrpc.newBlockingStub(follower.channel);
    Destination made = destination("elsewhere");
    assertEquals(
        made,
        destinations.getDestination(
            GetDestinationRequest.newBuilder().setName(made.getName()).build()));
    assertEquals(
        leader.cluster.getCluster(GetClusterRequest.getDefaultInstance()).getLeader(),
        ClusterServiceGrpc.newBlockingStub(follower.channel)
            .getCluster(GetClusterRequest.getDefaultInstance())
            .getLeader());
  }

  @Test
  void refusals_come_through_unchanged() {
    Schedule made = leader.create("refused");
    List<java.util.concurrent.Callable<?>> calls = new ArrayList<>();
    for (var stub : List.of(leader.schedules, schedules())) {
      calls.add(() -> stub.createSchedule(request("bad", cron("61 * * * *"))));
      calls.add(() -> stub.createSchedule(request("refused", cron("0 4 * * *"))));
      calls.add(() -> stub.deleteSchedule(DeleteScheduleRequest.newBuilder().build()));
      calls.add(
          () ->
              stub.pauseSchedule(
                  PauseScheduleRequest.newBuilder().setName(name("nobody")).build()));
      calls.add(
          () ->
              stub.updateSchedule(
                  UpdateScheduleRequest.newBuilder()
                      .setSchedule(made.toBuilder().setEtag("77").setDisplayName("late"))
                      .setUpdateMask(FieldMask.newBuilder().addPaths("display_name"))
                      .build()));
    }
    int half = calls.size() / 2;
    List<String> refusals = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      int which = i;
      StatusRuntimeException direct = caught(calls.get(which));
      StatusRuntimeException passed = caught(calls.get(which + half));
      assertEquals(direct.getStatus().getCode(), passed.getStatus().getCode());
      assertEquals(direct.getStatus().getDescription(), passed.getStatus().getDescription());
      assertEquals(
          io.grpc.protobuf.StatusProto.fromThrowable(direct),
          io.grpc.protobuf.StatusProto.fromThrowable(passed));
      refusals.add(MasterFixture.text(passed));
    }
    assertEquals(
        List.of(
            "INVALID_ARGUMENT CRON_SYNTAX schedule.spec.cron.expression @0",
            "ALREADY_EXISTS SCHEDULE_EXISTS",
            "INVALID_ARGUMENT FIELD_REQUIRED name",
            "NOT_FOUND SCHEDULE_NOT_FOUND",
            "ABORTED ETAG_MISMATCH"),
        refusals);
  }

  private static StatusRuntimeException caught(java.util.concurrent.Callable<?> call) {
    return org.junit.jupiter.api.Assertions.assertThrows(StatusRuntimeException.class, call::call);
  }

  @Test
  void a_creation_that_is_repeated_through_other_masters_makes_one_schedule() throws Exception {
    try (FollowerFixture other = new FollowerFixture(leader.database)) {
      other.follow(leader.master);
      CreateScheduleRequest create =
          request("once", cron("0 3 * * *")).toBuilder().setRequestId("the same").build();
      List<CompletableFuture<Schedule>> made = new ArrayList<>();
      for (Channel channel : List.of(follower.channel, other.channel, leader.channel)) {
        for (int i = 0; i < 5; i++) {
          made.add(
              CompletableFuture.supplyAsync(
                  () -> ScheduleServiceGrpc.newBlockingStub(channel).createSchedule(create)));
        }
      }
      Set<String> uids = new TreeSet<>();
      for (CompletableFuture<Schedule> one : made) {
        uids.add(one.get(30, TimeUnit.SECONDS).getUid());
      }
      assertEquals(1, uids.size(), uids::toString);
      assertEquals(1, leader.value("select count(*) from schedule where id = 'once'"));
    }
  }

  // ---- delivery

  @Test
  void a_subscriber_at_a_follower_gets_every_fire_and_its_acknowledgements_count() {
    int count = 5_000;
    var destinations = DestinationServiceGrpc.newBlockingStub(follower.channel);
    String destination = destination("stream").getName();
    CreateScheduleRequest create = request("many", every(1));
    schedules()
        .createSchedule(
            create.toBuilder()
                .setSchedule(create.getSchedule().toBuilder().setDestination(destination))
                .build());
    try (CountingSubscriber subscriber =
        new CountingSubscriber(follower.channel, destination, 500)) {
      assertEquals(count, backfill(follower.channel, "many", count).getDoneCount());
      subscriber.awaitFires(count);
      GetDestinationRequest get = GetDestinationRequest.newBuilder().setName(destination).build();
      CountingSubscriber.await(
          "all acknowledged",
          () -> destinations.getDestination(get).getStatus().getInFlight() == 0);
      assertEquals(count, subscriber.fires());
      assertEquals(0, destinations.getDestination(get).getStatus().getParked());
      assertEquals(1, destinations.getDestination(get).getStatus().getSubscribers());
    }
    CountingSubscriber.await(
        "the cancelled subscriber is gone at the leader",
        () ->
            destinations
                    .getDestination(GetDestinationRequest.newBuilder().setName(destination).build())
                    .getStatus()
                    .getSubscribers()
                == 0);
  }

  // ---- reflection

  @Test
  void a_follower_offers_the_very_methods_that_a_leader_offers() {
    Set<String> offered = new TreeSet<>();
    follower
        .services
        .api()
        .forEach(
            service ->
                service
                    .getMethods()
                    .forEach(
                        method -> offered.add(method.getMethodDescriptor().getFullMethodName())));
    assertEquals(new TreeSet<>(OfferedServices.methodsAt(leader.channel)), offered);
    assertEquals(offered, new TreeSet<>(OfferedServices.methodsAt(follower.channel)));
    assertNotEquals(Set.of(), offered);
    assertTrue(offered.contains("carillon.v1.DeliveryService/Subscribe"));
  }
}
