package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Delivery to one destination: decides what goes to which subscriber, what is parked and how far
 * the cursor is. Does nothing itself: its owner tells it what happened, then asks what is wanted,
 * and carries that out. One thread; time is an argument.
 *
 * <p>What holds: every fire with a seq up to the cursor of a {@link Settlement} is acknowledged, or
 * has a parked row that was there before or is part of the same settlement. A fire is with one
 * subscriber at a time. Memory is bounded by the {@link DeliveryLimits}, whatever subscribers do.
 */
public final class Dispatcher {

  private static final long LAZY_CURSOR_MICROS = 5_000_000;

  /** What a settlement under way is made of: its parts end differently. */
  private record Underway(
      Settlement settlement,
      List<ParkedRow> ofWindow,
      List<ParkedRow> ofRedeliveries,
      List<ParkedRow> stragglers) {}

  private final int destination;
  private final DeliveryLimits limits;
  private final LogFeed feed;
  private final Window window = new Window();
  private final Redeliveries redeliveries;
  private final Subscribers subscribers;
  private final long[] parkedAhead;
  private int parkedAheadPassed;
  private DeliveryPolicy policy;
  private long cursor;
  private long settledCursor;
  private long settledAt;
  private boolean acked;
  private Underway underway;
  private long lonelySince;

