package io.carillon.master.delivery;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that may wait for PostgreSQL. What waits here is bounded by who asks: a destination has
 * one read of each kind under way, a subscriber one.
 */
final class Readers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Readers.class);
  private static final int THREADS = 2;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, threads("carillon-delivery-read-%d"));

  static ThreadFactory threads(String format) {
    return new ThreadFactoryBuilder().setNameFormat(format).setDaemon(true).build();
  }

  /** Throws a failure on from here if it is none that another try could mend. */
  static void check(Throwable failure) {
    if (failure instanceof Error bug) {
      throw bug;
    }
  }

  /** {@code done} gets the value, or else the failure. */
  <T> void execute(Callable<T> read, BiConsumer<T, Throwable> done) {
    try {
      threads.execute(
          () -> {
            T value;
            try {
              value = read.call();
            } catch (Throwable failure) {
              done.accept(null, failure);
              return;
            }
            done.accept(value, null);
          });
    } catch (RejectedExecutionException e) {
      log.debug("a read is left out, as delivery stops");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
