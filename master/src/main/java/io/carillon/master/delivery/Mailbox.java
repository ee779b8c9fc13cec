package io.carillon.master.delivery;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands of any thread for one thread, which runs them in turn and is woken by them. */
final class Mailbox {

  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);
  private static final int MOST_IN_TURN = 10_000;

  private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Thread owner;
  private volatile boolean asleep;

  /**
   * @param owner the thread that runs the commands
   */
  Mailbox(Thread owner) {
    this.owner = owner;
  }

  /** Never blocks. */
  void post(Runnable command) {
    commands.add(command);
    wake();
  }

  void wake() {
    if (asleep) {
      LockSupport.unpark(owner);
    }
  }

  /** Runs those that wait, but not for ever. By the owner. */
  void run() {
    for (int i = 0; i < MOST_IN_TURN; i++) {
      Runnable command = commands.poll();
      if (command == null) {
        return;
      }
      try {
        command.run();
      } catch (RuntimeException bug) {
        log.error("bug in delivery", bug);
      }
    }
  }

  /**
   * Waits for a command or to be woken, no longer than this. By the owner.
   *
   * @param hasWork beside commands; whoever makes it true wakes the owner
   */
  void sleep(long micros, BooleanSupplier hasWork) {
    asleep = true;
    if (commands.isEmpty() && !hasWork.getAsBoolean()) {
      LockSupport.parkNanos(micros * 1_000);
    }
    asleep = false;
  }
}
