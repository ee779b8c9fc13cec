package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;

/**
 * Delivery to one destination: decides what goes to which subscriber, what is parked and how far
 * the cursor is. Does nothing itself: its owner tells it what happened, then asks what is wanted,
 * and carries that out. One thread; time is an argument.
 *
 * <p>What holds: every fire with a seq up to the cursor of a {@link Settlement}, or settled by its
 * {@link Progress}, is acknowledged, or has a parked row that was there before or is part of the
 * same settlement. A fire is with one subscriber at a time; an acknowledgement counts from whoever
 * had it. Memory is bounded by the {@link DeliveryLimits}, whatever subscribers do.
 */
public final class Dispatcher {

  private final DeliveryLimits limits;
  private final LogFeed feed;
  private final Earlier earlier;
  private final Window window = new Window();
  private final Redeliveries redeliveries;
  private final Subscribers subscribers;
  private final Settler settler;
  private DeliveryPolicy policy;
  private long lonelySince;

  /**
   * @param cursor as last persisted
   * @param progress as persisted with it
   * @param logEnd what was recorded up to here may have been delivered before
   * @param now the time
   */
  public Dispatcher(
      int destination,
      DeliveryPolicy policy,
      DeliveryLimits limits,
      long cursor,
      Progress progress,
      long logEnd,
      long now) {
    this.policy = policy;
    this.limits = limits;
    this.feed = new LogFeed(limits, cursor);
    this.earlier = new Earlier(progress, logEnd, limits.window());
    this.redeliveries = new Redeliveries(limits.redeliveries(), Long.MIN_VALUE);
    this.subscribers = new Subscribers(limits.perSubscriber(), limits.lapsed());
    this.settler =
        new Settler(destination, limits, feed, earlier, window, redeliveries, cursor, now);
    this.lonelySince = now;
  }

  public void setPolicy(DeliveryPolicy changed) {
    policy = changed;
  }

  // ---- subscribers

  /**
   * A new subscriber, which has no credit yet and is not writable.
   *
   * @param logEnd every commit up to here has been told, and every one after it will be
   */
  public void join(int subscriber, long logEnd) {
    if (subscribers.size() == 0) {
      feed.open(logEnd);
    }
    subscribers.add(subscriber);
  }

  /**
   * Its stream has ended: what it has goes to others.
   *
   * @param unsent fires of it that were never put on the stream; they do not count as attempts
   */
  public void leave(int subscriber, Fires unsent, int unsentFrom, long now) {
    if (!subscribers.remove(subscriber)) {
      return;
    }
    for (int row = unsentFrom; row < unsent.size(); row++) {
      if (!window.uncount(subscriber, unsent.seq[row])) {
        redeliveries.uncount(subscriber, unsent.seq[row]);
      }
    }
    window.giveBack(subscriber, policy.maxAttempts(), now);
    redeliveries.giveBack(subscriber, policy.maxAttempts(), now);
    if (subscribers.size() == 0) {
      feed.close();
      lonelySince = now;
    }
  }

  public void credit(int subscriber, int more) {
    subscribers.addCredit(subscriber, more);
  }

  /** It can take a message: at first, and again after each {@link Send} to it. */
  public void writable(int subscriber) {
    subscribers.writable(subscriber);
  }

  /**
   * Done with a fire, or, of {@code first <= seq <= last}, with those that were sent to this
   * subscriber. A fire that was delivered and is not settled is settled by this, whoever has it
   * now, however late; if it is parked or a dead letter, its row goes.
   */
  public void ack(int subscriber, long first, long last) {
    boolean any = false;
    if (first == last) {
      any = settle(first);
      subscribers.takeLapsed(subscriber, first, first);
    } else {
      int done = window.ack(subscriber, first, last) + redeliveries.ack(subscriber, first, last);
      subscribers.settled(subscriber, done);
      any = done > 0;
      for (long seq : subscribers.takeLapsed(subscriber, first, last)) {
        any |= settle(seq);
      }
    }
    if (any) {
      settler.acked();
    }
  }

  private boolean settle(long seq) {
    if (window.settle(seq, subscribers)) {
      return true;
    }
    if (seq > feed.taken() && earlier.ack(seq)) {
      return true;
    }
    // Beyond that nothing was ever delivered.
    return seq <= Math.max(feed.taken(), earlier.logEnd())
        && redeliveries.settle(seq, limits.window(), subscribers);
  }

  /**
   * Refused: to be sent again after the delay. Ignored if the subscriber does not have it, or, if
   * its attempt is not 0, has it at another attempt.
   */
  public void nack(int subscriber, Feedback.Refusal refusal, long now) {
    long seq = refusal.seq();
    int attempt = refusal.attempt();
    long next = now + refusal.delayMicros();
    String why = LastError.refused(refusal.reason());
    if (window.has(subscriber, seq, attempt)) {
      window.refuse(seq, next, policy.maxAttempts(), now, why);
    } else if (redeliveries.has(subscriber, seq, attempt)) {
      redeliveries.refuse(seq, next, policy.maxAttempts(), now, why);
    } else {
      return;
    }
    subscribers.lapsed(subscriber, seq);
  }

  public void tick(long now) {
    window.expire(now, policy, subscribers);
    redeliveries.expire(now, policy, subscribers);
    if (subscribers.size() == 0 && now - lonelySince >= limits.idleMicros()) {
      window.parkReturned(now);
      redeliveries.parkReady(now);
    }
  }

  // ---- the log

