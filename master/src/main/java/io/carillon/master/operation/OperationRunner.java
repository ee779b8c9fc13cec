package io.carillon.master.operation;

import io.carillon.common.time.TimeSource;
import io.carillon.master.loop.Threads;
import io.carillon.master.loop.Vital;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.operations.OperationState;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.operations.StoredOperation.Progress;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the operations of the leader: those that it begins, and those that an earlier leader has not
 * ended. They take turns on a few threads, part by part, so that a slow one holds up no other.
 *
 * <p>How far one has come is stored at least every second; where a leader ends between two writes,
 * it is the work's own business to find out what was done. While PostgreSQL is away, all wait.
 */
public final class OperationRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);
  private static final int THREADS = 4;
  private static final int LOOK_SECONDS = 5;

  /** No more run at a time. */
  public static final int MOST_RUNNING = 1_000;

  /** How long a cancellation waits at most to be seen. */
  private static final long LONGEST_WAIT_MICROS = 500_000;

  private static final long WRITE_MICROS = 400_000;
  private static final long RETRY_MICROS = 500_000;

  private final Operations operations;
  private final Function<StoredOperation, OperationWork> works;
  private final TimeSource time;
  private final LongConsumer onEnd;
  private final Runnable onDeposed;
  private final Consumer<Throwable> onFailure;
  private final Map<Long, Run> running = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(THREADS, Threads.numbered("carillon-operation"));

  /**
   * @param works makes the work of an operation, as far as it is not done; does not block
   * @param onEnd hears the number of each that has ended
   * @param onDeposed called if another master leads
   * @param onFailure hears of an Error, after which some operation does not go on
   */
  public OperationRunner(
      Operations operations,
      Function<StoredOperation, OperationWork> works,
      TimeSource time,
      LongConsumer onEnd,
      Runnable onDeposed,
      Consumer<Throwable> onFailure) {
    this.operations = operations;
    this.works = works;
    this.time = time;
    this.onEnd = onEnd;
    this.onDeposed = onDeposed;
    this.onFailure = onFailure;
  }

  /** Goes on with what an earlier leader has not ended. */
  public void start() {
    Runnable look = Vital.task(this::runAll, onFailure);
    var unused = threads.scheduleWithFixedDelay(look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Runs what is stored as running: also what was begun by a call that never heard whether it was.
   */
  private void runAll() {
    try {
      operations
          .list(StoredOperation.ALL, true, Long.MAX_VALUE, 2 * MOST_RUNNING)
          .forEach(operation -> run(operation.num()));
    } catch (RuntimeException e) {
      log.debug("will look for operations again: {}", e.toString());
    }
  }

  public boolean isFull() {
    return running.size() >= MOST_RUNNING;
  }

  /** Runs an operation that is stored. No effect on one that runs, or has ended. */
  public void run(long num) {
    Run run = new Run(num);
    if (running.putIfAbsent(num, run) == null) {
      after(0, run);
    }
  }

  /** Stops an operation soon. What is stored says that it is to stop. */
  public void cancel(long num) {
    Run run = running.get(num);
    if (run != null) {
      run.stop = true;
    }
  }

  private void after(long micros, Run run) {
    try {
      Runnable part = Vital.task(run, onFailure);
      var unused =
          threads.schedule(part, Math.min(micros, LONGEST_WAIT_MICROS), TimeUnit.MICROSECONDS);
    } catch (RejectedExecutionException e) {
      // The master stops; the next one goes on.
    }
  }

  /** An operation that runs. Its parts follow one another, on any thread. */
  private final class Run implements Runnable {

    private final long num;
    private volatile boolean stop;
    private StoredOperation operation;
    private OperationWork work;
    private long writtenAt;
    private boolean failing;

    /** How it ended, as long as that is not stored; else null. */
    private OperationState endState;

    private Progress end;

    Run(long num) {
      this.num = num;
    }

    @Override
    public void run() {
      long wait;
      try {
        if (work == null && endState == null && !begin()) {
          running.remove(num);
          return;
        }
        wait = endState == null ? step() : OperationWork.DONE;
        if (endState != null) {
          storeEnd();
          return;
        }
        failing = false;
      } catch (DeposedException e) {
        onDeposed.run();
        return;
      } catch (RuntimeException e) {
        wait = onFailure(e);
      }
      after(wait, this);
    }

    /** Answers false if it has ended: its end is stored before another run can begin. */
    private boolean begin() {
      operation = operations.find(num).filter(StoredOperation::isRunning).orElse(null);
      if (operation == null) {
        return false;
      }
      stop |= operation.cancelled();
      work = works.apply(operation);
      writtenAt = time.monotonicMicros();
      log.info("runs operation {}: {}", num, operation.order().description());
      return true;
    }

    private long step() {
      boolean stopped = stop;
      long wait;
      try {
        wait = work.step(stopped);
      } catch (OperationFailedException e) {
        end(OperationState.FAILED, e.getMessage());
        return OperationWork.DONE;
      }
      Progress progress = work.progress();
      if (wait == OperationWork.DONE) {
        boolean failed = !progress.error().isEmpty();
        end(
            stopped
                ? OperationState.CANCELLED
                : failed ? OperationState.FAILED : OperationState.SUCCEEDED,
            progress.error());
        return wait;
      }
      if (time.monotonicMicros() - writtenAt >= WRITE_MICROS) {
        stop |= operations.progress(num, progress, time.nowMicros());
        writtenAt = time.monotonicMicros();
      }
      return wait;
    }

    private void end(OperationState state, String error) {
      Progress progress = work == null ? operation.progress() : work.progress();
      endState = state;
      end = new Progress(progress.done(), progress.position(), error);
    }

    private void storeEnd() {
      operations.end(num, endState, end, time.nowMicros());
      running.remove(num);
      log.info(
          "operation {} has ended in state {}, {} done: {} {}",
          num,
          endState,
          end.done(),
          operation.order().description(),
          end.error());
      onEnd.accept(num);
    }

    /** Trouble with the store passes; anything else is a bug of ours. */
    private long onFailure(RuntimeException e) {
      if (DatabaseUnavailableException.explains(e) || threads.isShutdown()) {
        if (!failing && !threads.isShutdown()) {
          log.warn("operation {} waits for the store: {}", num, e.toString());
        }
        failing = true;
        return RETRY_MICROS;
      }
      String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
      if (!failing) {
        log.error("internal error {} in operation {}", id, num, e);
      }
      failing = true;
      if (operation != null && endState == null) {
        end(OperationState.FAILED, "internal error: the log of the master has it under " + id);
      }
      return RETRY_MICROS;
    }
  }

  /** Stops as it is; a later leader goes on. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(2, TimeUnit.SECONDS)) {
        log.warn("an operation does not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
