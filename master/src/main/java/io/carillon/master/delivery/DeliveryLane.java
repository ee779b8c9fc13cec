package io.carillon.master.delivery;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.DeliveryLimits;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.Dispatcher;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.Send;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.delivery.Outbox.Pumped;
import io.carillon.master.delivery.ScheduleDirectory.Key;
import io.carillon.master.delivery.SubscriberLink.Ending;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.delivery.DeliveryState.LogStretch;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One destination and its subscribers: carries out what the {@link Dispatcher} decides. Everything
 * in it runs on the thread of delivery.
 */
final class DeliveryLane {

  private static final Logger log = LoggerFactory.getLogger(DeliveryLane.class);
  private static final int SENDS_PER_STEP = 4;
  private static final long RETRY_MICROS = 250_000;
  private static final long DEFAULT_NACK_MICROS = 1_000_000;

  final int destination;
  boolean touched;
  private final DeliveryHub hub;
  private final DeliveryState store;
  private final ScheduleDirectory directory;
  private final Map<Integer, Subscription> subscriptions = new LinkedHashMap<>();
  private Dispatcher dispatcher;
  private DeliveryPolicy policy;
  private long policyVersion;
  private long retryAt = Long.MIN_VALUE;
  private boolean closed;

  DeliveryLane(int destination, DeliveryHub hub, DeliveryState store, ScheduleDirectory directory) {
    this.destination = destination;
    this.hub = hub;
    this.store = store;
    this.directory = directory;
  }

  /** Fetches where delivery stands; subscribers wait for it. */
  void load() {
    hub.read(
        this,
        () -> store.start(destination),
        start -> {
          if (start.isEmpty()) {
            hub.drop(this, Ending.DESTINATION_DELETED);
            return;
          }
          DeliveryState.Start from = start.get();
          setPolicy(from.policy(), from.version());
          dispatcher =
              new Dispatcher(
                  destination,
                  policy,
                  DeliveryLimits.DEFAULT,
                  from.cursor(),
                  from.progress(),
                  hub.logEnd(),
                  hub.now());
          subscriptions.values().forEach(this::open);
        },
        failure -> {
          log.warn(
              "cannot read how delivery to destination number {} stands: {}",
              destination,
              failure.toString());
          hub.drop(this, Ending.STORE_UNAVAILABLE);
        });
  }

  void setPolicy(DeliveryPolicy changed, long version) {
    if (version <= policyVersion) {
      return;
    }
    policy = changed;
    policyVersion = version;
    if (dispatcher != null) {
      dispatcher.setPolicy(changed);
    }
  }

  void join(Subscription subscription) {
    subscriptions.put(subscription.id, subscription);
    if (dispatcher != null) {
      open(subscription);
    }
  }

  private void open(Subscription subscription) {
    dispatcher.join(subscription.id, hub.logEnd());
    dispatcher.writable(subscription.id);
    subscription.link.send(SubscribeResponse.getDefaultInstance());
    if (subscription.waiting != null) {
      SubscribeRequest waiting = subscription.waiting;
      subscription.waiting = null;
      onRequest(subscription, waiting);
    }
  }

  void leave(Subscription subscription) {
    subscriptions.remove(subscription.id);
    if (dispatcher != null) {
      Outbox outbox = subscription.outbox;
      dispatcher.leave(subscription.id, outbox.fires(), outbox.unsent(), hub.now());
    }
  }

  void onRequest(Subscription subscription, SubscribeRequest request) {
    if (dispatcher == null) {
      // No more than this one can come before it is answered by requestNext.
      subscription.waiting = request;
      return;
    }
    dispatcher.credit(subscription.id, request.getCredit());
    for (SeqRange range : request.getAcksList()) {
      long last = range.getLast() == 0 ? range.getFirst() : range.getLast();
      dispatcher.ack(subscription.id, range.getFirst(), last);
    }
    for (Nack nack : request.getNacksList()) {
      long delay =
          nack.hasDelay()
              ? nack.getDelay().getSeconds() * 1_000_000 + nack.getDelay().getNanos() / 1_000
              : DEFAULT_NACK_MICROS;
      dispatcher.nack(subscription.id, nack.getSeq(), nack.getAttempt(), delay, hub.now());
    }
    subscription.link.requestNext();
  }

  void onCommitted(FireColumns block, int row) {
    if (dispatcher != null) {
      dispatcher.onCommitted(block, row);
    }
  }

