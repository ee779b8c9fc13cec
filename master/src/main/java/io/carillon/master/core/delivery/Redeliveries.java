package io.carillon.master.core.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The parked fires that are due or out again. Each has its row until it is acknowledged; most rows
 * are only in the table, which is swept in the order of their next time whenever one of them is due
 * and a subscriber has room.
 *
 * <p>What holds: a row that is not held here is at or above the place of a sweep under way, or has
 * a next time at or above {@code earliest} or {@code noted}. Rows that are held are read again by a
 * sweep and then skipped.
 */
final class Redeliveries {

  private static final long NEVER = Long.MAX_VALUE;
  private static final int PAGE = 500;

  private enum State {
    READY,
    IN_FLIGHT,
    /** Acknowledged: the row is to be deleted. */
    SETTLE,
    PARK,
    BURY
  }

  private static final class Held {
    final Fires fires;
    State state;
    int subscriber;
    long time;
    boolean adopted;

    Held(Fires from, int row) {
      fires = new Fires(1);
      fires.append(from, row);
    }

    long seq() {
      return fires.seq[0];
    }

    int attempts() {
      return fires.attempt[0];
    }
  }

  private final int limit;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private final Deque<Held> ready = new ArrayDeque<>();
  private int inFlight;
  private int settling;
  private int adopted;
  private long nextDeadline = NEVER;

  private long earliest;
  private long noted = NEVER;
  private boolean sweeping;
  private long placeMicros;
  private long placeSeq;
  private ParkedRead reading;
  // Rows that changed while a read is under way: its answer may show them as they were.
  private final Set<Long> changed = new HashSet<>();

  /**
   * @param earliest no row in the table has a lower next time
   */
  Redeliveries(int limit, long earliest) {
    this.limit = limit;
    this.earliest = earliest;
  }

  int size() {
    return held.size();
  }

  int adopted() {
    return adopted;
  }

  int inFlight() {
    return inFlight;
  }

  /** What was adopted has bounds of its own. */
  private boolean isFull() {
    return held.size() - adopted >= limit;
  }

  /** The read to make to have what is due, or null. */
  ParkedRead wanted(long now) {
    if (reading != null || ready.size() >= PAGE || isFull()) {
      return null;
    }
    if (!sweeping) {
      if (Math.min(earliest, noted) > now) {
        return null;
      }
      sweeping = true;
      placeMicros = Long.MIN_VALUE;
      placeSeq = Long.MIN_VALUE;
      earliest = NEVER;
      noted = NEVER;
    }
    reading = new ParkedRead(placeMicros, placeSeq, PAGE);
    return reading;
  }

  /**
   * @param rows with the attempts made so far
   * @param nextMicros the next time of each
   */
  void onRead(ParkedRead request, Fires rows, long[] nextMicros, long now, Window window) {
    if (request != reading) {
      return;
    }
    reading = null;
    boolean end = rows.size() < request.limit();
    for (int row = 0; row < rows.size(); row++) {
      if (nextMicros[row] > now) {
        earliest = nextMicros[row];
        end = true;
        break;
      }
      if (isFull()) {
        end = false;
        break;
      }
      placeMicros = nextMicros[row];
      placeSeq = rows.seq[row];
      if (held.containsKey(placeSeq) || changed.contains(placeSeq)) {
        continue;
      }
      if (window.find(placeSeq) >= 0) {
        // Its settlement has been made and not yet been told.
        noted = Math.min(noted, placeMicros);
        continue;
      }
      enter(new Held(rows, row), State.READY);
    }
    changed.clear();
    sweeping = !end;
  }

  void onReadFailed(ParkedRead request) {
    if (request == reading) {
      reading = null;
      changed.clear();
    }
  }

  /** A row was written that is not held here. */
  void note(long nextMicros) {
    noted = Math.min(noted, nextMicros);
  }

  private void enter(Held fire, State state) {
    if (fire.state == State.IN_FLIGHT) {
      inFlight--;
    } else if (fire.state != null && fire.state != State.READY) {
      settling--;
    }
    fire.state = state;
    switch (state) {
      case READY -> ready.add(fire);
      case IN_FLIGHT -> inFlight++;
      case SETTLE, PARK, BURY -> settling++;
    }
    held.put(fire.seq(), fire);
  }

  boolean hasReady() {
    return !ready.isEmpty();
  }

  /** Appends the next one to {@code to}. */
  void send(Fires to, int toSubscriber, long deadline) {
    Held fire = ready.remove();
    enter(fire, State.IN_FLIGHT);
    fire.fires.attempt[0]++;
    fire.subscriber = toSubscriber;
    fire.time = deadline;
    nextDeadline = Math.min(nextDeadline, deadline);
    to.append(fire.fires, 0);
  }

