package io.carillon.master.app;

import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Acknowledges what it gets, and counts it. */
final class CountingSubscriber
    implements ClientResponseObserver<SubscribeRequest, SubscribeResponse>, AutoCloseable {

  private final Set<String> fires = new HashSet<>();
  private ClientCallStreamObserver<SubscribeRequest> requests;
  private Throwable end;

  CountingSubscriber(Channel channel, String destination, int credit) {
    var unused = DeliveryServiceGrpc.newStub(channel).subscribe(this);
    synchronized (this) {
      requests.onNext(
          SubscribeRequest.newBuilder()
              .setStart(SubscribeStart.newBuilder().setDestination(destination))
              .setCredit(credit)
              .build());
    }
  }

  @Override
  public synchronized void beforeStart(ClientCallStreamObserver<SubscribeRequest> call) {
    requests = call;
  }

  @Override
  public synchronized void onNext(SubscribeResponse response) {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    for (DeliveredFire fire : response.getFiresList()) {
      fires.add(fire.getFireId());
      request.addAcks(SeqRange.newBuilder().setFirst(fire.getSeq()));
    }
    if (request.getAcksCount() > 0) {
      requests.onNext(request.setCredit(request.getAcksCount()).build());
    }
  }

  @Override
  public synchronized void onError(Throwable failure) {
    end = failure;
  }

  @Override
  public synchronized void onCompleted() {
    end = new IllegalStateException("completed");
  }

  synchronized int fires() {
    return fires.size();
  }

  synchronized Throwable end() {
    return end;
  }

  void awaitFires(int count) {
    await(count + " fires", () -> fires() >= count);
  }

  static void await(String what, BooleanSupplier condition) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new AssertionError("not within 60 s: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    requests.cancel("enough", null);
  }
}
