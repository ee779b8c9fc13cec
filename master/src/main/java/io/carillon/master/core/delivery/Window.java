package io.carillon.master.core.delivery;

import java.util.List;

/**
 * The fires that were taken from the log and that the cursor has not passed, by rising seq: with a
 * subscriber, come back from one, on their way to the parked, or done with while one before them is
 * not.
 */
final class Window {

  static final byte DONE = 0;
  static final byte IN_FLIGHT = 1;

  /** Its subscriber left: to be sent again at once. */
  static final byte RETURNED = 2;

  /** To be parked; {@code time} is its next time. */
  static final byte PARK = 3;

  /** To become a dead letter; {@code time} is when it died. */
  static final byte BURY = 4;

  private static final long NEVER = Long.MAX_VALUE;

  private final FireRing ring = new FireRing();
  private byte[] state = new byte[ring.length()];
  private int[] subscriber = new int[ring.length()];
  private long[] time = new long[ring.length()];

  /** Why it is to be parked or buried; empty for all others. */
  private String[] error = new String[ring.length()];

  private int done;
  private int inFlight;
  private int returned;
  private int settling;
  private long returnedFrom = NEVER;
  private long nextDeadline = NEVER;

  int size() {
    return ring.size();
  }

  int done() {
    return done;
  }

  int inFlight() {
    return inFlight;
  }

  int returned() {
    return returned;
  }

  /** Takes the first fire of a queue, which is then in flight. */
  void add(FireRing from, int attempt, int toSubscriber, long deadline) {
    int slot = add(from, attempt, IN_FLIGHT, deadline);
    subscriber[slot] = toSubscriber;
    inFlight++;
    nextDeadline = Math.min(nextDeadline, deadline);
  }

  /** Takes the first fire of a queue, whose attempts are used up. */
  void bury(FireRing from, int attempts, long now) {
    error[add(from, attempts, BURY, now)] = LastError.USED_UP;
    settling++;
  }

  private int add(FireRing from, int attempt, byte as, long at) {
    if (ring.isFull()) {
      grow();
    }
    int slot = ring.add(from.columns(), from.slot(0));
    ring.columns().attempt[slot] = attempt;
    state[slot] = as;
    time[slot] = at;
    error[slot] = "";
    return slot;
  }

  /** Everything between the last fire taken and this seq was settled before. */
  void pass(long seq) {
    if (ring.isEmpty()) {
      return;
    }
    int last = ring.slot(ring.size() - 1);
    if (state[last] == DONE) {
      ring.columns().seq[last] = seq;
      return;
    }
    if (ring.isFull()) {
      grow();
    }
    state[ring.add(seq)] = DONE;
    done++;
  }

  private void grow() {
    byte[] states = new byte[state.length * 2];
    int[] subscribers = new int[state.length * 2];
    long[] times = new long[state.length * 2];
    String[] errors = new String[state.length * 2];
    for (int i = 0; i < ring.size(); i++) {
      int slot = ring.slot(i);
      states[i] = state[slot];
      subscribers[i] = subscriber[slot];
      times[i] = time[slot];
      errors[i] = error[slot];
    }
    ring.grow();
    state = states;
    subscriber = subscribers;
    time = times;
    error = errors;
  }

  /** Lets go of what is done with and has nothing undone before it. */
  void trim() {
    while (!ring.isEmpty() && state[ring.slot(0)] == DONE) {
      ring.removeFirst();
      done--;
    }
    if (ring.isEmpty() && ring.length() > 1024) {
      ring.clear();
      state = new byte[ring.length()];
      subscriber = new int[ring.length()];
      time = new long[ring.length()];
      error = new String[ring.length()];
      nextDeadline = NEVER;
    }
  }

