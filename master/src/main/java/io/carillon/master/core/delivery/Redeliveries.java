package io.carillon.master.core.delivery;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The parked fires that are due or out again. Each has its row until it is acknowledged; most rows
 * are only in the table, from which a {@link ParkedSweep} takes those that are due. A fire may be
 * acknowledged whether it is held here or not.
 */
final class Redeliveries {

  private static final long NEVER = Long.MAX_VALUE;

  private enum State {
    READY,
    IN_FLIGHT,
    PARK,
    BURY
  }

  private static final class Held {
    final Fires fires;
    State state;
    int subscriber;
    long time;
    boolean adopted;

    /** The attempts that its row tells of. */
    int stored;

    /** Those made before it was held here. */
    final int before;

    /** Why the last of the others failed; empty while none has. */
    String error = "";

    Held(Fires from, int row, int stored, int before) {
      fires = new Fires(1);
      fires.append(from, row);
      this.stored = stored;
      this.before = before;
    }

    long seq() {
      return fires.seq[0];
    }

    int attempts() {
      return fires.attempt[0];
    }
  }

  private final int limit;
  private final ParkedSweep sweep;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private final Set<Held> ready = new LinkedHashSet<>();
  private final TreeSet<Long> acked = new TreeSet<>();
  private final Set<Long> arriving = new HashSet<>();
  private int inFlight;
  private int settling;
  private int adopted;
  private long nextDeadline = NEVER;

  /** Since when a row tells of fewer attempts than there were. */
  private long unstoredSince = NEVER;

  /**
   * @param earliest no row in the table has a lower next time
   */
  Redeliveries(int limit, long earliest) {
    this.limit = limit;
    this.sweep = new ParkedSweep(earliest);
  }

  /** How many are held here, or have a row to be deleted. */
  int size() {
    return held.size() + acked.size();
  }

  int adopted() {
    return adopted;
  }

  int inFlight() {
    return inFlight;
  }

  /** What was adopted has bounds of its own. */
  boolean isFull() {
    return size() - adopted >= limit;
  }

  /** The read to make to have what is due, or null. */
  ParkedRead wanted(long now) {
    return ready.size() >= ParkedSweep.PAGE || isFull() ? null : sweep.wanted(now);
  }

  /**
   * @param rows with the attempts made so far
   * @param nextMicros the next time of each
   */
  void onRead(ParkedRead request, Fires rows, long[] nextMicros, long now, Window window) {
    sweep.onRead(request, rows, nextMicros, now, this, window);
  }

  void onReadFailed(ParkedRead request) {
    sweep.onReadFailed(request);
  }

  /** A row was written that is not held here. */
  void note(long nextMicros) {
    sweep.note(nextMicros);
  }

  /** Whether what its row says is of no interest: it is held here, or to be deleted. */
  boolean knows(long seq) {
    return held.containsKey(seq) || acked.contains(seq) || arriving.contains(seq);
  }

  /** Rows are being written for fires of the window, which may be acknowledged meanwhile. */
  void expect(List<ParkedRow> rows) {
    rows.forEach(row -> arriving.add(row.seq()));
  }

  /** Takes a row that is due. */
  void take(Fires rows, int row) {
    enter(new Held(rows, row, rows.attempt[row], rows.attempt[row]), State.READY);
  }

  private void enter(Held fire, State state) {
    exit(fire);
    fire.state = state;
    switch (state) {
      case READY -> ready.add(fire);
      case IN_FLIGHT -> inFlight++;
      case PARK, BURY -> settling++;
    }
    held.put(fire.seq(), fire);
  }

  private void exit(Held fire) {
    if (fire.state != null) {
      switch (fire.state) {
        case READY -> ready.remove(fire);
        case IN_FLIGHT -> inFlight--;
        case PARK, BURY -> settling--;
      }
    }
  }

  boolean hasReady() {
    return !ready.isEmpty();
  }

  /** Appends the next one to {@code to}. */
  void send(Fires to, int toSubscriber, long now, long deadline) {
    Held fire = ready.iterator().next();
    enter(fire, State.IN_FLIGHT);
    unstoredSince = Math.min(unstoredSince, now);
    fire.fires.attempt[0]++;
    fire.subscriber = toSubscriber;
    fire.time = deadline;
    nextDeadline = Math.min(nextDeadline, deadline);
    to.append(fire.fires, 0);
  }

  /**
   * Takes over a fire of the window that was parked where it was, so that the cursor could pass.
   *
   * @param stored the attempts that its row tells of
   */
  void adopt(Window window, int slot, int stored) {
    Held fire = new Held(window.fires(), slot, stored, 0);
    fire.adopted = true;
    adopted++;
    fire.time = window.timeOf(slot);
    fire.error = window.errorOf(slot);
    switch (window.stateOf(slot)) {
      case Window.IN_FLIGHT -> {
        enter(fire, State.IN_FLIGHT);
        fire.subscriber = window.subscriberOf(slot);
        nextDeadline = Math.min(nextDeadline, fire.time);
      }
      case Window.RETURNED -> enter(fire, State.READY);
      case Window.PARK -> enter(fire, State.PARK);
      default -> enter(fire, State.BURY);
    }
    if (fire.attempts() > stored) {
      unstoredSince = 0;
    }
  }

  /** What was expected has arrived. */
  void arrived() {
    arriving.clear();
  }

  /** A fire whose row was just written is acknowledged: the row is to be deleted. */
  void unpark(long seq) {
    acked.add(seq);
  }

