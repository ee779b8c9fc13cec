package io.carillon.cli.server;

import io.carillon.clocknode.app.Termination;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A clock node that is started again whenever it ends by itself, as one that was fenced does: the
 * cluster of {@code dev} has nobody else who would. Pauses grow, so that two who fence each other
 * do not do it all the time.
 */
final class KeptNode implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KeptNode.class);
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;

  /** One that ran for so long begins with the first pause again. */
  private static final long PROVEN_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Callable<RunningNode> start;
  private RunningNode node;
  private long startedAt;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private boolean closed;

  /**
   * @throws Exception if it does not start the first time
   */
  KeptNode(Callable<RunningNode> start) throws Exception {
    this.start = start;
    run();
  }

  synchronized String id() {
    return node.id();
  }

  private synchronized void run() throws Exception {
    if (closed) {
      return;
    }
    startedAt = System.nanoTime();
    node = start.call();
    var unused = node.ended().thenAccept(this::ended);
  }

  private synchronized void ended(Termination end) {
    if (closed) {
      return;
    }
    if (System.nanoTime() - startedAt > PROVEN_NANOS) {
      pauseMillis = FIRST_PAUSE_MILLIS;
    }
    log.warn("node {} ended ({}); it is started again in {} ms", id(), end.outcome(), pauseMillis);
    later();
  }

  private void later() {
    CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS).execute(this::runAgain);
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
  }

  private synchronized void runAgain() {
    try {
      run();
    } catch (Exception e) {
      log.warn("node {} does not start: {}", id(), e.toString());
      later();
    }
  }

  /** Ends it without draining, and for good. */
  @Override
  public void close() {
    RunningNode last;
    synchronized (this) {
      closed = true;
      last = node;
    }
    last.abandon();
  }
}
