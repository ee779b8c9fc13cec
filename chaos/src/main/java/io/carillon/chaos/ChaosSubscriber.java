package io.carillon.chaos;

import com.google.protobuf.util.Timestamps;
import io.carillon.bench.load.WallClock;
import io.carillon.chaos.Evidence.Received;
import io.carillon.client.CarillonClient;
import io.carillon.client.Delivery;
import io.carillon.client.Subscription;
import io.carillon.client.SubscriptionOptions;
import io.carillon.v1.DeliveredFire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Takes the fires of a destination, refuses some at first, and keeps a log of all. */
final class ChaosSubscriber implements AutoCloseable {

  /** One of so many first attempts is refused. */
  private static final int REFUSED = 50;

  private final String destination;
  private final Random random;
  private final long slowness;
  private final List<Received> log = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();
  private final Subscription subscription;
  private int connects;

  /**
   * @param destination id
   * @param slowness milliseconds that it takes over every tenth fire
   */
  ChaosSubscriber(CarillonClient client, String destination, Random random, long slowness) {
    this.destination = destination;
    this.random = random;
    this.slowness = slowness;
    this.subscription =
        client.subscribe(
            SpecWire.TENANT + "/destinations/" + destination,
            this::handle,
            SubscriptionOptions.defaults()
                .withSubscriber("chaos")
                .withWindow(slowness > 0 ? 500 : 10_000)
                .withOnConnect(this::connected));
  }

  private synchronized void connected() {
    connects++;
  }

  private void handle(Delivery delivery) throws InterruptedException {
    long at = WallClock.nowMicros();
    DeliveredFire fire = delivery.fire();
    boolean refused = fire.getAttempt() == 1 && random.nextInt(REFUSED) == 0;
    String name = fire.getSchedule().substring(fire.getSchedule().lastIndexOf('/') + 1);
    synchronized (this) {
      log.add(
          new Received(
              fire.getFireId(),
              names.computeIfAbsent(name, same -> same),
              Timestamps.toMicros(fire.getNominalTime()),
              fire.getManual(),
              Integer.parseInt(fire.getPayload().toStringUtf8()),
              destination,
              at,
              !refused));
    }
    if (refused) {
      delivery.nack(Duration.ofMillis(300));
    } else {
      delivery.ack();
    }
    if (slowness > 0 && random.nextInt(10) == 0) {
      Thread.sleep(slowness);
    }
  }

  synchronized List<Received> log() {
    return List.copyOf(log);
  }

  synchronized int size() {
    return log.size();
  }

  /** How often a stream was opened. */
  synchronized int connects() {
    return connects;
  }

  /** Why it ended by itself, which it never should; null if it has not. */
  String ended() {
    CompletableFuture<Void> end = subscription.whenEnded();
    return end.isCompletedExceptionally()
        ? destination + ": " + end.handle((none, failure) -> failure).join()
        : null;
  }

  @Override
  public void close() {
    subscription.close();
  }
}
