package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import io.carillon.client.Subscription;
import io.carillon.e2e.Intervals.Interval;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Destination;
import io.carillon.v1.Nack;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscribers that misbehave, each on a destination of its own, beside one that does not. */
@Tag("cluster")
class BadSubscribersTest {

  private static final int SCHEDULES = 1_000;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  @Test
  void they_hold_up_nobody_else_and_cost_no_memory() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 1)) {
      for (String id : List.of("never-acks", "nacks-all", "never-reads", "good")) {
        cluster
            .client()
            .destinations()
            .createDestination(
                CreateDestinationRequest.newBuilder()
                    .setParent("tenants/default")
                    .setDestinationId(id)
                    .setDestination(
                        Destination.newBuilder()
                            .setKind(Destination.Kind.STREAM)
                            .setAckTimeout(Duration.newBuilder().setSeconds(1)))
                    .build());
      }
      Misbehaving neverAcks = new Misbehaving(cluster, "never-acks", false, true);
      Misbehaving nacksAll = new Misbehaving(cluster, "nacks-all", true, true);
      Misbehaving neverReads = new Misbehaving(cluster, "never-reads", false, false);
      Map<String, Long> good = new ConcurrentHashMap<>();
      try (Subscription subscription =
          cluster
              .client()
              .subscribe(
                  "tenants/default/destinations/good",
                  delivery -> {
                    good.put(delivery.fire().getFireId(), Intervals.now());
                    delivery.ack();
                  })) {
        for (String id : List.of("never-acks", "nacks-all", "never-reads")) {
          Intervals.create(cluster.client(), SCHEDULES, id);
        }
        List<Interval> intervals = Intervals.create(cluster.client(), SCHEDULES, "good");
        cluster.awaitWatermark(Intervals.now() + 5 * SECOND);
        long heapBefore = cluster.masterHeap();
        long begin = Intervals.now();
        long end = begin + 10 * SECOND;
        cluster.awaitWatermark(end);
        long heapAfter = cluster.masterHeap();

        for (Interval interval : intervals) {
          for (long nominal : interval.expected(begin, end)) {
            String id = interval.uid() + "-" + nominal + "-s";
            cluster.await(id + " is delivered to the good subscriber", () -> good.containsKey(id));
          }
        }
        assertTrue(neverAcks.received.get() > 0, "never-acks received some");
        assertTrue(nacksAll.received.get() > SCHEDULES, "nacks-all received many");
        assertTrue(neverReads.received.get() == 0, "never-reads received none");
        System.out.printf("heap %d MB, then %d MB%n", heapBefore >> 20, heapAfter >> 20);
        assertTrue(
            heapAfter < heapBefore + (24 << 20),
            () -> "the heap grew from " + heapBefore + " to " + heapAfter + " bytes");
      }
    }
  }

  /** A raw stream with much credit that never acknowledges anything. */
  private static final class Misbehaving
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {

    final AtomicLong received = new AtomicLong();
    private final boolean nacks;
    private final boolean reads;
    private ClientCallStreamObserver<SubscribeRequest> requests;

    Misbehaving(ProcessCluster cluster, String destination, boolean nacks, boolean reads) {
      this.nacks = nacks;
      this.reads = reads;
      var unused = DeliveryServiceGrpc.newStub(cluster.client().channel()).subscribe(this);
      requests.onNext(
          SubscribeRequest.newBuilder()
              .setStart(
                  SubscribeStart.newBuilder()
                      .setDestination("tenants/default/destinations/" + destination))
              .setCredit(50_000)
              .build());
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
      requests = stream;
      if (!reads) {
        stream.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(SubscribeResponse response) {
      received.addAndGet(response.getFiresCount());
      if (nacks && response.getFiresCount() > 0) {
        SubscribeRequest.Builder nack =
            SubscribeRequest.newBuilder().setCredit(response.getFiresCount());
        for (DeliveredFire fire : response.getFiresList()) {
          nack.addNacks(Nack.newBuilder().setSeq(fire.getSeq()));
        }
        requests.onNext(nack.build());
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
