package io.carillon.master.loop;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the threads of a master: daemons, each with a name that the table of threads in
 * ARCHITECTURE.md has. What ends one by surprise is in the log.
 */
public final class Threads {

  private static final Logger log = LoggerFactory.getLogger(Threads.class);

  private Threads() {}

  /** One, which is not started. */
  public static Thread named(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((of, failure) -> log.error("{} failed", name, failure));
    return thread;
  }

  /** Any number of the same name. */
  public static ThreadFactory named(String name) {
    return work -> named(name, work);
  }

  /** Any number, with a number from 0 on behind the name. */
  public static ThreadFactory numbered(String name) {
    AtomicInteger next = new AtomicInteger();
    return work -> named(name + "-" + next.getAndIncrement(), work);
  }
}
