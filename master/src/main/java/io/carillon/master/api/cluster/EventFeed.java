package io.carillon.master.api.cluster;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.core.CoreEvent;
import io.carillon.v1.ClusterEvent;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, and those who watch, what happens in the cluster. */
public final class EventFeed {

  private static final Logger log = LoggerFactory.getLogger("carillon.cluster");

  private final EventMessages messages = new EventMessages();
  private final EventLines lines = new EventLines();

  private final Set<ServerCallStreamObserver<ClusterEvent>> watchers =
      ConcurrentHashMap.newKeySet();

  private final AtomicLong clockDisagreements = new AtomicLong();

  /** Who leads. Every watcher hears of it first: no one could watch as it happened. */
  private final ClusterEvent elected;

  public EventFeed(CoreEvent.LeaderElected elected) {
    this.elected = messages.on(elected);
  }

  synchronized void add(ServerCallStreamObserver<ClusterEvent> watcher) {
    watcher.setOnCancelHandler(() -> watchers.remove(watcher));
    watcher.onNext(elected);
    watchers.add(watcher);
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
    ClusterEvent message = event.accept(messages);
    for (ServerCallStreamObserver<ClusterEvent> watcher : watchers) {
      try {
        if (watcher.isReady()) {
          watcher.onNext(message);
        } else {
          watchers.remove(watcher);
          watcher.onError(
              ApiException.of(
                      Code.RESOURCE_EXHAUSTED,
                      "WATCH_TOO_SLOW",
                      "the watcher does not take its events: list nodes and partitions, and watch"
                          + " again",
                      Map.of())
                  .toStatus());
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
