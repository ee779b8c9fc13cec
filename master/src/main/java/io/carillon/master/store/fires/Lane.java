package io.carillon.master.store.fires;

import io.carillon.master.core.WriteTries;
import io.carillon.master.core.WriteTries.Ending;
import io.carillon.master.core.WriteTries.Next;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.schedules.ScheduleStore.RejectedWriteException;
import io.carillon.master.store.sql.StoreMismatchException;
import io.carillon.master.store.sql.WriteFault;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that executes writes one after the other, each until its outcome is known: {@link
 * WriteTries} decides what follows on each try. While PostgreSQL is away it waits here.
 */
final class Lane {

  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  /** Hears what a lane cannot settle itself. Called from the lane's thread. */
  interface Listener {
    /** The store began or ceased to answer. */
    void available(boolean available);

    /** This master must not go on: what is stored is not what it believes. */
    void fatal(String reason);

    /** The lane is broken, whatever is stored. */
    void broken(Throwable bug);
  }

  /** A write, one try. */
  interface Write {
    void run() throws Exception;
  }

  /** Whether an earlier try happened. */
  interface Check {
    boolean isDone();
  }

  /** How a write ended: DONE, REJECTED and why, or OVER; and how often it was tried. */
  record Outcome(Next next, int attempts, Exception refusal) {}

  private final String name;
  private final Listener listener;
  private final ExecutorService thread;
  private final AtomicInteger tasks = new AtomicInteger();

  /** When something was done last, or began to be waited for; of {@link System#nanoTime}. */
  private volatile long progress = System.nanoTime();

  private volatile boolean closed;

  Lane(String name, Listener listener) {
    this.name = name;
    this.listener = listener;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  String name() {
    return name;
  }

  /** Runs after all that was given before. What it throws ends the leadership. */
  void execute(Runnable task) {
    if (tasks.getAndIncrement() == 0) {
      progress = System.nanoTime();
    }
    thread.execute(
        () -> {
          try {
            task.run();
          } catch (Throwable bug) {
            listener.broken(bug);
          } finally {
            progress = System.nanoTime();
            tasks.decrementAndGet();
          }
        });
  }

  /** For how long nothing has come to an end though something was waiting for it. */
  long standstillNanos() {
    long since = progress;
    return tasks.get() == 0 ? 0 : System.nanoTime() - since;
  }

  /** Tries until the outcome is known. */
  Outcome persist(Write write, Check check) {
    WriteTries tries = new WriteTries();
    boolean away = false;
    Exception last = null;
    Next next = Next.TRY_AGAIN;
    while (!closed) {
      if (next == Next.TRY_AGAIN) {
        last = attempt(write);
        next = tries.tried(ending(last));
      } else {
        Boolean found = read(check);
        next = found == null ? tries.readFailed() : tries.readBack(found);
      }
      boolean waits = next == Next.TRY_AGAIN || next == Next.READ_BACK_AGAIN;
      if (waits && !away) {
        away = true;
        log.warn("the store does not answer, trying again: {}", WriteFault.text(last));
        listener.available(false);
      }
      if (next == Next.DONE || next == Next.REJECTED) {
        answersAgain(away, tries.attempts());
        progress = System.nanoTime();
        return new Outcome(next, tries.attempts(), last);
      }
      if (next == Next.OVER) {
        over(last);
        break;
      }
      if (waits) {
        pause(tries.pauseMicros());
      }
    }
    return new Outcome(Next.OVER, tries.attempts(), last);
  }

  private static Exception attempt(Write write) {
    try {
      write.run();
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  /** Null if the store does not answer. */
  private static Boolean read(Check check) {
    try {
      return check.isDone();
    } catch (RuntimeException e) {
      if (WriteFault.of(e) == WriteFault.UNKNOWN) {
        return null;
      }
      throw e;
    }
  }

  private static Ending ending(Exception failure) {
    if (failure == null) {
      return Ending.COMMITTED;
    }
    if (failure instanceof DeposedException) {
      return Ending.STALE_EPOCH;
    }
    if (failure instanceof RejectedWriteException || failure instanceof StoreMismatchException) {
      return Ending.REJECTED;
    }
    return switch (WriteFault.of(failure)) {
      case DEPOSED -> Ending.STALE_EPOCH;
      case MISMATCH, INTEGRITY -> Ending.MISMATCH;
      case DATA, STATEMENT -> Ending.REJECTED;
      case BUG -> Ending.BROKEN;
      case UNKNOWN -> Ending.UNKNOWN;
    };
  }

  private void answersAgain(boolean wasAway, int attempts) {
    if (wasAway) {
      log.info("the store answers again, after {} tries", attempts);
      listener.available(true);
    }
  }

  private void over(Exception reason) {
    if (ending(reason) == Ending.STALE_EPOCH) {
      listener.fatal("another master took the lead: " + reason.getMessage());
    } else {
      listener.broken(reason);
    }
  }

  private static void pause(long micros) {
    try {
      TimeUnit.MICROSECONDS.sleep(micros);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