  private void enter(int slot, byte next) {
    switch (state[slot]) {
      case DONE -> done--;
      case IN_FLIGHT -> inFlight--;
      case RETURNED -> returned--;
      default -> settling--;
    }
    switch (next) {
      case DONE -> {
        done++;
        error[slot] = "";
      }
      case IN_FLIGHT -> inFlight++;
      case RETURNED -> returned++;
      default -> settling++;
    }
    state[slot] = next;
  }

  /**
   * Acknowledges one that was delivered, whoever has it; answers whether it was here. {@code
   * subscribers} is told whose it was.
   */
  boolean settle(long seq, Subscribers subscribers) {
    int slot = find(seq);
    if (slot < 0 || ring.columns().attempt[slot] == 0) {
      return false;
    }
    if (state[slot] == IN_FLIGHT) {
      subscribers.settled(subscriber[slot], 1);
    }
    enter(slot, DONE);
    return true;
  }

  /** Acknowledges what the subscriber has of the range; answers how many. */
  int ack(int bySubscriber, long first, long last) {
    int acked = 0;
    for (int i = ring.indexOf(first); i < ring.size() && ring.seq(i) <= last; i++) {
      int slot = ring.slot(i);
      if (state[slot] == IN_FLIGHT && subscriber[slot] == bySubscriber) {
        enter(slot, DONE);
        acked++;
      }
    }
    return acked;
  }

  /** Slot of a fire that is not done with; -1 if there is none. */
  int find(long seq) {
    int i = ring.indexOf(seq);
    if (i == ring.size() || ring.seq(i) != seq || state[ring.slot(i)] == DONE) {
      return -1;
    }
    return ring.slot(i);
  }

  /** Whether the subscriber has this fire at this attempt, or, if that is 0, at any. */
  boolean has(int theSubscriber, long seq, int attempt) {
    int slot = find(seq);
    return slot >= 0
        && state[slot] == IN_FLIGHT
        && subscriber[slot] == theSubscriber
        && (attempt == 0 || attempt == ring.columns().attempt[slot]);
  }

  /** A fire that is with a subscriber was refused. */
  void refuse(long seq, long nextMicros, int maxAttempts, long now, String why) {
    giveUp(find(seq), nextMicros, maxAttempts, now, why);
  }

  private void giveUp(int slot, long nextMicros, int maxAttempts, long now, String why) {
    boolean dead = ring.columns().attempt[slot] >= maxAttempts;
    enter(slot, dead ? BURY : PARK);
    time[slot] = dead ? now : nextMicros;
    error[slot] = why;
  }