  /**
   * Takes over a fire of the window that was parked where it was, so that the cursor could pass.
   */
  void adopt(Window window, int slot) {
    Held fire = new Held(window.fires(), slot);
    fire.adopted = true;
    adopted++;
    if (window.stateOf(slot) == Window.IN_FLIGHT) {
      enter(fire, State.IN_FLIGHT);
      fire.subscriber = window.subscriberOf(slot);
      fire.time = window.timeOf(slot);
      nextDeadline = Math.min(nextDeadline, fire.time);
    } else {
      enter(fire, State.READY);
    }
  }

  /** The same of one that was acknowledged while its row was written. */
  void adoptAcked(ParkedRow row) {
    Fires one = new Fires(1);
    one.seq[one.append()] = row.seq();
    enter(new Held(one, 0), State.SETTLE);
  }

  int ack(int bySubscriber, long first, long last) {
    if (inFlight == 0 || last < first) {
      return 0;
    }
    int acked = 0;
    for (Held fire : held.subMap(first, true, last, true).values()) {
      if (fire.state == State.IN_FLIGHT && fire.subscriber == bySubscriber) {
        settling++;
        inFlight--;
        fire.state = State.SETTLE;
        acked++;
      }
    }
    return acked;
  }

  boolean refuse(int bySubscriber, long seq, long nextMicros, int maxAttempts, long now) {
    Held fire = held.get(seq);
    if (fire == null || fire.state != State.IN_FLIGHT || fire.subscriber != bySubscriber) {
      return false;
    }
    giveUp(fire, nextMicros, maxAttempts, now);
    return true;
  }

  private void giveUp(Held fire, long nextMicros, int maxAttempts, long now) {
    boolean dead = fire.attempts() >= maxAttempts;
    fire.time = dead ? now : nextMicros;
    enter(fire, dead ? State.BURY : State.PARK);
  }

  void expire(long now, int maxAttempts, Subscribers subscribers) {
    if (now < nextDeadline) {
      return;
    }
    nextDeadline = NEVER;
    for (Held fire : held.values()) {
      if (fire.state != State.IN_FLIGHT) {
        continue;
      }
      if (fire.time <= now) {
        giveUp(fire, now, maxAttempts, now);
        subscribers.settled(fire.subscriber, 1);
      } else {
        nextDeadline = Math.min(nextDeadline, fire.time);
      }
    }
  }

  void giveBack(int ofSubscriber, int maxAttempts, long now) {
    for (Held fire : held.values()) {
      if (fire.state == State.IN_FLIGHT && fire.subscriber == ofSubscriber) {
        if (fire.attempts() >= maxAttempts) {
          giveUp(fire, now, maxAttempts, now);
        } else {
          enter(fire, State.READY);
        }
      }
    }
  }

  boolean uncount(int ofSubscriber, long seq) {
    Held fire = held.get(seq);
    if (fire == null || fire.state != State.IN_FLIGHT || fire.subscriber != ofSubscriber) {
      return false;
    }
    fire.fires.attempt[0]--;
    return true;
  }

  /** Nobody is there to take them: back to the table, with the attempts made. */
  void parkReady(long now) {
    while (!ready.isEmpty()) {
      Held fire = ready.remove();
      fire.time = now;
      enter(fire, State.PARK);
    }
  }

  /** Adds what the table is to be told, at most {@code limit} of each. */
  void collect(List<ParkedRow> rows, List<Long> acked, int most) {
    if (settling == 0) {
      return;
    }
    for (Held fire : held.values()) {
      if (fire.state == State.SETTLE && acked.size() < most) {
        acked.add(fire.seq());
      } else if ((fire.state == State.PARK || fire.state == State.BURY) && rows.size() < most) {
        rows.add(
            new ParkedRow(
                fire.seq(),
                fire.fires.nominalMicros[0],
                fire.fires.schedule[0],
                fire.fires.kind[0],
                fire.attempts(),
                fire.time,
                fire.state == State.BURY));
      }
    }
  }

  /** The table has been told. */
  void settled(List<ParkedRow> rows, List<Long> acked) {
    List<Long> gone = new ArrayList<>(acked);
    for (ParkedRow row : rows) {
      gone.add(row.seq());
      if (!row.dead()) {
        note(row.nextMicros());
      }
    }
    for (Long seq : gone) {
      if (held.remove(seq).adopted) {
        adopted--;
      }
      settling--;
      if (reading != null) {
        changed.add(seq);
      }
    }
  }
}
