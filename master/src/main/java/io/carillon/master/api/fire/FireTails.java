package io.carillon.master.api.fire;

import io.carillon.master.loop.Worker;
import io.carillon.master.store.fires.Ledger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open TailFires streams, served by one thread: it looks for new fires several times a second,
 * and reads for those streams that can take something.
 */
final class FireTails implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FireTails.class);
  private static final long POLL_MILLIS = 100;
  private static final int BATCH = 500;
  private static final long SPAN = 100_000;
  private static final int QUIET_POLLS = 50;

  /** Whoever watches. */
  interface Watcher {
    boolean isGone();

    /** Whether it can take something. */
    boolean isReady();

    /** Fires, perhaps none, and up to where of the log it has seen all. */
    void show(List<Ledger.Row> fires, long position);
  }

  private static final class Tail {
    final Watcher watcher;
    final String tenant;
    final List<Long> schedules;
    long position;
    long told;
    int quiet;

    Tail(Watcher watcher, String tenant, List<Long> schedules, long position) {
      this.watcher = watcher;
      this.tenant = tenant;
      this.schedules = schedules;
      this.position = position;
      this.told = position;
    }
  }

  private final Ledger ledger;
  private final List<Tail> tails = new CopyOnWriteArrayList<>();
  private final Worker thread = new Worker("carillon-tail", this::failed);
  private boolean failing;

  FireTails(Ledger ledger) {
    this.ledger = ledger;
    thread.after(POLL_MILLIS, this::poll);
  }

  /**
   * Begins to show what comes after a position.
   *
   * @param schedules their numbers; empty for all of the tenant
   */
  void add(Watcher watcher, String tenant, List<Long> schedules, long position) {
    tails.add(new Tail(watcher, tenant, schedules, position));
  }

  void remove(Watcher watcher) {
    tails.removeIf(tail -> tail.watcher == watcher);
  }

  private void poll() {
    boolean more = false;
    try {
      if (!tails.isEmpty()) {
        long end = ledger.logEnd();
        for (Tail tail : tails) {
          more |= serve(tail, end);
        }
      }
      failing = false;
    } catch (RuntimeException | Error e) {
      failed(e);
    }
    thread.after(more ? 1 : POLL_MILLIS, this::poll);
  }

  private void failed(Throwable failure) {
    if (!failing) {
      log.warn(
          "cannot read the log for those who watch it, will try again: {}", failure.toString());
    }
    failing = true;
  }

  /** Answers whether there is more for it at once. */
  private boolean serve(Tail tail, long end) {
    if (tail.watcher.isGone()) {
      tails.remove(tail);
      return false;
    }
    if (!tail.watcher.isReady()) {
      return false;
    }
    List<Ledger.Row> fires = List.of();
    long upTo = Math.min(end, tail.position + SPAN);
    if (upTo > tail.position) {
      fires = ledger.bySeq(tail.tenant, tail.schedules, tail.position, upTo, BATCH);
      tail.position = fires.size() == BATCH ? fires.get(BATCH - 1).seq() : upTo;
    }
    boolean moved = tail.position > tail.told && ++tail.quiet >= QUIET_POLLS;
    if (!fires.isEmpty() || moved) {
      tail.quiet = 0;
      tail.told = tail.position;
      tail.watcher.show(fires, tail.position);
    }
    return tail.position < end;
  }

  @Override
  public void close() {
    thread.close();
  }
}
