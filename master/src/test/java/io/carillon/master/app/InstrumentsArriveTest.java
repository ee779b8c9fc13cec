package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.forward.Bytes;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.Nack;
import io.carillon.v1.Schedule;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.carillon.v1.TriggerScheduleRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a master measures, as GetCluster tells it. */
class InstrumentsArriveTest {

  private final MasterFixture master = new MasterFixture();

  @AfterEach
  void stop() {
    master.close();
  }

  private Map<String, Long> counters() {
    return new TreeMap<>(
        master.cluster.getCluster(GetClusterRequest.getDefaultInstance()).getCountersMap());
  }

  /** A call is measured when its answer has gone, so perhaps a moment after it is here. */
  private void awaitCounter(String name, long value) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (counters().getOrDefault(name, 0L) != value) {
      assertTrue(System.nanoTime() < until, () -> name + " is not " + value + ": " + counters());
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void callUnknown(String name) {
    MethodDescriptor<byte[], byte[]> unknown =
        MethodDescriptor.newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
            .setType(MethodType.UNARY)
            .setFullMethodName(name)
            .build();
    MasterFixture.refusal(
        () ->
            ClientCalls.blockingUnaryCall(
                master.channel, unknown, CallOptions.DEFAULT, new byte[0]));
  }

  @Test
  void calls_are_counted_by_method_and_code_and_their_time_by_method() throws Exception {
    master.create("counted");
    for (int i = 0; i < 2; i++) {
      MasterFixture.refusal(
          () ->
              master.schedules.getSchedule(
                  GetScheduleRequest.newBuilder().setName(MasterFixture.name("nobody")).build()));
    }
    awaitCounter(calls("OK", "CreateSchedule"), 1);
    awaitCounter(calls("NOT_FOUND", "GetSchedule"), 2);
    awaitCounter(
        "carillon_call_duration_seconds_count{method=\"carillon.v1.ScheduleService/GetSchedule\"}",
        2);
  }

  private static String calls(String code, String method) {
    return "carillon_calls_total{code=\"%s\",method=\"carillon.v1.ScheduleService/%s\"}"
        .formatted(code, method);
  }

  @Test
  void commits_of_fires_and_of_mutations_are_counted_with_their_size() throws Exception {
    long mutations = counters().getOrDefault("carillon_commit_size_sum{lane=\"schedules\"}", 0L);
    master.create("committed");
    for (int i = 0; i < 3; i++) {
      var unused =
          master.schedules.triggerSchedule(
              TriggerScheduleRequest.newBuilder().setName(MasterFixture.name("committed")).build());
    }
    awaitCounter("carillon_commit_size_sum{lane=\"fires\"}", 3);
    awaitCounter("carillon_commit_size_sum{lane=\"schedules\"}", mutations + 1);
    awaitCounter("carillon_lane_tasks{lane=\"fires\"}", 0);
    assertTrue(
        counters().get("carillon_lane_store_calls_total{lane=\"fires\",outcome=\"committed\"}")
            > 0);
  }

  @Test
  void fires_that_go_out_and_what_subscribers_say_of_them_are_counted() throws Exception {
    LinkedBlockingQueue<DeliveredFire> received = new LinkedBlockingQueue<>();
    StreamObserver<SubscribeRequest> subscriber =
        DeliveryServiceGrpc.newStub(master.channel)
            .subscribe(
                new StreamObserver<>() {
                  @Override
                  public void onNext(SubscribeResponse response) {
                    received.addAll(response.getFiresList());
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    subscriber.onNext(
        SubscribeRequest.newBuilder()
            .setStart(
                SubscribeStart.newBuilder()
                    .setDestination(MasterFixture.TENANT + "/destinations/default"))
            .setCredit(2)
            .build());
    Schedule schedule = master.create("delivered");
    for (int i = 0; i < 2; i++) {
      var unused =
          master.schedules.triggerSchedule(
              TriggerScheduleRequest.newBuilder().setName(schedule.getName()).build());
    }
    long acked = received.poll(30, TimeUnit.SECONDS).getSeq();
    long refused = received.poll(30, TimeUnit.SECONDS).getSeq();
    subscriber.onNext(
        SubscribeRequest.newBuilder()
            .addAcks(SeqRange.newBuilder().setFirst(acked))
            .addNacks(Nack.newBuilder().setSeq(refused))
            .build());

    awaitCounter("carillon_delivery_fires_total", 2);
    awaitCounter("carillon_delivery_acknowledgements_total", 1);
    awaitCounter("carillon_delivery_refusals_total", 1);
    long batches = counters().get("carillon_delivery_batches_total");
    assertTrue(batches == 1 || batches == 2, () -> "batches: " + batches);
    awaitCounter("carillon_delivery_lateness_seconds_count", batches);
    subscriber.onCompleted();
  }

  @Test
  void methods_that_clients_invent_are_one_series() throws Exception {
    long before = counters().keySet().stream().filter(n -> n.contains("\"other\"")).count();
    assertEquals(0, before);
    callUnknown("carillon.v1.ScheduleService/Invented");
    callUnknown("invented.Service/Method");
    awaitCounter("carillon_calls_total{code=\"UNIMPLEMENTED\",method=\"other\"}", 2);
    assertTrue(counters().keySet().stream().noneMatch(name -> name.contains("nvented")));
  }
}
