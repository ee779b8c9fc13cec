package io.carillon.master.api.delivery;

import com.google.protobuf.Duration;
import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Texts;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.delivery.Feedback;
import io.carillon.master.core.delivery.Feedback.Ack;
import io.carillon.master.core.delivery.Feedback.Refusal;
import io.carillon.master.core.delivery.SubscriptionEnd;
import io.carillon.master.delivery.Batch;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.delivery.Sink;
import io.carillon.master.delivery.Subscription;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * One Subscribe stream. The transport's thread calls the observer's methods, one at a time; once
 * subscribed, only the thread of delivery puts something on the stream.
 */
final class SubscribeCall implements StreamObserver<SubscribeRequest>, Sink {

  private static final int MAX_CREDIT = 100_000;
  private static final int MAX_SUBSCRIBER = 100;
  private static final int MAX_REASON = 1000;
  private static final long DEFAULT_NACK_MICROS = 1_000_000;
  private static final long MAX_NACK_MICROS = 24 * 3_600_000_000L;

  private final ServerCallStreamObserver<SubscribeResponse> call;
  private final DeliveryHub hub;
  private final ToIntFunction<String> destinations;
  // Written by the transport's threads, which take turns.
  private volatile Subscription subscription;
  private boolean over;

  SubscribeCall(
      ServerCallStreamObserver<SubscribeResponse> call,
      DeliveryHub hub,
      ToIntFunction<String> destinations) {
    this.call = call;
    this.hub = hub;
    this.destinations = destinations;
  }

  // ---- from the client

  @Override
  public void onNext(SubscribeRequest request) {
    if (over) {
      return;
    }
    try {
      Subscription open = subscription;
      if (open == null) {
        Faults faults = new Faults();
        faults.in(() -> checkFlow(request));
        int destination = faults.in(() -> destination(request), 0);
        faults.refuse();
        if (!hub.isServing()) {
          throw unavailable("NOT_LEADER", "this master does not lead: subscribe again");
        }
        open = hub.subscribe(destination, this);
        subscription = open;
      } else {
        if (request.hasStart()) {
          throw ApiException.invalid(
              "start", "FIELD_OUT_OF_PLACE", "may only be in the first message");
        }
        checkFlow(request);
      }
      open.receive(feedback(request));
    } catch (Throwable failure) {
      over = true;
      leave(() -> call.onError(Calls.refusal(failure)));
    }
  }

  private int destination(SubscribeRequest request) {
    if (!request.hasStart()) {
      throw ApiException.required("start");
    }
    Faults faults = new Faults();
    String subscriber = request.getStart().getSubscriber();
    faults.in(() -> Texts.line("start.subscriber", subscriber, MAX_SUBSCRIBER));
    String name = request.getStart().getDestination();
    int destination = faults.in(() -> destinations.applyAsInt(name), 0);
    faults.refuse();
    return destination;
  }

  private static void checkFlow(SubscribeRequest request) {
    Faults faults = new Faults();
    if (request.getCredit() < 0 || request.getCredit() > MAX_CREDIT) {
      faults.add(
          ApiException.invalid("credit", "FIELD_OUT_OF_RANGE", "must be 0 to " + MAX_CREDIT));
    }
    for (int i = 0; i < request.getAcksCount() && !faults.isFull(); i++) {
      SeqRange range = request.getAcks(i);
      if (range.getFirst() < 1 || (range.getLast() != 0 && range.getLast() < range.getFirst())) {
        faults.add(
            ApiException.invalid(
                "acks[" + i + "]",
                "FIELD_OUT_OF_RANGE",
                "first must be 1 or more, and last 0 or not below first"));
      }
    }
    for (int i = 0; i < request.getNacksCount() && !faults.isFull(); i++) {
      String path = "nacks[" + i + "]";
      Nack nack = request.getNacks(i);
      if (nack.getSeq() < 1) {
        faults.add(ApiException.invalid(path + ".seq", "FIELD_OUT_OF_RANGE", "must be 1 or more"));
      }
      if (nack.getAttempt() < 0) {
        throw ApiException.invalid(
            "nacks[" + i + "].attempt", "FIELD_OUT_OF_RANGE", "must not be negative");
      }
      Duration delay = nack.getDelay();
      faults.in(
          () ->
              Timestamps.micros(
                  path + ".delay", delay, 0, MAX_NACK_MICROS, "0 seconds to 24 hours"));
      faults.in(() -> Texts.line(path + ".reason", nack.getReason(), MAX_REASON));
    }
    faults.refuse();
  }

  private static Feedback feedback(SubscribeRequest request) {
    List<Ack> acks = new ArrayList<>(request.getAcksCount());
    for (SeqRange range : request.getAcksList()) {
      acks.add(
          new Ack(range.getFirst(), range.getLast() == 0 ? range.getFirst() : range.getLast()));
    }
    List<Refusal> refusals = new ArrayList<>(request.getNacksCount());
    for (Nack nack : request.getNacksList()) {
      Duration delay = nack.getDelay();
      long micros =
          nack.hasDelay()
              ? delay.getSeconds() * 1_000_000 + delay.getNanos() / 1_000
              : DEFAULT_NACK_MICROS;
      refusals.add(new Refusal(nack.getSeq(), nack.getAttempt(), micros, nack.getReason()));
    }
    return new Feedback(request.getCredit(), acks, refusals);
  }

  @Override
  public void onError(Throwable failure) {
    onCancelled();
  }

  @Override
  public void onCompleted() {
    if (!over) {
      over = true;
      leave(call::onCompleted);
    }
  }

  void onCancelled() {
    over = true;
    leave(() -> {});
  }

  void onReady() {
    Subscription open = subscription;
    if (open != null) {
      open.onReady();
    }
  }

  /** Ends the subscription, if there is one, before the stream: it may be sending right now. */
  private void leave(Runnable farewell) {
    Subscription open = subscription;
    if (open == null) {
      farewell.run();
    } else {
      open.leave(farewell);
    }
  }

  // ---- from delivery

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void open() {
    call.onNext(SubscribeResponse.getDefaultInstance());
  }

  @Override
  public void send(Batch batch) {
    call.onNext(DeliveryMessages.message(batch));
  }

  @Override
  public void onTaken() {
    call.request(1);
  }

  @Override
  public void end(SubscriptionEnd ending) {
    ApiException why =
        switch (ending) {
          case DESTINATION_DELETED ->
              ApiException.of(
                  Code.NOT_FOUND, "DESTINATION_NOT_FOUND", "the destination was deleted", Map.of());
          case NOT_LEADER -> unavailable("NOT_LEADER", "another master leads: subscribe again");
          case STOPPING -> unavailable("STOPPING", "this master is stopping: subscribe again");
          case STORE_UNAVAILABLE ->
              unavailable("STORE_UNAVAILABLE", "the store cannot be reached: subscribe again");
          case INTERNAL ->
              ApiException.of(
                  Code.INTERNAL, "INTERNAL", "internal error: see the log of the master", Map.of());
        };
    call.onError(why.toStatus());
  }

  private static ApiException unavailable(String reason, String message) {
    return ApiException.of(Code.UNAVAILABLE, reason, message, Map.of());
  }
}
