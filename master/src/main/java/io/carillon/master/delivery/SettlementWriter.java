package io.carillon.master.delivery;

import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.lead.DeposedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the settlements of all destinations durable, several times a second in one transaction on a
 * thread of its own. Called by the thread of delivery, which it tells how it went.
 */
final class SettlementWriter {

  private static final Logger log = LoggerFactory.getLogger(SettlementWriter.class);
  private static final long INTERVAL_MICROS = 100_000;
  private static final long RETRY_MICROS = 1_000_000;
  private static final int LAST_ROUNDS = 50;

  private final DeliveryState store;
  private final Consumer<Runnable> delivery;
  private final Runnable deposed;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Readers.threads("carillon-delivery-write"));
  private List<DeliveryLane> lanes = new ArrayList<>();
  private List<Settlement> settlements = new ArrayList<>();
  private long dueAt = Long.MIN_VALUE;
  private boolean writing;
  private boolean failing;
  private boolean over;

  SettlementWriter(DeliveryState store, Consumer<Runnable> delivery, Runnable deposed) {
    this.store = store;
    this.delivery = delivery;
    this.deposed = deposed;
  }

  boolean isDue(long now) {
    return !writing && !over && now >= dueAt;
  }

  void collect(DeliveryLane lane, long now) {
    Settlement settlement = lane.wantedSettlement(now);
    if (settlement != null) {
      lanes.add(lane);
      settlements.add(settlement);
    }
  }

  void write(long now) {
    dueAt = now + INTERVAL_MICROS;
    if (settlements.isEmpty()) {
      return;
    }
    List<DeliveryLane> of = lanes;
    List<Settlement> batch = settlements;
    lanes = new ArrayList<>();
    settlements = new ArrayList<>();
    writing = true;
    thread.execute(
        () -> {
          Throwable failure = attempt(batch);
          delivery.accept(() -> onWritten(of, failure, now));
        });
  }

  private Throwable attempt(List<Settlement> batch) {
    try {
      store.settle(batch);
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  private void onWritten(List<DeliveryLane> of, Throwable failure, long now) {
    Readers.check(failure);
    writing = false;
    for (DeliveryLane lane : of) {
      if (lane.isClosed()) {
        continue;
      }
      if (failure == null) {
        lane.onSettled();
      } else {
        lane.onSettlementFailed();
      }
    }
    if (failure == null) {
      failing = false;
    } else if (isDeposed(failure)) {
      over = true;
      log.warn("another master leads: delivery ends here");
      deposed.run();
    } else {
      dueAt = now + RETRY_MICROS;
      if (!failing) {
        log.warn("cannot store what was acknowledged, will try again: {}", failure.toString());
      }
      failing = true;
    }
  }

  private static boolean isDeposed(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof DeposedException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Makes durable what is left, if PostgreSQL is there, and lets go of the thread.
   *
   * @param answers runs what was given to {@code delivery}
   */
  void finish(List<DeliveryLane> all, Runnable answers, long now) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    answers.run();
    for (int round = 0; round < LAST_ROUNDS && !over; round++) {
      all.forEach(lane -> collect(lane, now));
      if (settlements.isEmpty()) {
        return;
      }
      List<DeliveryLane> of = lanes;
      Throwable failure = attempt(settlements);
      lanes = new ArrayList<>();
      settlements = new ArrayList<>();
      onWritten(of, failure, now);
      if (failure != null) {
        return;
      }
    }
  }

  void close() {
    thread.shutdownNow();
  }
}
