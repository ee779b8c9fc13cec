package io.carillon.master.loop;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A thread that does one task after the other, each at its time. What a task throws is told, and
 * ends neither the thread nor what is to come again.
 */
public final class Worker implements AutoCloseable {

  private final ScheduledExecutorService thread;
  private final Consumer<Throwable> onFailure;

  /**
   * @param onFailure hears on the thread of what a task throws
   */
  public Worker(String name, Consumer<Throwable> onFailure) {
    this.thread = Executors.newSingleThreadScheduledExecutor(Threads.named(name));
    this.onFailure = onFailure;
  }

  /** Does it as soon as what was given before is done; void once it is closed. */
  public void run(Runnable task) {
    after(0, task);
  }

  /** Does it once, after so many ms; void once it is closed. */
  public void after(long millis, Runnable task) {
    try {
      var unused = thread.schedule(Vital.task(task, onFailure), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile.
    }
  }

  /** Does it again and again, so many ms after the end of the time before. */
  public void every(long firstMillis, long millis, Runnable task) {
    var unused =
        thread.scheduleWithFixedDelay(
            Vital.task(task, onFailure), firstMillis, millis, TimeUnit.MILLISECONDS);
  }

  public boolean isClosed() {
    return thread.isShutdown();
  }

  /**
   * The same as {@link #close()}, and waits for the end of what is being done, no longer than so.
   */
  public void close(long millis) {
    close();
    try {
      var unused = thread.awaitTermination(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts what is being done, and does no more. Does not wait. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