  void onTailLost(long seq) {
    if (dispatcher != null) {
      dispatcher.onTailLost(seq);
    }
  }

  /** It may ask for all of the log that lies above. */
  long needsAbove() {
    return dispatcher == null ? 0 : dispatcher.readTo();
  }

  void tick(long now) {
    if (dispatcher != null) {
      dispatcher.tick(now);
    }
  }

  /** Does everything that can be done now. */
  void step(long now) {
    if (dispatcher == null || closed) {
      return;
    }
    for (int sent = 0; ; sent++) {
      if (sent == SENDS_PER_STEP) {
        // The others in between.
        hub.touch(this);
        break;
      }
      Send send = dispatcher.nextSend(now, hub.logEnd());
      if (send == null) {
        break;
      }
      Subscription subscription = subscriptions.get(send.subscriber());
      subscription.outbox.start(send.fires());
      pump(subscription, now);
    }
    if (now < retryAt) {
      return;
    }
    for (Subscription subscription : subscriptions.values()) {
      pump(subscription, now);
    }
    readLog();
    readParked(now);
  }

  private void pump(Subscription subscription, long now) {
    if (subscription.loading
        || subscription.outbox.unsent() == subscription.outbox.fires().size()) {
      return;
    }
    Pumped pumped = subscription.outbox.pump(subscription.link);
    if (pumped == Pumped.EMPTY) {
      dispatcher.writable(subscription.id);
    } else if (pumped == Pumped.CONTENT_MISSING && now >= retryAt) {
      subscription.loading = true;
      Set<Key> missing = subscription.outbox.missing();
      hub.read(
          this,
          () -> directory.load(missing),
          loaded -> {
            subscription.loading = false;
            subscription.outbox.onLoaded(loaded);
            if (!subscription.gone) {
              pump(subscription, hub.now());
            }
          },
          failure -> {
            subscription.loading = false;
            onReadFailed(failure);
          });
    }
  }

  private void readLog() {
    LogRead wanted = dispatcher.wantedLogRead();
    if (wanted != null && hub.recentLog().covers(wanted)) {
      LogStretch stretch = hub.recentLog().read(destination, wanted);
      dispatcher.onLogRead(wanted, stretch.fires(), stretch.coveredTo());
      hub.touch(this);
    } else if (wanted != null) {
      hub.read(
          this,
          () -> store.read(destination, wanted),
          stretch -> dispatcher.onLogRead(wanted, stretch.fires(), stretch.coveredTo()),
          failure -> {
            dispatcher.onLogReadFailed(wanted);
            onReadFailed(failure);
          });
    }
  }

  private void readParked(long now) {
    ParkedRead wanted = dispatcher.wantedParkedRead(now);
    if (wanted != null) {
      hub.read(
          this,
          () -> store.read(destination, wanted),
          page -> dispatcher.onParkedRead(wanted, page.fires(), page.nextMicros(), hub.now()),
          failure -> {
            dispatcher.onParkedReadFailed(wanted);
            onReadFailed(failure);
          });
    }
  }

  private void onReadFailed(Throwable failure) {
    if (hub.now() >= retryAt) {
      log.warn("cannot read what to deliver, will try again: {}", failure.toString());
    }
    retryAt = hub.now() + RETRY_MICROS;
  }

  Settlement wantedSettlement(long now) {
    return dispatcher == null ? null : dispatcher.wantedSettlement(now, hub.logEnd());
  }

  void onSettled() {
    dispatcher.onSettled();
  }

  void onSettlementFailed() {
    dispatcher.onSettlementFailed();
  }

  /** It has nothing to do and nothing to remember. */
  boolean isIdle() {
    return subscriptions.isEmpty() && dispatcher != null && dispatcher.isIdle();
  }

  /** Ends all streams. Afterwards it is only there to be settled, if at all. */
  void endAll(Ending ending) {
    for (Subscription subscription : new ArrayList<>(subscriptions.values())) {
      subscription.gone = true;
      leave(subscription);
      subscription.link.end(ending);
    }
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  LaneReport report() {
    return dispatcher == null
        ? null
        : new LaneReport(
            dispatcher.cursor(),
            dispatcher.inFlight(),
            dispatcher.redelivering(),
            dispatcher.subscribers(),
            dispatcher.held());
  }
}
