package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.StandingRead.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Delivery of a leader to all its destinations. One thread, but for {@link #onCommitted}; time is
 * an argument; what is to be done outside is asked of the {@link DeliveryShell}. A destination
 * costs something only while it has subscribers, something of theirs is not settled, or it was
 * opened to stay.
 */
public final class DeliveryCore {

  private static final long TICK_MICROS = 20_000;
  private static final long SETTLE_MICROS = 100_000;
  private static final long SETTLE_AGAIN_MICROS = 1_000_000;

  private final DeliveryLimits limits;
  private final LogTail tail;
  private final DeliveryShell shell;
  private final DestinationQueues queues = new DestinationQueues();
  private final Map<Integer, DestinationQueue> bySubscriber = new HashMap<>();
  private final LogTail.Listener listener = new Tail();
  private List<DestinationQueue> touched = new ArrayList<>();
  private List<DestinationQueue> settling = List.of();
  private long settleAt = Long.MIN_VALUE;
  private long tickAt = Long.MIN_VALUE;
  private SubscriptionEnd over;

  public DeliveryCore(DeliveryLimits limits, LogTail tail, DeliveryShell shell) {
    this.limits = limits;
    this.tail = tail;
    this.shell = shell;
  }

  /** The log ends here before the first commit. */
  public void begin(long logEnd) {
    tail.begin(logEnd);
  }

  /** A commit is durable. In the order of the log, from any one thread; never blocks. */
  public void onCommitted(FireColumns fires) {
    if (fires.size() > 0) {
      tail.offer(fires);
    }
  }

  // ---- destinations

  /** Delivers to a destination that exists, from now on and whether it has subscribers or not. */
  public void open(int destination) {
    queue(destination).keep();
  }

  private DestinationQueue queue(int destination) {
    DestinationQueue queue = queues.get(destination);
    if (queue == null) {
      queue = new DestinationQueue(destination, limits, shell, tail);
      queues.add(queue);
      touch(queue);
    }
    return queue;
  }

  /** The settings of a destination have changed, to those of this version. */
  public void setPolicy(int destination, DeliveryPolicy policy, long version) {
    DestinationQueue queue = queues.get(destination);
    if (queue != null) {
      queue.setPolicy(policy, version);
    }
  }

  /** A destination was deleted: its subscriptions end. */
  public void delete(int destination) {
    DestinationQueue queue = queues.get(destination);
    if (queue != null) {
      drop(queue, SubscriptionEnd.DESTINATION_DELETED);
    }
  }

  /** How those stand that were loaded, by number. */
  public Map<Integer, QueueReport> report() {
    Map<Integer, QueueReport> reports = new HashMap<>();
    for (DestinationQueue queue : queues.all()) {
      QueueReport report = queue.report();
      if (report != null) {
        reports.put(queue.destination, report);
      }
    }
    return reports;
  }

  public boolean isEmpty() {
    return queues.isEmpty();
  }

  // ---- subscribers

  /**
   * A subscriber of a destination that exists.
   *
   * @param subscriber a number of its own
   */
  public void join(int subscriber, int destination, long now) {
    if (over != null) {
      shell.end(subscriber, over);
      return;
    }
    DestinationQueue queue = queue(destination);
    bySubscriber.put(subscriber, queue);
    guarded(queue, of -> of.join(subscriber, now));
  }

  /** What a subscriber says; {@link DeliveryShell#taken} follows. */
  public void onFeedback(int subscriber, Feedback feedback, long now) {
    ofSubscriber(subscriber, queue -> queue.onFeedback(subscriber, feedback, now));
  }

  /** What a subscriber is being sent can go on. */
  public void resume(int subscriber) {
    ofSubscriber(subscriber, queue -> queue.resume(subscriber));
  }

  /** A subscriber is gone; answers false if it was known to be gone. */
  public boolean leave(int subscriber, long now) {
    boolean there = bySubscriber.containsKey(subscriber);
    ofSubscriber(
        subscriber,
        queue -> {
          bySubscriber.remove(subscriber);
          queue.leave(subscriber, now);
        });
    return there;
  }

  private void ofSubscriber(int subscriber, Consumer<DestinationQueue> event) {
    DestinationQueue queue = bySubscriber.get(subscriber);
    if (queue != null) {
      guarded(queue, event);
    }
  }

  // ---- what was read

  /**
   * @param standing null if the destination does not exist any more
   */
  public void onRead(StandingRead read, Standing standing, long now) {
    DestinationQueue queue = queues.get(read.destination());
    if (queue == null || !queue.isLoading(read)) {
      return;
    }
    if (standing == null) {
      drop(queue, SubscriptionEnd.DESTINATION_DELETED);
    } else {
      guarded(queue, of -> of.onLoaded(read, standing, now));
    }
  }

  /** Subscribers come again; who is to stay is tried again. */
  public void onReadFailed(StandingRead read, long now) {
    DestinationQueue queue = queues.get(read.destination());
    if (queue == null || !queue.onLoadFailed(read, now)) {
      return;
    }
    endAll(queue, SubscriptionEnd.STORE_UNAVAILABLE, now);
    if (!queue.isKept()) {
      queues.remove(queue);
    }
  }

  public void onRead(int destination, LogRead read, LogPage page) {
    of(destination, queue -> queue.onRead(read, page));
  }

  public void onReadFailed(int destination, LogRead read, long now) {
    of(destination, queue -> queue.onReadFailed(read, now));
  }

  public void onRead(int destination, ParkedRead read, ParkedPage page, long now) {
    of(destination, queue -> queue.onRead(read, page, now));
  }

  public void onReadFailed(int destination, ParkedRead read, long now) {
    of(destination, queue -> queue.onReadFailed(read, now));
  }

  private void of(int destination, Consumer<DestinationQueue> event) {
    DestinationQueue queue = queues.get(destination);
    if (queue != null) {
      guarded(queue, event);
    }
  }

  // ---- rounds

  /** Whether a round has something to do at once. */
  public boolean hasWork() {
    return !touched.isEmpty() || !tail.isEmpty();
  }

  /** Does all that is to be done now. To be called when there is work, and every 20 ms. */
  public void round(long now) {
    tail.tell(listener, !queues.isEmpty());
    if (now >= tickAt) {
      tickAt = now + TICK_MICROS;
      queues.all().forEach(queue -> guarded(queue, of -> of.tick(now)));
      trim();
    }
    List<DestinationQueue> work = touched;
    touched = new ArrayList<>();
    for (DestinationQueue queue : work) {
      step(queue, now);
    }
    if (settling.isEmpty() && over == null && now >= settleAt) {
      settle(now);
    }
  }

  /** Lets go of what no destination will ask for. */
  private void trim() {
    long needed = tail.end();
    for (DestinationQueue queue : queues.all()) {
      needed = Math.min(needed, queue.needsAbove());
    }
    tail.recent().forget(needed);
  }

  private void step(DestinationQueue queue, long now) {
    try {
      if (queue.step(now)) {
        touch(queue);
      }
    } catch (RuntimeException bug) {
      onBug(queue, bug);
    }
  }

  private void guarded(DestinationQueue queue, Consumer<DestinationQueue> event) {
    try {
      event.accept(queue);
      touch(queue);
    } catch (RuntimeException bug) {
      onBug(queue, bug);
    }
  }

  /** A bug in one destination is not to stop the others: its streams end, and it begins anew. */
  private void onBug(DestinationQueue queue, RuntimeException bug) {
    shell.bug(queue.destination, bug);
    drop(queue, SubscriptionEnd.INTERNAL);
    if (queue.isKept()) {
      open(queue.destination);
      queues.get(queue.destination).retryAfter(tickAt);
    }
  }

  private void touch(DestinationQueue queue) {
    if (queue.touch()) {
      touched.add(queue);
    }
  }

  /** Hands the log on to the destinations. */
  private final class Tail implements LogTail.Listener {

    @Override
    public void onCommitted(FireColumns fires) {
      int[] destination = fires.destination;
      int[] skipReason = fires.skipReason;
      for (int row = 0; row < fires.size(); row++) {
        DestinationQueue queue = skipReason[row] == 0 ? queues.get(destination[row]) : null;
        if (queue != null) {
          queue.onCommitted(fires, row);
          touch(queue);
        }
      }
    }

    @Override
    public void onLost(long seq) {
      for (DestinationQueue queue : queues.all()) {
        queue.onTailLost(seq);
        touch(queue);
      }
    }
  }

  // ---- what is durable

  private void settle(long now) {
    settleAt = now + SETTLE_MICROS;
    List<Settlement> settlements = settlements(now);
    if (!settlements.isEmpty()) {
      shell.settle(settlements);
    }
  }

  /** What is to be made durable now, of all; it is then under way until told how it went. */
  public List<Settlement> settlements(long now) {
    List<DestinationQueue> of = new ArrayList<>();
    List<Settlement> settlements = new ArrayList<>();
    for (DestinationQueue queue : queues.all()) {
      if (queue.isIdle()) {
        queues.remove(queue);
        continue;
      }
      try {
        Settlement wanted = queue.wantedSettlement(now);
        if (wanted != null) {
          of.add(queue);
          settlements.add(wanted);
        }
      } catch (RuntimeException bug) {
        onBug(queue, bug);
      }
    }
    settling = of;
    return settlements;
  }

  public void onSettled() {
    List<DestinationQueue> of = settling;
    settling = List.of();
    of.forEach(DestinationQueue::onSettled);
  }

  /** It is not known that they were made: they are wanted again as they are. */
  public void onSettlementFailed(long now) {
    List<DestinationQueue> of = settling;
    settling = List.of();
    of.forEach(DestinationQueue::onSettlementFailed);
    settleAt = now + SETTLE_AGAIN_MICROS;
  }

  // ---- ends

  /** Ends a destination's subscriptions and forgets it: what is not durable is delivered again. */
  private void drop(DestinationQueue queue, SubscriptionEnd ending) {
    queue.subscribers().forEach(subscriber -> end(subscriber, ending));
    queues.remove(queue);
  }

  private void end(int subscriber, SubscriptionEnd ending) {
    bySubscriber.remove(subscriber);
    shell.end(subscriber, ending);
  }

  private void endAll(DestinationQueue queue, SubscriptionEnd ending, long now) {
    for (int subscriber : queue.subscribers()) {
      end(subscriber, ending);
      queue.leave(subscriber, now);
    }
  }

  /**
   * Ends all subscriptions, and those that come later. What was acknowledged is still to be made
   * durable, if that is possible.
   */
  public void end(SubscriptionEnd ending, long now) {
    over = ending;
    queues.all().forEach(queue -> endAll(queue, ending, now));
  }
}