  /**
   * @param cursor as last persisted
   * @param parkedAhead seqs above the cursor that have a parked row, dead ones too; rising
   * @param now the time
   */
  public Dispatcher(
      int destination,
      DeliveryPolicy policy,
      DeliveryLimits limits,
      long cursor,
      long[] parkedAhead,
      long now) {
    this.destination = destination;
    this.policy = policy;
    this.limits = limits;
    this.feed = new LogFeed(limits, cursor);
    this.redeliveries = new Redeliveries(limits.redeliveries(), Long.MIN_VALUE);
    this.subscribers = new Subscribers(limits.perSubscriber());
    this.parkedAhead = Arrays.copyOf(parkedAhead, parkedAhead.length);
    this.cursor = cursor;
    this.settledCursor = cursor;
    this.settledAt = now;
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

  /** Done with {@code first <= seq <= last}. */
  public void ack(int subscriber, long first, long last) {
    int done = window.ack(subscriber, first, last) + redeliveries.ack(subscriber, first, last);
    if (done > 0) {
      acked = true;
      subscribers.settled(subscriber, done);
    }
  }

  /** Refused: to be sent again after the delay. */
  public void nack(int subscriber, long seq, long delayMicros, long now) {
    long next = now + delayMicros;
    if (window.refuse(subscriber, seq, next, policy.maxAttempts(), now)
        || redeliveries.refuse(subscriber, seq, next, policy.maxAttempts(), now)) {
      subscribers.settled(subscriber, 1);
    }
  }

  public void tick(long now) {
    window.expire(now, policy.maxAttempts(), subscribers);
    redeliveries.expire(now, policy.maxAttempts(), subscribers);
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
    return subscribers.anyRoom() && windowRoom() > 0 ? feed.wanted() : null;
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
    skipParked(logEnd);
    boolean anything =
        window.returned() > 0
            || redeliveries.hasReady()
            || (windowRoom() > 0 && feed.next(logEnd) != null);
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
    addRedeliveries(fires, subscriber, deadline, fires.size() + (room - fires.size() + 3) / 4);
    addNew(fires, subscriber, deadline, room, logEnd);
    addRedeliveries(fires, subscriber, deadline, room);
    subscribers.sent(subscriber, fires.size());
    return new Send(subscriber, fires);
  }

  private void addRedeliveries(Fires fires, int subscriber, long deadline, int upTo) {
    while (fires.size() < upTo && redeliveries.hasReady()) {
      redeliveries.send(fires, subscriber, deadline);
    }
  }

  private void addNew(Fires fires, int subscriber, long deadline, int upTo, long logEnd) {
    while (fires.size() < upTo && windowRoom() > 0) {
      skipParked(logEnd);
      FireRing queue = feed.next(logEnd);
      if (queue == null) {
        return;
      }
      window.add(queue, subscriber, deadline);
      int row = fires.append(queue.columns(), queue.slot(0));
      fires.attempt[row] = 1;
      feed.take(queue);
    }
  }

  /** Takes fires off the queue that were parked before a restart. */
  private void skipParked(long logEnd) {
    while (parkedAheadPassed < parkedAhead.length) {
      FireRing queue = feed.next(logEnd);
      if (queue == null) {
        return;
      }
      long seq = queue.seq(0);
      while (parkedAheadPassed < parkedAhead.length && parkedAhead[parkedAheadPassed] < seq) {
        parkedAheadPassed++;
      }
      if (parkedAheadPassed == parkedAhead.length || parkedAhead[parkedAheadPassed] != seq) {
        return;
      }
      feed.take(queue);
    }
  }

  private int windowRoom() {
    return limits.window() - window.size();
  }

  // ---- what is durable

  /** What is to be made durable now, or null; it is then under way until told how it went. */
  public Settlement wantedSettlement(long now, long logEnd) {
    if (underway != null) {
      return null;
    }
    List<ParkedRow> ofWindow = new ArrayList<>();
    List<ParkedRow> ofRedeliveries = new ArrayList<>();
    List<ParkedRow> stragglers = new ArrayList<>();
    List<Long> settled = new ArrayList<>();
    window.collect(ofWindow, limits.settlement());
    redeliveries.collect(ofRedeliveries, settled, limits.settlement());
    if (window.size() > limits.window() / 2 && window.done() > window.size() / 4) {
      int room = limits.window() / 2 - redeliveries.adopted();
      window.collectStragglers(stragglers, Math.min(limits.settlement(), room));
    }
    moveCursor(ofWindow, stragglers, logEnd);
    boolean rows = !(ofWindow.isEmpty() && ofRedeliveries.isEmpty() && settled.isEmpty());
    boolean late = cursor > settledCursor && now - settledAt >= LAZY_CURSOR_MICROS;
    boolean last = cursor > settledCursor && subscribers.size() == 0;
    if (!rows && stragglers.isEmpty() && !(acked && cursor > settledCursor) && !late && !last) {
      return null;
    }
    acked = false;
    settledAt = now;
    List<ParkedRow> parked = new ArrayList<>(ofWindow);
    parked.addAll(ofRedeliveries);
    parked.addAll(stragglers);
    Settlement settlement = new Settlement(destination, cursor, parked, settled);
    underway = new Underway(settlement, ofWindow, ofRedeliveries, stragglers);
    return settlement;
  }

  private void moveCursor(List<ParkedRow> parking, List<ParkedRow> stragglers, long logEnd) {
    feed.next(logEnd);
    window.trim();
    long[] passable = new long[parking.size() + stragglers.size()];
    int n = 0;
    for (ParkedRow row : parking) {
      passable[n++] = row.seq();
    }
    for (ParkedRow row : stragglers) {
      passable[n++] = row.seq();
    }
    Arrays.sort(passable);
    cursor = Math.max(cursor, window.cursorWith(passable, feed.taken()));
  }

  /** The settlement under way is durable. */
  public void onSettled() {
    for (ParkedRow row : underway.ofWindow()) {
      window.finish(window.find(row.seq()));
      if (!row.dead()) {
        redeliveries.note(row.nextMicros());
      }
    }
    redeliveries.settled(underway.ofRedeliveries(), underway.settlement().settled());
    for (ParkedRow row : underway.stragglers()) {
      int slot = window.find(row.seq());
      if (slot < 0) {
        redeliveries.adoptAcked(row);
      } else if (window.stateOf(slot) == Window.IN_FLIGHT
          || window.stateOf(slot) == Window.RETURNED) {
        redeliveries.adopt(window, slot);
        window.finish(slot);
      }
      // Else it was refused meanwhile: the next settlement overwrites its row.
    }
    settledCursor = underway.settlement().cursor();
    underway = null;
    window.trim();
  }

  /** The settlement under way was not made: the next one repeats it. */
  public void onSettlementFailed() {
    underway = null;
    acked = true;
    // It may have counted on rows that are not there.
    cursor = settledCursor;
  }

  // ---- reports

  /** Nothing would be lost if it were forgotten and made again from what is durable. */
  public boolean isIdle() {
    return subscribers.size() == 0
        && window.size() == 0
        && redeliveries.size() == 0
        && underway == null
        && cursor == settledCursor;
  }

  /** Everything up to here is acknowledged or durably parked. */
  public long cursor() {
    return settledCursor;
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