  /**
   * Acknowledges a fire, whoever has it, and also if it is only in the table, or a dead letter;
   * answers whether there may be something to delete. {@code subscribers} is told whose it was.
   *
   * @param most so many at most that are not held here wait to be deleted
   */
  boolean settle(long seq, int most, Subscribers subscribers) {
    Held fire = held.get(seq);
    if (fire == null) {
      return acked.size() < most && acked.add(seq);
    }
    if (fire.state == State.IN_FLIGHT) {
      subscribers.settled(fire.subscriber, 1);
    }
    release(fire);
    acked.add(seq);
    return true;
  }

  private void release(Held fire) {
    exit(fire);
    held.remove(fire.seq());
    if (fire.adopted) {
      adopted--;
    }
  }

  /** Acknowledges what the subscriber has of the range; answers how many. */
  int ack(int bySubscriber, long first, long last) {
    if (inFlight == 0 || last < first) {
      return 0;
    }
    int done = 0;
    for (Held fire : List.copyOf(held.subMap(first, true, last, true).values())) {
      if (fire.state == State.IN_FLIGHT && fire.subscriber == bySubscriber) {
        release(fire);
        acked.add(fire.seq());
        done++;
      }
    }
    return done;
  }

  /** Whether the subscriber has this fire at this attempt, or, if that is 0, at any. */
  boolean has(int theSubscriber, long seq, int attempt) {
    Held fire = held.get(seq);
    return fire != null
        && fire.state == State.IN_FLIGHT
        && fire.subscriber == theSubscriber
        && (attempt == 0 || attempt == fire.attempts());
  }

  /** A fire that is with a subscriber was refused. */
  void refuse(long seq, long nextMicros, int maxAttempts, long now, String why) {
    giveUp(held.get(seq), nextMicros, maxAttempts, now, why);
  }

  private void giveUp(Held fire, long nextMicros, int maxAttempts, long now, String why) {
    fire.error = why;
    boolean dead = fire.attempts() >= maxAttempts;
    fire.time = dead ? now : nextMicros;
    enter(fire, dead ? State.BURY : State.PARK);
  }

  void expire(long now, DeliveryPolicy policy, Subscribers subscribers) {
    if (now < nextDeadline) {
      return;
    }
    nextDeadline = NEVER;
    String why = LastError.lapsed(policy.ackTimeoutMicros());
    for (Held fire : held.values()) {
      if (fire.state != State.IN_FLIGHT) {
        continue;
      }
      if (fire.time <= now) {
        giveUp(fire, now, policy.maxAttempts(), now, why);
        subscribers.lapsed(fire.subscriber, fire.seq());
      } else {
        nextDeadline = Math.min(nextDeadline, fire.time);
      }
    }
  }

  void giveBack(int ofSubscriber, int maxAttempts, long now) {
    for (Held fire : held.values()) {
      if (fire.state == State.IN_FLIGHT && fire.subscriber == ofSubscriber) {
        if (fire.attempts() >= maxAttempts) {
          giveUp(fire, now, maxAttempts, now, LastError.STREAM_ENDED);
        } else {
          enter(fire, State.READY);
        }
      }
    }
  }

  boolean uncount(int ofSubscriber, long seq) {
    if (!has(ofSubscriber, seq, 0)) {
      return false;
    }
    held.get(seq).fires.attempt[0]--;
    return true;
  }

  /** Nobody is there to take them: back to the table, with the attempts made. */
  void parkReady(long now) {
    while (!ready.isEmpty()) {
      Held fire = ready.iterator().next();
      fire.time = now;
      fire.error = fire.attempts() > fire.before ? LastError.STREAM_ENDED : "";
      enter(fire, State.PARK);
    }
  }

  /** Whether rows have told of fewer attempts than there were for so long. */
  boolean isUnstored(long now, long micros) {
    return unstoredSince != NEVER && now - unstoredSince >= micros;
  }

  /** Adds rows for what is to be set aside again, at most {@code most}. */
  void collect(List<ParkedRow> rows, int most) {
    if (settling == 0) {
      return;
    }
    for (Held fire : held.values()) {
      if ((fire.state == State.PARK || fire.state == State.BURY) && rows.size() < most) {
        rows.add(row(fire, fire.time, fire.state == State.BURY));
      }
    }
  }

  /** Adds rows for those that were delivered more often than theirs tells, at most {@code most}. */
  void collectAttempts(List<ParkedRow> rows, int most, long now) {
    unstoredSince = NEVER;
    for (Held fire : held.values()) {
      boolean out = fire.state == State.IN_FLIGHT || fire.state == State.READY;
      if (out && fire.attempts() > fire.stored) {
        if (rows.size() == most) {
          unstoredSince = now;
          return;
        }
        rows.add(row(fire, now, false));
      }
    }
  }

  /** The rows to delete, at most {@code most}. */
  List<Long> collectAcked(int most) {
    return acked.stream().limit(most).toList();
  }

  private static ParkedRow row(Held fire, long next, boolean dead) {
    return new ParkedRow(
        fire.seq(),
        fire.fires.nominalMicros[0],
        fire.fires.schedule[0],
        fire.fires.kind[0],
        fire.attempts(),
        next,
        dead,
        fire.error);
  }

  /** The table has been told what was collected. */
  void settled(List<ParkedRow> rows, List<ParkedRow> attempts, List<Long> deleted) {
    for (ParkedRow row : attempts) {
      Held fire = held.get(row.seq());
      if (fire != null) {
        fire.stored = row.attempts();
      }
    }
    for (ParkedRow row : rows) {
      Held fire = held.get(row.seq());
      // Else it was acknowledged meanwhile.
      if (fire != null) {
        release(fire);
        sweep.changed(row.seq());
        if (!row.dead()) {
          note(row.nextMicros());
        }
      }
    }
    for (Long seq : deleted) {
      acked.remove(seq);
      sweep.changed(seq);
    }
  }
}
