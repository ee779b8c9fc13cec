package io.carillon.master.app;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.time.TimeSource;
import io.carillon.master.loop.Worker;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.fires.LogPartitions;
import io.carillon.master.store.operations.Operations;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a leader does now and then, on a thread of its own. */
final class Upkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  /** Longer than the API promises. */
  private static final long REQUESTS_KEPT_MICROS = 25 * 3_600_000_000L;

  /** 30 days. */
  private static final long OPERATIONS_KEPT_MICROS = 30 * 86_400_000_000L;

  /** A new leader has better things to do first than what can wait. */
  private static final long CATCH_UP_MILLIS = 1_500;

  private final TimeSource time;
  private final ClusterStore cluster;
  private final Worker thread;

  /**
   * Keeps the log's index by seq young, and forgets old request ids.
   *
   * @param onFailure hears of an Error, after which something is not kept up
   */
  Upkeep(TimeSource time, ClusterStore cluster, LogPartitions days, Consumer<Throwable> onFailure) {
    this.thread = new Worker("carillon-upkeep", onFailure);
    this.time = time;
    this.cluster = cluster;
    soon(this::tellOfOtherZones);
    every(5, days::summarize);
    every(600, () -> cluster.forgetRequests(time.nowMicros() - REQUESTS_KEPT_MICROS));
  }

  /** Forgets operations that ended long ago. */
  void forget(Operations operations) {
    every(3_600, () -> operations.forgetEnded(time.nowMicros() - OPERATIONS_KEPT_MICROS));
  }

  private void tellOfOtherZones() {
    String version = ScheduleSpec.tzdbVersion();
    int revisions = cluster.revisionsUnderOtherZones(version);
    if (revisions > 0) {
      log.warn(
          "the time zone rules are of version {}, but {} open schedules by the calendar were made"
              + " under another: where the rules of their zones changed, so do their times",
          version,
          revisions);
    }
  }

  /** Does it once, when a new leader has caught up with what was due meanwhile. */
  void soon(Runnable task) {
    thread.after(CATCH_UP_MILLIS, attempt(task));
  }

  private void every(int seconds, Runnable task) {
    long millis = TimeUnit.SECONDS.toMillis(seconds);
    thread.every(millis, millis, attempt(task));
  }

  private static Runnable attempt(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.debug("upkeep waits for its next time: {}", e.toString());
      }
    };
  }

  @Override
  public void close() {
    thread.close();
  }
}