  /** Parks what was not acknowledged in time; tells {@code subscribers} whose it was. */
  void expire(long now, DeliveryPolicy policy, Subscribers subscribers) {
    if (now < nextDeadline) {
      return;
    }
    nextDeadline = NEVER;
    String why = LastError.lapsed(policy.ackTimeoutMicros());
    for (int i = 0; i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] != IN_FLIGHT) {
        continue;
      }
      if (time[slot] <= now) {
        giveUp(slot, now, policy.maxAttempts(), now, why);
        subscribers.lapsed(subscriber[slot], ring.seq(i));
      } else {
        nextDeadline = Math.min(nextDeadline, time[slot]);
      }
    }
  }

  /** A subscriber is gone: what it had is to be sent again. */
  void giveBack(int ofSubscriber, int maxAttempts, long now) {
    for (int i = 0; i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] == IN_FLIGHT && subscriber[slot] == ofSubscriber) {
        if (ring.columns().attempt[slot] >= maxAttempts) {
          giveUp(slot, now, maxAttempts, now, LastError.STREAM_ENDED);
        } else {
          enter(slot, RETURNED);
          returnedFrom = Math.min(returnedFrom, ring.seq(i));
        }
      }
    }
  }

  /** The fire never left for its subscriber: the attempt does not count. */
  boolean uncount(int ofSubscriber, long seq) {
    int slot = find(seq);
    if (slot < 0 || state[slot] != IN_FLIGHT || subscriber[slot] != ofSubscriber) {
      return false;
    }
    ring.columns().attempt[slot]--;
    return true;
  }

  /** Sends the first that came back once more, if there is one: appends it to {@code to}. */
  boolean resend(Fires to, int toSubscriber, long deadline) {
    if (returned == 0) {
      return false;
    }
    int i = ring.indexOf(returnedFrom);
    while (state[ring.slot(i)] != RETURNED) {
      i++;
    }
    int slot = ring.slot(i);
    enter(slot, IN_FLIGHT);
    ring.columns().attempt[slot]++;
    subscriber[slot] = toSubscriber;
    time[slot] = deadline;
    nextDeadline = Math.min(nextDeadline, deadline);
    to.append(ring.columns(), slot);
    returnedFrom = returned == 0 ? NEVER : ring.seq(i) + 1;
    return true;
  }

  /** Everything that came back is to be parked, as nobody is there to take it. */
  void parkReturned(long now) {
    for (int i = 0; returned > 0 && i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] == RETURNED) {
        enter(slot, PARK);
        time[slot] = now;
        // Else it never left for the subscriber.
        error[slot] = ring.columns().attempt[slot] > 0 ? LastError.STREAM_ENDED : "";
      }
    }
    returnedFrom = NEVER;
  }

  /** Adds the rows to park, at most {@code limit}, by rising seq. */
  void collect(List<ParkedRow> rows, int limit) {
    int left = Math.min(limit, settling);
    for (int i = 0; left > 0 && i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] == PARK || state[slot] == BURY) {
        rows.add(row(slot));
        left--;
      }
    }
  }

  /** Adds rows for the first fires that are still in flight or came back, at most {@code limit}. */
  void collectStragglers(List<ParkedRow> rows, int limit) {
    int left = Math.min(limit, inFlight + returned);
    for (int i = 0; left > 0 && i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] == IN_FLIGHT || state[slot] == RETURNED) {
        rows.add(row(slot));
        left--;
      }
    }
  }

  private ParkedRow row(int slot) {
    Fires fires = ring.columns();
    return new ParkedRow(
        fires.seq[slot],
        fires.nominalMicros[slot],
        fires.schedule[slot],
        fires.kind[slot],
        fires.attempt[slot],
        time[slot],
        state[slot] == BURY,
        error[slot]);
  }

  /**
   * The highest seq up to which everything is done with or will be.
   *
   * @param seqs of what will be, rising
   * @param taken the answer if that is so of the whole window
   */
  long cursorWith(long[] seqs, long taken) {
    int next = 0;
    for (int i = 0; i < ring.size(); i++) {
      int slot = ring.slot(i);
      if (state[slot] == DONE) {
        continue;
      }
      long seq = ring.seq(i);
      while (next < seqs.length && seqs[next] < seq) {
        next++;
      }
      if (next == seqs.length || seqs[next] != seq) {
        return seq - 1;
      }
    }
    return taken;
  }

  /**
   * Adds how the fires above a cursor stand.
   *
   * @param seqs of what is being parked, rising
   */
  void describe(long cursor, long[] seqs, Progress.Builder to) {
    int next = 0;
    for (int i = ring.indexOf(cursor + 1); i < ring.size(); i++) {
      int slot = ring.slot(i);
      long seq = ring.columns().seq[slot];
      boolean over = state[slot] == DONE;
      if (!over && next < seqs.length) {
        while (next < seqs.length && seqs[next] < seq) {
          next++;
        }
        over = next < seqs.length && seqs[next] == seq;
      }
      to.add(seq, over ? Progress.SETTLED : ring.columns().attempt[slot]);
    }
  }

  byte stateOf(int slot) {
    return state[slot];
  }

  int subscriberOf(int slot) {
    return subscriber[slot];
  }

  long timeOf(int slot) {
    return time[slot];
  }

  String errorOf(int slot) {
    return error[slot];
  }

  Fires fires() {
    return ring.columns();
  }

  void finish(int slot) {
    enter(slot, DONE);
  }
}
