package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.Feedback.Ack;
import io.carillon.master.core.delivery.Feedback.Refusal;
import io.carillon.master.core.delivery.StandingRead.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One destination and its subscribers: has its {@link Dispatcher} made once it is known how it
 * stands, and asks the shell for what that wants. It may be there without a subscriber.
 */
final class DestinationQueue {

  private static final int SENDS_PER_STEP = 4;
  private static final long RETRY_MICROS = 250_000;

  final int destination;
  private final DeliveryLimits limits;
  private final DeliveryShell shell;
  private final LogTail tail;

  /** In the order in which they came, and what they said before the dispatcher was there. */
  private final Map<Integer, List<Feedback>> subscribers = new LinkedHashMap<>();

  /** What each was sent last. */
  private final Map<Integer, Send> sends = new HashMap<>();

  private StandingRead loading;
  private Dispatcher dispatcher;
  private DeliveryPolicy policy;
  private long policyVersion;
  private long retryAt = Long.MIN_VALUE;
  private boolean touched;
  private boolean kept;
  private boolean closed;

  DestinationQueue(int destination, DeliveryLimits limits, DeliveryShell shell, LogTail tail) {
    this.destination = destination;
    this.limits = limits;
    this.shell = shell;
    this.tail = tail;
  }

  /** Marks it as one that has something to do; answers whether it was none. */
  boolean touch() {
    boolean first = !touched;
    touched = true;
    return first;
  }

  /** It stays, whether it has subscribers or not. */
  void keep() {
    kept = true;
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

  // ---- how it stands

  private void load() {
    loading = new StandingRead(destination);
    shell.read(loading);
  }

  void onLoaded(StandingRead read, Standing standing, long now) {
    if (read != loading) {
      return;
    }
    loading = null;
    setPolicy(standing.policy(), standing.version());
    dispatcher =
        new Dispatcher(
            destination, policy, limits, standing.cursor(), standing.progress(), tail.end(), now);
    subscribers.forEach((subscriber, said) -> open(subscriber, said, now));
  }

  /** It will be tried again later, if it is still wanted then. */
  boolean onLoadFailed(StandingRead read, long now) {
    if (read != loading) {
      return false;
    }
    loading = null;
    retryAfter(now);
    return true;
  }

  /** Nothing is read before a while has passed. */
  void retryAfter(long now) {
    retryAt = now + RETRY_MICROS;
  }

  boolean isLoading(StandingRead read) {
    return read == loading;
  }

  // ---- subscribers

  void join(int subscriber, long now) {
    List<Feedback> said = new ArrayList<>();
    subscribers.put(subscriber, said);
    if (dispatcher != null) {
      open(subscriber, said, now);
    }
  }

  private void open(int subscriber, List<Feedback> said, long now) {
    dispatcher.join(subscriber, tail.end());
    dispatcher.writable(subscriber);
    shell.opened(subscriber);
    said.forEach(feedback -> take(subscriber, feedback, now));
    said.clear();
  }

  void onFeedback(int subscriber, Feedback feedback, long now) {
    if (dispatcher == null) {
      subscribers.get(subscriber).add(feedback);
    } else {
      take(subscriber, feedback, now);
    }
  }

  private void take(int subscriber, Feedback feedback, long now) {
    dispatcher.credit(subscriber, feedback.credit());
    for (Ack ack : feedback.acks()) {
      dispatcher.ack(subscriber, ack.first(), ack.last());
    }
    for (Refusal refusal : feedback.refusals()) {
      dispatcher.nack(subscriber, refusal, now);
    }
    shell.taken(subscriber);
  }

  /** Goes on with what it is being sent. */
  void resume(int subscriber) {
    Send last = sends.get(subscriber);
    if (last != null && !last.isSent()) {
      send(last);
    }
  }

  private void send(Send send) {
    if (shell.send(send)) {
      dispatcher.writable(send.subscriber());
    }
  }

  void leave(int subscriber, long now) {
    subscribers.remove(subscriber);
    Send last = sends.remove(subscriber);
    if (dispatcher == null) {
      return;
    }
    if (last == null) {
      dispatcher.leave(subscriber, new Fires(1), 0, now);
    } else {
      dispatcher.leave(subscriber, last.fires(), last.unsent(), now);
    }
  }

  List<Integer> subscribers() {
    return List.copyOf(subscribers.keySet());
  }

  // ---- the log

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
      subscribers.keySet().forEach(this::resume);
    }
  }

  /** Does what can be done now; answers whether there is more, after the others. */
  boolean step(long now) {
    touched = false;
    if (closed) {
      return false;
    }
    if (dispatcher == null) {
      if (loading == null && now >= retryAt) {
        load();
      }
      return false;
    }
    boolean more = sendAll(now);
    if (now >= retryAt) {
      more |= readLog();
      readParked(now);
    }
    return more;
  }

  private boolean sendAll(long now) {
    for (int sent = 0; sent < SENDS_PER_STEP; sent++) {
      Send send = dispatcher.nextSend(now, tail.end());
      if (send == null) {
        return false;
      }
      sends.put(send.subscriber(), send);
      send(send);
    }
    return true;
  }

  /** Answers whether something was read, and may be sent. */
  private boolean readLog() {
    LogRead wanted = dispatcher.wantedLogRead();
    if (wanted == null) {
      return false;
    }
    if (!tail.recent().covers(wanted)) {
      shell.read(destination, wanted);
      return false;
    }
    onRead(wanted, tail.recent().read(destination, wanted));
    return true;
  }

  private void readParked(long now) {
    ParkedRead wanted = dispatcher.wantedParkedRead(now);
    if (wanted != null) {
      shell.read(destination, wanted);
    }
  }

  void onRead(LogRead read, LogPage page) {
    if (dispatcher != null) {
      dispatcher.onLogRead(read, page.fires(), page.coveredTo());
    }
  }

  void onReadFailed(LogRead read, long now) {
    if (dispatcher != null) {
      dispatcher.onLogReadFailed(read);
      retryAfter(now);
    }
  }

  void onRead(ParkedRead read, ParkedPage page, long now) {
    if (dispatcher != null) {
      dispatcher.onParkedRead(read, page.fires(), page.nextMicros(), now);
    }
  }

  void onReadFailed(ParkedRead read, long now) {
    if (dispatcher != null) {
      dispatcher.onParkedReadFailed(read);
      retryAfter(now);
    }
  }

  // ---- what is durable

  Settlement wantedSettlement(long now) {
    return dispatcher == null ? null : dispatcher.wantedSettlement(now, tail.end());
  }

  void onSettled() {
    if (!closed) {
      dispatcher.onSettled();
    }
  }

  void onSettlementFailed() {
    if (!closed) {
      dispatcher.onSettlementFailed();
    }
  }

  /** It has nothing to do and nothing to remember, and nobody wants it to stay. */
  boolean isIdle() {
    return subscribers.isEmpty() && !kept && dispatcher != null && dispatcher.isIdle();
  }

  boolean isKept() {
    return kept;
  }

  /** Nothing of it counts any more. */
  void close() {
    closed = true;
  }

  /** Null while it is not known how it stands. */
  QueueReport report() {
    return dispatcher == null
        ? null
        : new QueueReport(
            dispatcher.cursor(),
            dispatcher.inFlight(),
            dispatcher.redelivering(),
            dispatcher.subscribers(),
            dispatcher.held());
  }
}