  /** A fire of this destination that was committed. */
  public void onCommitted(FireColumns block, int row) {
    feed.onCommitted(block, row);
  }

  /** Commits up to {@code seq} were not told. */
  public void onTailLost(long seq) {
    feed.onTailLost(seq);
  }

  /** The read of the log that is wanted now, or null; it is then under way. */
  public LogRead wantedLogRead() {
    if (!subscribers.anyRoom() || windowRoom() <= 0) {
      return null;
    }
    long settledTo = earlier.settledTo(feed.taken());
    if (feed.skip(settledTo)) {
      window.pass(settledTo);
    }
    return feed.wanted();
  }

  /** No read of the log will ask for what lies up to here, as things stand. */
  public long readTo() {
    return feed.readTo();
  }

  /** Answers a read: {@code rows} are all there is up to {@code coveredTo}. */
  public void onLogRead(LogRead request, Fires rows, long coveredTo) {
    feed.onRead(request, rows, coveredTo);
  }

  public void onLogReadFailed(LogRead request) {
    feed.onReadFailed(request);
  }

  /** The read of parked fires that is wanted now, or null; it is then under way. */
  public ParkedRead wantedParkedRead(long now) {
    return subscribers.anyRoom() ? redeliveries.wanted(now) : null;
  }

  /** Answers a read: the fires with the attempts made so far, and the next time of each. */
  public void onParkedRead(ParkedRead request, Fires rows, long[] nextMicros, long now) {
    redeliveries.onRead(request, rows, nextMicros, now, window);
  }

  public void onParkedReadFailed(ParkedRead request) {
    redeliveries.onReadFailed(request);
  }

  // ---- sending

  /**
   * The next message to send, or null if there is none for now; to be asked until there is none.
   *
   * @param logEnd every commit up to here has been told
   */
  public Send nextSend(long now, long logEnd) {
    if (subscribers.size() == 0) {
      return null;
    }
    boolean anything =
        window.returned() > 0 || redeliveries.hasReady() || nextNew(now, logEnd) != null;
    int subscriber = anything ? subscribers.next() : -1;
    if (subscriber < 0) {
      return null;
    }
    int room = Math.min(limits.batch(), subscribers.room(subscriber));
    long deadline = now + policy.ackTimeoutMicros();
    Fires fires = new Fires(Math.min(room, 64));
    while (fires.size() < room && window.resend(fires, subscriber, deadline)) {
      continue;
    }
    // A quarter of a message for what failed before, so that neither kind starves the other.
    addRedeliveries(fires, subscriber, now, fires.size() + (room - fires.size() + 3) / 4);
    addNew(fires, subscriber, now, room, logEnd);
    addRedeliveries(fires, subscriber, now, room);
    subscribers.sent(subscriber, fires.size());
    settler.sent(now);
    return new Send(subscriber, fires);
  }

  private void addRedeliveries(Fires fires, int subscriber, long now, int upTo) {
    while (fires.size() < upTo && redeliveries.hasReady()) {
      redeliveries.send(fires, subscriber, now, now + policy.ackTimeoutMicros());
    }
  }

  private void addNew(Fires fires, int subscriber, long now, int upTo, long logEnd) {
    while (fires.size() < upTo) {
      FireRing queue = nextNew(now, logEnd);
      if (queue == null) {
        return;
      }
      int attempt = earlier.attempts(queue.seq(0)) + 1;
      window.add(queue, attempt, subscriber, now + policy.ackTimeoutMicros());
      int row = fires.append(queue.columns(), queue.slot(0));
      fires.attempt[row] = attempt;
      feed.take(queue);
    }
  }

  /**
   * The queue whose first fire is the next of the log to be sent, or null. Takes those off it that
   * were settled before this dispatcher began, and those whose attempts were used up.
   */
  private FireRing nextNew(long now, long logEnd) {
    while (windowRoom() > 0) {
      FireRing queue = feed.next(logEnd);
      if (queue == null) {
        return null;
      }
      int attempts = earlier.attempts(queue.seq(0));
      if (attempts == Progress.SETTLED) {
        window.pass(queue.seq(0));
      } else if (attempts >= policy.maxAttempts()) {
        window.bury(queue, attempts, now);
      } else {
        return queue;
      }
      feed.take(queue);
    }
    return null;
  }

  private int windowRoom() {
    return limits.window() - window.size();
  }

  // ---- what is durable

  /** What is to be made durable now, or null; it is then under way until told how it went. */
  public Settlement wantedSettlement(long now, long logEnd) {
    return settler.wanted(now, logEnd, subscribers.size() == 0);
  }

  /** The settlement under way is durable. */
  public void onSettled() {
    settler.settled();
  }

  /**
   * It is not known that the settlement under way was made: the same one is wanted again, until it
   * is.
   */
  public void onSettlementFailed() {
    settler.failed();
  }

  // ---- reports

  /** Nothing would be lost if it were forgotten and made again from what is durable. */
  public boolean isIdle() {
    return subscribers.size() == 0
        && window.size() == 0
        && redeliveries.size() == 0
        && settler.isIdle();
  }

  /** Everything up to here is acknowledged or durably parked. */
  public long cursor() {
    return settler.cursor();
  }

  public int inFlight() {
    return window.inFlight() + redeliveries.inFlight();
  }

  /** How many of those in flight are parked fires. */
  public int redelivering() {
    return redeliveries.inFlight();
  }

  public int subscribers() {
    return subscribers.size();
  }

  /** How many fires are held in memory. */
  public int held() {
    return feed.held() + window.size() + redeliveries.size();
  }
}
