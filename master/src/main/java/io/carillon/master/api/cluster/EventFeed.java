package io.carillon.master.api.cluster;

import io.carillon.master.core.CoreEvent;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, and those who watch, what happens in the cluster. */
public final class EventFeed {

  private static final Logger log = LoggerFactory.getLogger("carillon.cluster");

  private final EventLines lines = new EventLines();

  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();

  private final AtomicLong clockDisagreements = new AtomicLong();

  /** Who leads. Every watcher hears of it first: no one could watch as it happened. */
  private final CoreEvent elected;

  public EventFeed(CoreEvent.LeaderElected elected) {
    this.elected = elected;
  }

  /** Whoever watches. */
  interface Watcher {
    /** Whether it can take an event. */
    boolean isReady();

    /**
     * @throws IllegalStateException if it has gone
     */
    void show(CoreEvent event);

    /** It takes no event in time, and gets none any more. */
    void giveUp();
  }

  synchronized void add(Watcher watcher) {
    watcher.show(elected);
    watchers.add(watcher);
  }

  void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** Does not block. */
  public synchronized void announce(CoreEvent event) {
    EventLines.Line line = event.accept(lines);
    if (line != null) {
      log.atLevel(line.level()).log(line.text());
    }
    if (event instanceof CoreEvent.ClockDisagreement) {
      clockDisagreements.incrementAndGet();
    }
    for (Watcher watcher : watchers) {
      try {
        if (watcher.isReady()) {
          watcher.show(event);
        } else {
          watchers.remove(watcher);
          watcher.giveUp();
        }
      } catch (IllegalStateException e) {
        watchers.remove(watcher);
      }
    }
  }

  /** How often clocks came to agree no more, or again. */
  long clockDisagreements() {
    return clockDisagreements.get();
  }
}
