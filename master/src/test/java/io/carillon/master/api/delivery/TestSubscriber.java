package io.carillon.master.api.delivery;

import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A consumer with a habit. */
final class TestSubscriber implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {

  enum Habit {
    ACK,
    NACK,
    /** Reads, and gives credit, and says nothing. */
    SILENT,
    /** Reads, and gives no credit either. */
    IDLE,
    STOP_READING
  }

  final AtomicLong received = new AtomicLong();
  final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** seq → highest attempt seen. */
  final Map<Long, Integer> attempts = new ConcurrentHashMap<>();

  volatile boolean open;
  volatile DeliveredFire last;
  private final Habit habit;
  private final boolean remember;
  private ClientCallStreamObserver<SubscribeRequest> requests;

  private TestSubscriber(Habit habit, boolean remember) {
    this.habit = habit;
    this.remember = remember;
  }

  static TestSubscriber on(
      DeliveryServiceGrpc.DeliveryServiceStub stub, String destination, Habit habit, int credit) {
    TestSubscriber subscriber = new TestSubscriber(habit, credit < 10_000);
    var unused = stub.subscribe(subscriber);
    subscriber.request(
        SubscribeRequest.newBuilder()
            .setStart(
                SubscribeStart.newBuilder()
                    .setDestination("tenants/default/destinations/" + destination))
            .setCredit(credit)
            .build());
    return subscriber;
  }

  /** Says only what it is told to. */
  static TestSubscriber idle(DeliveryServiceGrpc.DeliveryServiceStub stub) {
    TestSubscriber subscriber = new TestSubscriber(Habit.IDLE, true);
    var unused = stub.subscribe(subscriber);
    return subscriber;
  }

  synchronized void request(SubscribeRequest request) {
    requests.onNext(request);
  }

  void credit(int more) {
    request(SubscribeRequest.newBuilder().setCredit(more).build());
  }

  void leave() {
    requests.cancel("enough", null);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> call) {
    requests = call;
    if (habit == Habit.STOP_READING) {
      call.disableAutoRequestWithInitial(1);
    }
  }

  @Override
  public void onNext(SubscribeResponse response) {
    open = true;
    List<DeliveredFire> fires = response.getFiresList();
    if (fires.isEmpty()) {
      return;
    }
    received.addAndGet(fires.size());
    last = fires.get(fires.size() - 1);
    if (remember) {
      fires.forEach(fire -> attempts.merge(fire.getSeq(), fire.getAttempt(), Math::max));
    }
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setCredit(fires.size());
    if (habit == Habit.ACK) {
      long first = fires.get(0).getSeq();
      long end = first - 1;
      for (DeliveredFire fire : fires) {
        if (fire.getSeq() < end) {
          request.addAcks(SeqRange.newBuilder().setFirst(first).setLast(end));
          first = fire.getSeq();
        }
        end = fire.getSeq();
      }
      request.addAcks(SeqRange.newBuilder().setFirst(first).setLast(end));
    } else if (habit == Habit.NACK) {
      for (DeliveredFire fire : fires) {
        request.addNacks(
            Nack.newBuilder()
                .setSeq(fire.getSeq())
                .setDelay(com.google.protobuf.Duration.newBuilder().setNanos(20_000_000)));
      }
    }
    if (habit != Habit.IDLE) {
      request(request.build());
    }
  }

  @Override
  public void onError(Throwable cause) {
    failure.set(cause);
  }

  @Override
  public void onCompleted() {
    failure.set(new IllegalStateException("completed"));
  }
}
