package io.carillon.master.api.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends what has waited too long. All wait equally long, so that who came first is over first: a
 * look at the head of a queue each second costs nothing beside a timer for each. Safe for use from
 * any thread.
 */
public final class Deadlines {

  private static final long LOOK_MILLIS = 1_000;

  private final long limitNanos;
  private final Executor look;
  private final ConcurrentLinkedQueue<Wait> waits = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  /** Something waited for, and until when. */
  private record Wait(CompletableFuture<?> future, long untilNanos) {}

  /**
   * @param executor where futures are ended whose time is over
   */
  public Deadlines(long limitMillis, Executor executor) {
    this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
    this.look =
        CompletableFuture.delayedExecutor(
            Math.min(LOOK_MILLIS, limitMillis), TimeUnit.MILLISECONDS, executor);
  }

  /** Ends it with a {@link TimeoutException} unless it is done within the limit, or soon after. */
  public <T> CompletableFuture<T> limit(CompletableFuture<T> future) {
    waits.add(new Wait(future, System.nanoTime() + limitNanos));
    if (!looking.get() && looking.compareAndSet(false, true)) {
      look.execute(this::look);
    }
    return future;
  }

  private void look() {
    long now = System.nanoTime();
    try {
      for (Wait first;
          (first = waits.peek()) != null
              && (first.future.isDone() || first.untilNanos - now <= 0); ) {
        waits.poll();
        first.future.completeExceptionally(new TimeoutException());
      }
    } finally {
      looking.set(false);
    }
    if (!waits.isEmpty() && looking.compareAndSet(false, true)) {
      look.execute(this::look);
    }
  }
}
