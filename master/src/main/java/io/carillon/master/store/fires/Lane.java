package io.carillon.master.store.fires;

import io.carillon.master.core.write.LaneWrite;
import io.carillon.master.core.write.StoreAnswer;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.loop.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that executes writes one after the other, each until its outcome is known: {@link
 * LaneWrite} decides what follows on each call. While PostgreSQL is away it waits here.
 */
final class Lane implements LaneWrite.Listener {

  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  private final String name;
  private final StoreCalls calls;
  private final Lanes.Listener listener;
  private final ExecutorService thread;
  private final AtomicInteger tasks = new AtomicInteger();

  /** When something was done last, or began to be waited for; of {@link System#nanoTime}. */
  private volatile long progress = System.nanoTime();

  private volatile boolean closed;

  Lane(String name, StoreCalls calls, Lanes.Listener listener) {
    this.name = name;
    this.calls = calls;
    this.listener = listener;
    this.thread = Executors.newSingleThreadExecutor(Threads.named(name));
  }

  String name() {
    return name;
  }

  /** Runs after all that was given before. What it throws ends the leadership. */
  void execute(Supplier<LaneWrite> write) {
    if (tasks.getAndIncrement() == 0) {
      progress = System.nanoTime();
    }
    thread.execute(
        () -> {
          try {
            run(write.get());
          } catch (Throwable bug) {
            listener.broken(bug);
          } finally {
            progress = System.nanoTime();
            tasks.decrementAndGet();
          }
        });
  }

  private void run(LaneWrite first) {
    LaneWrite write = first;
    while (write != null && !closed) {
      pause(write.pauseMicros());
      LaneWrite next = write.answered(write.call().accept(calls));
      if (next != write) {
        progress = System.nanoTime();
      }
      write = next;
    }
  }

  /** For how long nothing has come to an end though something was waiting for it. */
  long standstillNanos() {
    long since = progress;
    return tasks.get() == 0 ? 0 : System.nanoTime() - since;
  }

  @Override
  public void available(boolean available, StoreAnswer last) {
    if (available) {
      log.info("the store answers again");
    } else {
      log.warn("the store does not answer, trying again: {}", last.reason());
    }
    listener.available(available);
  }

  @Override
  public void over(StoreAnswer why) {
    if (why.ending() == Ending.STALE_EPOCH) {
      listener.fatal("another master took the lead: " + why.reason());
    } else {
      listener.broken(why.failure());
    }
  }

  private static void pause(long micros) {
    if (micros > 0) {
      try {
        TimeUnit.MICROSECONDS.sleep(micros);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes no more. */
  void shutDown() {
    thread.shutdown();
  }

  boolean awaitEnd(long seconds) throws InterruptedException {
    return thread.awaitTermination(seconds, TimeUnit.SECONDS);
  }

  /** Tries nothing again. */
  void giveUp() {
    closed = true;
    thread.shutdownNow();
  }
}
