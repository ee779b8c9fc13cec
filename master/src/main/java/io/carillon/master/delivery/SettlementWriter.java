package io.carillon.master.delivery;

import io.carillon.master.core.delivery.DeliveryCore;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.loop.Threads;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.lead.DeposedException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the settlements of all destinations durable in one transaction, on a thread of its own.
 * Called by the thread of delivery, on which it tells the core how it went.
 */
final class SettlementWriter {

  private static final Logger log = LoggerFactory.getLogger(SettlementWriter.class);
  private static final int LAST_ROUNDS = 50;

  private final DeliveryState store;
  private final DeliveryCore core;
  private final Consumer<Runnable> delivery;
  private final Runnable deposed;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Threads.named("carillon-delivery-write"));
  private boolean failing;
  private boolean over;

  /**
   * @param delivery runs something on the thread of delivery
   * @param deposed called once if another master turns out to lead; nothing is written any more
   */
  SettlementWriter(
      DeliveryState store, DeliveryCore core, Consumer<Runnable> delivery, Runnable deposed) {
    this.store = store;
    this.core = core;
    this.delivery = delivery;
    this.deposed = deposed;
  }

  void write(List<Settlement> settlements, long now) {
    thread.execute(
        () -> {
          Throwable failure = attempt(settlements);
          delivery.accept(() -> onWritten(failure, now));
        });
  }

  private Throwable attempt(List<Settlement> settlements) {
    try {
      store.settle(settlements);
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  private void onWritten(Throwable failure, long now) {
    Readers.check(failure);
    if (failure == null) {
      failing = false;
      core.onSettled();
      return;
    }
    core.onSettlementFailed(now);
    if (isDeposed(failure)) {
      over = true;
      log.warn("another master leads: delivery ends here");
      deposed.run();
      return;
    }
    if (!failing) {
      log.warn("cannot store what was acknowledged, will try again: {}", failure.toString());
    }
    failing = true;
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
  void finish(Runnable answers, long now) {
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
      List<Settlement> left = core.settlements(now);
      if (left.isEmpty()) {
        return;
      }
      Throwable failure = attempt(left);
      onWritten(failure, now);
      if (failure != null) {
        return;
      }
    }
  }

  void close() {
    thread.shutdownNow();
  }
}
