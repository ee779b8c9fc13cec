package io.carillon.master.delivery;

import io.carillon.master.loop.Threads;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that may wait for PostgreSQL. What waits here is bounded by who asks: a destination has
 * one read of each kind under way, a subscriber one.
 */
final class Readers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Readers.class);
  private static final int THREADS = 2;

  private final Consumer<Runnable> delivery;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Threads.named("carillon-delivery-read"));

  /**
   * @param delivery runs something on the thread of delivery
   */
  Readers(Consumer<Runnable> delivery) {
    this.delivery = delivery;
  }

  /** Throws a failure on from here if it is none that another try could mend. */
  static void check(Throwable failure) {
    if (failure instanceof Error bug) {
      throw bug;
    }
  }

  /** Runs a read on a thread that may block, then one of the others on that of delivery. */
  <T> void read(Callable<T> read, Consumer<T> done, Consumer<Throwable> failed) {
    try {
      threads.execute(() -> delivery.accept(answer(read, done, failed)));
    } catch (RejectedExecutionException e) {
      log.debug("a read is left out, as delivery stops");
    }
  }

  private static <T> Runnable answer(
      Callable<T> read, Consumer<T> done, Consumer<Throwable> failed) {
    try {
      T value = read.call();
      return () -> done.accept(value);
    } catch (Throwable failure) {
      return () -> {
        check(failure);
        failed.accept(failure);
      };
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
