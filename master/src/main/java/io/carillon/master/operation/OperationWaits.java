package io.carillon.master.operation;

import io.carillon.master.loop.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Who waits for the end of operations. No thread of theirs does: each is called back, on a thread
 * of this class, when the operation has ended or its time is up, whichever is first. All operations
 * of a leader end in its process, so nobody has to look at the store meanwhile.
 */
public final class OperationWaits implements AutoCloseable {

  private static final int THREADS = 2;

  private final Map<Long, List<Waiter>> waiting = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(THREADS, Threads.numbered("carillon-wait"));

  public OperationWaits() {
    threads.setRemoveOnCancelPolicy(true);
  }

  private static final class Waiter {
    final Runnable callback;
    java.util.concurrent.Future<?> timeout;

    Waiter(Runnable callback) {
      this.callback = callback;
    }
  }

  /**
   * Waits.
   *
   * @param callback called once, or never if what is answered was run before
   * @return gives the wait up
   */
  public Runnable await(long num, long micros, Runnable callback) {
    Waiter waiter = new Waiter(callback);
    waiting.compute(
        num,
        (key, others) -> {
          List<Waiter> all = others == null ? new ArrayList<>() : others;
          all.add(waiter);
          waiter.timeout =
              threads.schedule(() -> timeIsUp(num, waiter), micros, TimeUnit.MICROSECONDS);
          return all;
        });
    return () -> {
      if (remove(num, waiter)) {
        waiter.timeout.cancel(false);
      }
    };
  }

  private void timeIsUp(long num, Waiter waiter) {
    if (remove(num, waiter)) {
      waiter.callback.run();
    }
  }

  private boolean remove(long num, Waiter waiter) {
    boolean[] removed = new boolean[1];
    waiting.computeIfPresent(
        num,
        (key, all) -> {
          removed[0] = all.remove(waiter);
          return all.isEmpty() ? null : all;
        });
    return removed[0];
  }

  /** Calls back all who wait for it. */
  public void ended(long num) {
    List<Waiter> all = waiting.remove(num);
    if (all == null) {
      return;
    }
    for (Waiter waiter : all) {
      waiter.timeout.cancel(false);
      try {
        threads.execute(waiter.callback);
      } catch (RejectedExecutionException e) {
        // The master stops, and its calls end with it.
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
