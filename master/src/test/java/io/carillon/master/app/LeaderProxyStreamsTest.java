package io.carillon.master.app;

import static io.carillon.master.app.CountingSubscriber.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are passed on: neither side holds up, or is broken by, the other. */
@Timeout(120)
class LeaderProxyStreamsTest extends LeaderAndFollower {

  // ---- streams

  /** Reads when it is told to. */
  private static final class SlowReader
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    final AtomicInteger read = new AtomicInteger();
    final AtomicBoolean over = new AtomicBoolean();
    volatile boolean all;
    ClientCallStreamObserver<SubscribeRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> observer) {
      call = observer;
      observer.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(SubscribeResponse response) {
      read.incrementAndGet();
      if (all) {
        call.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      over.set(true);
    }

    @Override
    public void onCompleted() {
      over.set(true);
    }
  }

  private SlowReader subscribe() {
    SlowReader reader = new SlowReader();
    var unused = DeliveryServiceGrpc.newStub(follower.channel).subscribe(reader);
    reader.call.onNext(
        SubscribeRequest.newBuilder().setStart(SubscribeStart.getDefaultInstance()).build());
    return reader;
  }

  /** The count when it has not moved for a second. */
  private static int standstill(AtomicInteger count) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int before = -1;
    int quiet = 0;
    while (quiet < 20) {
      assertTrue(System.nanoTime() < limit, "does not come to rest: " + count);
      quiet = count.get() == before ? quiet + 1 : 0;
      before = count.get();
      LockSupport.parkNanos(50_000_000);
    }
    return before;
  }

  @Test
  void a_subscriber_that_does_not_read_holds_up_the_leader_and_not_the_follower() {
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    await("the first message", () -> reader.read.get() == 1);
    int sent = standstill(leader.flooded);
    // What is under way are the windows and buffers of two connections: a few MiB of 250.
    assertTrue(sent < FakeLeader.FLOOD_MESSAGES / 4, "sent " + sent);
    reader.all = true;
    reader.call.request(1);
    await("all messages", () -> reader.read.get() == FakeLeader.FLOOD_MESSAGES);
    assertFalse(leader.cancelled.get());
    reader.call.cancel("enough", null);
    await("the leader hears of the cancellation", leader.cancelled::get);
  }

  @Test
  void a_leader_that_does_not_read_holds_up_the_subscriber() {
    leader.reading = false;
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    SubscribeRequest large =
        SubscribeRequest.newBuilder()
            .setStart(SubscribeStart.newBuilder().setSubscriber("x".repeat(64 << 10)))
            .build();
    await("the leader has the call", () -> leader.flooded.get() > 0);
    AtomicInteger written = new AtomicInteger();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              while (written.get() < FakeLeader.FLOOD_MESSAGES && !reader.over.get()) {
                if (reader.call.isReady()) {
                  reader.call.onNext(large);
                  written.incrementAndGet();
                } else {
                  LockSupport.parkNanos(1_000_000);
                }
              }
            });
    int sent = standstill(written);
    assertTrue(sent < FakeLeader.FLOOD_MESSAGES / 4, "sent " + sent);
    leader.close();
    reader.all = true;
    reader.call.request(1);
    await("the stream ends with the leader", reader.over::get);
    writer.join();
  }

  @Test
  void a_stream_ends_when_the_leader_dies() {
    follower.follow(leader.port(), 1);
    SlowReader reader = subscribe();
    await("the first message", () -> reader.read.get() == 1);
    reader.all = true;
    reader.call.request(1);
    leader.close();
    await("the end", reader.over::get);
  }

  // ---- callers that give up

  @Test
  void a_storm_of_callers_that_give_up_breaks_no_stream_and_no_call() throws Exception {
    follower.follow(leader.port(), 1);
    leader.answering = false;
    StatusRuntimeException[] broken = new StatusRuntimeException[1];
    CompletableFuture<Void> opened = new CompletableFuture<>();
    StreamObserver<SubscribeRequest> subscriber =
        DeliveryServiceGrpc.newStub(follower.channel)
            .subscribe(
                new StreamObserver<>() {
                  @Override
                  public void onNext(SubscribeResponse response) {
                    opened.complete(null);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    broken[0] = (StatusRuntimeException) failure;
                  }

                  @Override
                  public void onCompleted() {}
                });
    subscriber.onNext(SubscribeRequest.getDefaultInstance());
    opened.get(60, TimeUnit.SECONDS);

    // Far more than any server takes from one connection; from several of clients, as they would.
    for (int i = 0; i < STORM; i += BATCH) {
      ManagedChannel client = MasterFixture.channel(follower.api.port());
      int before = leader.updates.get();
      List<ListenableFuture<Schedule>> calls = new ArrayList<>();
      for (int n = 0; n < BATCH; n++) {
        calls.add(ScheduleServiceGrpc.newFutureStub(client).updateSchedule(UPDATE));
      }
      await("they are at the leader", () -> leader.updates.get() >= before + BATCH);
      calls.forEach(call -> call.cancel(true));
      client.shutdown();
    }
    leader.answering = true;

    assertEquals("new", update().get(60, TimeUnit.SECONDS));
    int taken = leader.taken.get();
    subscriber.onNext(SubscribeRequest.getDefaultInstance());
    await("the stream goes on", () -> leader.taken.get() > taken);
    assertNull(broken[0]);
    subscriber.onCompleted();
  }
}
